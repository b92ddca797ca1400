"""Where words stand on the picture of a page."""

from collections.abc import Sequence
from typing import NamedTuple

from fonds.archive_pages.folding import fold_with_places

from ..models import PageScan, RecognisedText
from .lines import Line

MOST = 200  # boxes on one page


class Box(NamedTuple):
    """A stretch of one line: its left upper corner, width and height, as fractions of the picture's width and height."""

    x: float
    y: float
    width: float
    height: float


def marked_boxes(scan: PageScan, words: Sequence[str]) -> list[Box]:
    """The boxes of the folded ``words`` on the picture of ``scan``, from the top; one for each line that a word reaches
    over. Empty where the page was not recognised or none of them stands on it."""
    read = RecognisedText.objects.filter(scan=scan).order_by("-made_at", "-pk").first()
    if read is None:
        return []
    lines = read.lines
    places = [(number, place) for number, line in enumerate(lines) for place in range(len(line.text))]
    folded, origins = fold_with_places("".join(line.text for line in lines))
    found: dict[tuple[int, int, int], None] = {}
    for word in filter(None, words):
        start = folded.find(word)
        while start >= 0 and len(found) < MOST:
            first, last = origins[start], origins[start + len(word) - 1]
            for stretch in _by_line(places[first : last + 1]):
                found[stretch] = None
            start = folded.find(word, start + 1)
    return [_box(lines[number], first, last) for number, first, last in sorted(found)]


def _by_line(places: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Line, first and last character of each line among ``places``."""
    ends: dict[int, tuple[int, int]] = {}
    for number, place in places:
        ends[number] = (ends.get(number, (place, place))[0], place)
    return [(number, first, last) for number, (first, last) in ends.items()]


def _box(line: Line, first: int, last: int) -> Box:
    left, right = line.edges[first][0], line.edges[last][1]
    return Box(left, line.top, right - left, line.bottom - line.top)
