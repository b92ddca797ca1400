"""Lines of recognised text with the place of every character, and the small form they are stored in."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

SCALE = 10_000  # places are stored as ten-thousandths of width and height


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. ``left``, ``top``, ``right``, ``bottom`` are fractions of the picture's width and height;
    ``edges`` holds left and right of each character in the same measure; ``score`` is from 0 to 1."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    edges: tuple[tuple[float, float], ...]
    score: float = 1.0


def pack(lines: Sequence[Line]) -> bytes:
    """``lines`` in about a byte and a half a character."""
    rows = []
    for line in lines:
        edges = [_small(edge) for pair in line.edges for edge in pair]
        steps = [later - earlier for earlier, later in zip([0, *edges], edges, strict=False)]
        box = [_small(value) for value in (line.left, line.top, line.right, line.bottom)]
        rows.append([line.text, *box, round(line.score * 1000), steps])
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 9)


def unpack(packed: bytes) -> list[Line]:
    """What ``pack`` was given, to a ten-thousandth."""
    lines = []
    for text, left, top, right, bottom, score, steps in json.loads(zlib.decompress(packed)):
        edges, place = [], 0
        for step in steps:
            place += step
            edges.append(place / SCALE)
        pairs = tuple(zip(edges[::2], edges[1::2], strict=True))
        box = (value / SCALE for value in (left, top, right, bottom))
        lines.append(Line(text, *box, pairs, score / 1000))
    return lines


def _small(value: float) -> int:
    return round(min(1.0, max(0.0, value)) * SCALE)


def text_of(lines: Sequence[Line]) -> str:
    """The text of a page, a line each."""
    return "\n".join(line.text for line in lines)
