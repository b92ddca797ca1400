"""Transcripts: plain text, WebVTT and SubRip in, lines with times out, and WebVTT for the player."""

import html
import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from fonds.archive_pages.folding import fold, fold_with_places

from ..faults import ScanFault

Cue = list  # [start, end, text]; start and end are seconds, or None
MOST = 20_000
_CLOCK = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)(?:[.,](\d{1,3}))?"
_ARROW = re.compile(rf"\s*{_CLOCK}\s+-->\s+{_CLOCK}.*")
_AT = re.compile(rf"\s*[\[(]?{_CLOCK}[\])]?\s+(\S.*)")
_TAG = re.compile(r"<[^<>]{0,200}>")


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8 or GB18030, the two encodings that offices deliver. Raises ``ScanFault``."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ScanFault(_("The transcript is neither UTF-8 nor GB18030."))


def read_transcript(text: str) -> list[Cue]:
    """The lines of a transcript. WebVTT and SubRip give times; of plain text, a line may begin with its time
    (``00:12 …``), others have none. Raises ``ScanFault`` for too many lines or times that run backwards."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    cues = _blocks(text) if "-->" in text else _lines(text)
    if len(cues) > MOST:
        raise ScanFault(_("A transcript can have %(most)s lines.") % {"most": MOST})
    for number, (start, end, words) in enumerate(cues, 1):
        if start is not None and end is not None and end < start:
            sentence = _("Line %(number)s of the transcript, “%(words)s”, ends before it begins.")
            raise ScanFault(sentence % {"number": number, "words": words[:40]})
    return cues


def _seconds(hours: str | None, minutes: str, seconds: str, rest: str | None) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int((rest or "0").ljust(3, "0")) / 1000


def _blocks(text: str) -> list[Cue]:
    cues = []
    for block in re.split(r"\n\s*\n", text):
        rows = block.split("\n")
        place = next((number for number, row in enumerate(rows) if _ARROW.fullmatch(row)), None)
        if place is None:
            continue
        parts = _ARROW.fullmatch(rows[place]).groups()
        words = html.unescape(_TAG.sub("", " ".join(row.strip() for row in rows[place + 1 :]))).strip()
        if words:
            cues.append([_seconds(*parts[:4]), _seconds(*parts[4:]), words])
    return cues


def _lines(text: str) -> list[Cue]:
    rows = [row.strip() for row in text.split("\n") if row.strip()]
    cues: list[Cue] = []
    for row in rows:
        timed = _AT.fullmatch(row)
        if timed:
            cues.append([_seconds(*timed.groups()[:4]), None, timed[5].strip()])
        else:
            cues += [[None, None, sentence] for sentence in _sentences(row)]
    starts = [cue for cue in cues if cue[0] is not None]
    for cue, following in zip(starts, starts[1:], strict=False):
        cue[1] = following[0]
    return cues


def _sentences(row: str) -> list[str]:
    """A paragraph by its sentences, so that a line of the player is short."""
    return [part for part in re.split(r"(?<=[。！？!?])\s*", row) if part]


def read_chapters(text: str) -> list[list]:
    """Chapters, one a line: ``00:12 title``. Raises ``ScanFault`` naming the line that is none."""
    chapters = []
    for number, row in enumerate(filter(str.strip, text.splitlines()), 1):
        timed = _AT.fullmatch(row)
        if not timed:
            words = {"number": number, "line": row[:60]}
            raise ScanFault(_("Line %(number)s, “%(line)s”: a chapter is written 00:12 title.") % words)
        chapters.append([_seconds(*timed.groups()[:4]), timed[5].strip()])
    return sorted(chapters)


def clock(seconds: float, *, exact: bool = False) -> str:
    """``62.5`` as ``01:02`` or, exactly, ``00:01:02.500``."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if exact:
        return f"{hours:02}:{minutes:02}:{rest:02}.{round((seconds - whole) * 1000):03}"
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def as_text(cues: Sequence[Cue]) -> str:
    """The transcript as it is edited: a line each, with its time where it has one."""
    return "\n".join(f"{clock(start)} {text}" if start is not None else text for start, _end, text in cues)


def as_vtt(cues: Sequence[Cue], duration: float | None) -> str:
    """The timed lines as WebVTT captions."""
    timed = [cue for cue in cues if cue[0] is not None]
    rows = ["WEBVTT", ""]
    for place, (start, end, text) in enumerate(timed):
        following = timed[place + 1][0] if place + 1 < len(timed) else None
        until = end or following or duration or start + 5
        rows += [
            f"{clock(start, exact=True)} --> {clock(max(until, start + 0.1), exact=True)}",
            html.escape(text, quote=False),
            "",
        ]
    return "\n".join(rows)


def chapters_vtt(chapters: Sequence[Sequence], duration: float | None) -> str:
    """The chapters as WebVTT."""
    ends = [start for start, _title in chapters[1:]] + [duration or 360_000]
    return as_vtt([[start, end, title] for (start, title), end in zip(chapters, ends, strict=True)], duration)


def searched_text(cues: Sequence[Cue]) -> str:
    """What the search looks through; a fragment may reach over the end of a line."""
    return fold(_joined(cues))


def line_with(cues: Sequence[Cue], word: str) -> int:
    """The place among ``cues`` of the line in which the folded ``word`` first begins; 0 where it does not occur."""
    folded, origins = fold_with_places(_joined(cues))
    found = folded.find(word)
    if found < 0:
        return 0
    return _joined(cues)[: origins[found]].count("\n")


def _joined(cues: Sequence[Cue]) -> str:
    return "\n".join(text.replace("\n", " ") for _start, _end, text in cues)
