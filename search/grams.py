"""Pairs of neighbouring characters (bigrams): what both engines index of a folded text.

A fragment of two or more characters stands in a text exactly where its pairs stand there one after the other.
"""

import re

PAIR_BITS = 21  # a character's number has 21 bits at most
RUN = re.compile(r"[0-9]{5,}")
BOUNDED_RUN = re.compile(r"(?<=[^0-9])[0-9]{5,}(?=[^0-9])")


def grams(text: str) -> list[str]:
    """The pairs of ``text`` in order; none where it has fewer than two characters."""
    return [text[place : place + 2] for place in range(len(text) - 1)]


def code_of(gram: str) -> int:
    """A pair, or a single character, as a number that no other has."""
    return ord(gram) if len(gram) == 1 else ord(gram[0]) << PAIR_BITS | ord(gram[1])


def codes_of(text: str) -> list[int]:
    """The numbers of the pairs of ``text``, each once, in ascending order."""
    points = list(map(ord, text))
    return sorted({one << PAIR_BITS | two for one, two in zip(points, points[1:], strict=False)})


def runs(text: str) -> list[str]:
    """The whole runs of five figures and more in ``text``: a document number leaves ``200815`` of itself."""
    return RUN.findall(text)


def bounded_runs(fragment: str) -> list[str]:
    """The runs that a text must have as a whole where ``fragment`` stands in it: figures go on at neither end."""
    return BOUNDED_RUN.findall(fragment)
