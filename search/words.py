"""What a reader typed, as words to look for; and where those words stand in a text."""

import re
from html import escape

from django.utils.safestring import SafeString, mark_safe

from fonds.archive_pages.folding import fold
from fonds.archive_pages.reference_codes import normalise_code

MAX_WORDS = 8
_BRACKETS = str.maketrans("", "", "[]<>")


def words_of(query: str) -> list[str]:
    """The words of ``query``, folded and without brackets, at most ``MAX_WORDS``; each must occur in a hit.

    Brackets are dropped on both sides, so ``〔2008〕``, ``[2008]``, ``(2008)`` and ``2008`` look for the same.
    """
    query = query.replace("\0", " ")
    folded = (fold(part).translate(_BRACKETS) for part in re.split(r"[\s\u3000]+", query))
    return list(dict.fromkeys(word for word in folded if word))[:MAX_WORDS]


def spellings(word: str) -> list[str]:
    """The forms under which ``word`` may stand in an entry: itself, and as a reference code in normal form."""
    as_code = normalise_code(word).lower()
    return list(dict.fromkeys([word, as_code])) if as_code else [word]


def _letters(text: str) -> tuple[str, list[int]]:
    """``text`` folded letter by letter without spaces and brackets, and for each letter its place in ``text``."""
    letters, places = [], []
    for place, character in enumerate(text):
        for letter in fold(character).translate(_BRACKETS):
            if not letter.isspace():
                letters.append(letter)
                places.append(place)
    return "".join(letters), places


def ranges(text: str, words: list[str]) -> list[tuple[int, int]]:
    """The stretches of ``text`` where any of ``words`` stands, merged and in order."""
    letters, places = _letters(text)
    found = []
    for word in words:
        for form in spellings(word):
            form = re.sub(r"\s", "", form)
            start = letters.find(form) if form else -1
            while start >= 0:
                found.append((places[start], places[start + len(form) - 1] + 1))
                start = letters.find(form, start + len(form))
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def marked(text: str, words: list[str]) -> SafeString:
    """``text`` as HTML with the places of ``words`` in ``<mark>``."""
    pieces, last = [], 0
    for begin, end in ranges(text, words):
        pieces += [escape(text[last:begin]), "<mark>", escape(text[begin:end]), "</mark>"]
        last = end
    return mark_safe("".join([*pieces, escape(text[last:])]))
