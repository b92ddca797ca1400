"""Where the words of a query stand in a text as it is written, and an extract around them."""

from html import escape

from django.utils.safestring import SafeString, mark_safe

from fonds.archive_pages.folding import fold_with_places

AROUND = 36  # characters of an extract before the first mark
EXTRACT = 160  # characters of an extract at most
Ranges = list[tuple[int, int]]


def ranges(text: str, words: list[str]) -> Ranges:
    """The stretches of ``text`` where any of the folded ``words`` stands, merged and in order."""
    letters, places = fold_with_places(text)
    found = []
    for word in filter(None, words):
        start = letters.find(word)
        while start >= 0:
            found.append((places[start], places[start + len(word) - 1] + 1))
            start = letters.find(word, start + 1)
    merged: Ranges = []
    for begin, end in sorted(found):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def marked(text: str, words: list[str]) -> SafeString:
    """``text`` as HTML with the places of ``words`` in ``<mark>``."""
    return _as_html(text, ranges(text, words), 0, len(text))


def extract(text: str, words: list[str]) -> SafeString | str:
    """The part of ``text`` in which most of ``words`` stand close together, marked; empty where none stands there."""
    found = ranges(text, words)
    if not found:
        return ""
    counts = [sum(begin <= other < begin + EXTRACT - AROUND for other, _end in found) for begin, _end in found]
    best = found[counts.index(max(counts))][0]
    begin = max(0, best - AROUND)
    end = min(len(text), max(begin + EXTRACT, found[counts.index(max(counts))][1]))
    html = _as_html(text, found, begin, end)
    before, after = "…" if begin else "", "…" if end < len(text) else ""
    return mark_safe(f"{before}{html}{after}")


def _as_html(text: str, found: Ranges, begin: int, end: int) -> SafeString:
    """``text`` from ``begin`` to ``end`` with the stretches ``found`` marked."""
    pieces, last = [], begin
    for start, stop in found:
        start, stop = max(start, last), min(stop, end)
        if start < stop:
            pieces += [escape(text[last:start]), "<mark>", escape(text[start:stop]), "</mark>"]
            last = stop
    return mark_safe("".join([*pieces, escape(text[last:end])]))
