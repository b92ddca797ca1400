"""How well and how fast pages are read: characters of the true text that are missing or wrong, CPU seconds a page.

    python bench/run.py ocr

Reads the demo's scanned documents (``fixtures/demo``), whose true texts stand beside them. The true text has no seals,
stamps and handwritten notes; what is read of those is no error, so a character counts as right where it is read in its
place in the order of the text. A page counts as clean where nothing coloured is on it: no seal, no stamp, no red head, no
handwriting. One process, one core.
"""

import re
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pyvips
from django.conf import settings

from fonds.collections.page_measures import measure, small
from fonds.collections.recognising.lines import text_of
from fonds.collections.recognising.recogniser import recognise, version_name

FOLDER = settings.ROOT / "fixtures" / "demo" / "documents-2008"
PAGE_MARK = re.compile(r"^=== (\d+) ===$", re.MULTILINE)
ALL_GOAL, CLEAN_GOAL, PACE_GOAL = 3.0, 1.0, 1_200
COLOURLESS = 0.0005  # share of coloured pixels below which nothing coloured is on a page


def run(most: int = 104) -> dict[str, str]:
    """The figures as text, by what they are."""
    counts: list[tuple[bool, int, int]] = []  # of each page: whether it is clean, its characters, those in error
    recognise(pyvips.Image.black(64, 64) + 255)  # the models are loaded before the clock runs
    begun = time.process_time()
    for path, truth in _pages(most):
        picture = pyvips.Image.new_from_file(str(path))
        read, true = _plain(text_of(recognise(picture))), _plain(truth)
        is_clean = measure(small(picture)).colour_share < COLOURLESS
        counts.append((is_clean, len(true), len(true) - _in_order(true, read)))
    seconds = (time.process_time() - begun) / max(1, len(counts))
    clean = [page for page in counts if page[0]]
    return {
        "recogniser": version_name(),
        "pages, characters": _amount(counts),
        "characters missing or wrong, %": f"{_share(counts):.2f}  (goal {ALL_GOAL})",
        "clean pages, characters": _amount(clean),
        "characters missing or wrong on clean pages, %": f"{_share(clean):.2f}  (goal {CLEAN_GOAL})",
        "pages without any error": f"{sum(not wrong for _clean, _characters, wrong in counts)}",
        "CPU seconds a page": f"{seconds:.2f}",
        "pages an hour and core": f"{3600 / seconds:,.0f}  (goal {PACE_GOAL:,})",
    }


def _amount(counts: list[tuple[bool, int, int]]) -> str:
    return f"{len(counts)}, {sum(characters for _clean, characters, _wrong in counts):,}"


def _share(counts: list[tuple[bool, int, int]]) -> float:
    """Per cent of the characters that are in error."""
    characters = sum(characters for _clean, characters, _wrong in counts)
    return 100 * sum(wrong for _clean, _characters, wrong in counts) / max(1, characters)


def _pages(most: int) -> Iterator[tuple[Path, str]]:
    """Pictures of pages with their true texts."""
    count = 0
    for path in sorted((FOLDER / "text").glob("*.txt")):
        parts = PAGE_MARK.split(path.read_text(encoding="utf-8"))[1:]
        for number, text in zip(parts[::2], parts[1::2], strict=True):
            picture = FOLDER / "scans" / path.stem / f"{int(number):03}.jpg"
            if picture.exists() and count < most:
                count += 1
                yield picture, text


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _in_order(true: str, read: str) -> int:
    """How many characters of ``true`` stand in ``read`` in the same order (the longest common subsequence)."""
    last = [0] * (len(read) + 1)
    for sign in true:
        row = [0]
        for place, other in enumerate(read):
            row.append(last[place] + 1 if sign == other else max(row[-1], last[place + 1]))
        last = row
    return last[-1]
