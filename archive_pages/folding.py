"""Folding of text for comparison: what a reader means as the same is made the same.

Every character is folded by itself, whatever stands beside it, so the fold of a part is a part of the fold of the
whole: ``fold(a + b) == fold(a) + fold(b)``. A fragment is found exactly where its fold is a substring.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import chain, repeat

from opencc import OpenCC

_NOTHING = dict.fromkeys("[]()<>{}〔〕【】〈〉《》〖〗「」『』", "")
_DOTS = dict.fromkeys(".·・•‧∙⋅", "·")
_DASHES = dict.fromkeys("-‐‑‒–—―−⁃", "-")
_DIGITS = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))
_SAME = {**_NOTHING, **_DOTS, **_DASHES, **_DIGITS}
# Combining marks, control and format characters, halves of surrogate pairs, every kind of space.
_DROPPED = {"Mn", "Me", "Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def _step(text: str) -> str:
    """One round for one character: compatibility form, no case, no accents, simplified, one kind of dot and digit."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(letter for letter in plain if unicodedata.category(letter) not in _DROPPED)
    plain = unicodedata.normalize("NFC", plain)
    plain = "".join(_simplifier().convert(letter) if letter > "\u2e7f" else letter for letter in plain)
    return "".join(_SAME.get(letter, letter) for letter in plain)


class _Table(dict):
    """What each character folds to, worked out when it is first met; for ``str.translate``."""

    def __missing__(self, code: int) -> str:
        letter, folded = chr(code), _step(chr(code))
        while folded != letter:  # until folding again changes nothing
            letter, folded = folded, "".join(map(_step, folded))
        self[code] = folded
        return folded


class _Widths(dict):
    """How many characters each character folds to, as a character of that number."""

    def __missing__(self, code: int) -> str:
        self[code] = width = chr(len(_TABLE[code]))
        return width


_TABLE, _WIDTHS = _Table(), _Widths()


def fold(text: str) -> str:
    """``text`` in compatibility form, without case, accents, brackets and spaces, in simplified characters, with
    Chinese digits as figures.

    ``绍工商〔2008〕15号``, ``绍工商[2008] 15号``, ``紹工商（２００８）15號`` and ``绍工商二〇〇八15号`` fold to the same.
    """
    return text.translate(_TABLE)


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """The fold of ``text`` and, for each of its characters, the place in ``text`` of the character it comes from."""
    widths = map(ord, text.translate(_WIDTHS))
    return fold(text), list(chain.from_iterable(map(repeat, range(len(text)), widths)))


def fold_lines(texts: Iterable[str | None]) -> str:
    """The folds of ``texts``, each line of each in a line of its own, so that no fragment reaches from one into the
    next."""
    lines = (fold(line) for text in texts if text for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def folded_words(query: str, most: int = 32) -> list[str]:
    """The folds of the words of ``query``, each once, at most ``most``; every one of them is to occur."""
    return list(dict.fromkeys(word for part in query.split() if (word := fold(part))))[:most]
