"""What changed between two versions of a policy, article by article."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field

from .outline import Part

SAME, CHANGED, ADDED, REMOVED, RENUMBERED = "same", "changed", "added", "removed", "renumbered"
ALIKE = 0.45  # below this share of common text, two articles are one removed and one added


@dataclass(frozen=True)
class Segment:
    """A run of text: ``kind`` is same, added or removed."""

    kind: str
    text: str


@dataclass(frozen=True)
class PartChange:
    """One row of the comparison. ``segments`` spell the text with what was taken out and put in."""

    kind: str
    old: Part | None
    new: Part | None
    segments: list[Segment] = field(default_factory=list)


def compare_texts(old: str, new: str) -> list[Segment]:
    """The two texts as one run, character by character."""
    segments = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            segments.append(Segment(SAME, old[a:b]))
            continue
        if b > a:
            segments.append(Segment(REMOVED, old[a:b]))
        if d > c:
            segments.append(Segment(ADDED, new[c:d]))
    return segments


def compare_parts(old: list[Part], new: list[Part]) -> list[PartChange]:
    """Every part of both texts once, in reading order; parts with the same text are paired first, then alike ones."""
    rows: list[PartChange] = []
    matcher = difflib.SequenceMatcher(
        None, [(part.kind, part.text) for part in old], [(part.kind, part.text) for part in new], autojunk=False
    )
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            rows += [
                PartChange(SAME if one.label == two.label else RENUMBERED, one, two, [Segment(SAME, two.text)])
                for one, two in zip(old[a:b], new[c:d], strict=True)
            ]
        else:
            rows += _compare_block(old[a:b], new[c:d])
    return rows


def _compare_block(old: list[Part], new: list[Part]) -> Iterator[PartChange]:
    """Pair what is alike, in order; the rest was removed or added."""
    start = 0
    for part in old:
        match = next((at for at in range(start, len(new)) if _alike(part, new[at])), None)
        if match is None:
            yield PartChange(REMOVED, part, None, [Segment(REMOVED, part.text)])
            continue
        yield from (PartChange(ADDED, None, other, [Segment(ADDED, other.text)]) for other in new[start:match])
        yield PartChange(CHANGED, part, new[match], compare_texts(part.text, new[match].text))
        start = match + 1
    yield from (PartChange(ADDED, None, other, [Segment(ADDED, other.text)]) for other in new[start:])


def _alike(one: Part, two: Part) -> bool:
    if one.kind != two.kind:
        return False
    matcher = difflib.SequenceMatcher(None, one.text, two.text, autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
