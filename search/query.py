"""What a reader typed, read as a question. Whatever cannot be read as a rule is a word to look for.

All words must occur. ``"two words"`` is one fragment, ``-word`` must not occur; ``title:``, ``creator:``, ``number:``
and ``code:`` (题名 责任者 文号 档号) look in one field, ``code:J021-WS*`` for codes that begin so; ``year:2008``,
``year:2003..2008`` (年度) for years.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from fonds.archive_pages.folding import fold

MOST_CHARACTERS = 2000
MOST_TERMS = 32
LONGEST = 200  # characters of one fragment that are looked for
LINE = "\n"  # stands before and after each code; before a fragment it means: the code begins so

_FIELDS = {
    "title": "title", "creator": "creator", "number": "number", "code": "code", "year": "year",
    "题名": "title", "责任者": "creator", "文号": "number", "档号": "code", "年度": "year",
}  # fmt: skip
_TERM = re.compile(
    rf"(?P<minus>[-－]?)(?:(?P<field>{'|'.join(_FIELDS)})[:：])?"
    r"(?:[\"“”＂](?P<phrase>[^\"“”＂]*)[\"“”＂](?!\S)|(?P<word>\S+))|\S+",
    re.IGNORECASE,
)
_YEARS = re.compile(r"(\d{1,4})?(?:\s*(?:\.\.|-|~|～|—|–)\s*(\d{1,4})?)?")


@dataclass(frozen=True)
class Term:
    """A folded fragment that must occur (or, ``negated``, must not), in any text or in one ``field`` of the entry."""

    text: str
    field: str = ""
    negated: bool = False

    @property
    def is_of_entry(self) -> bool:
        """Whether it is looked for in entries only: in one field, or a single character in titles and names."""
        return bool(self.field) or len(self.text) < 2


@dataclass(frozen=True)
class Question:
    """The parts of a query. ``years`` is the first and last year asked for, either of which may be missing."""

    terms: tuple[Term, ...] = ()
    years: tuple[int | None, int | None] | None = None
    text: str = field(default="", compare=False)

    @cached_property
    def words(self) -> list[Term]:
        """The fragments that must occur, in an entry or on a page."""
        return [term for term in self.terms if not term.negated and not term.is_of_entry]

    @cached_property
    def unwanted(self) -> list[Term]:
        """What must not occur in the text that is found."""
        return [term for term in self.terms if term.negated and not term.is_of_entry]

    @cached_property
    def of_entry(self) -> list[Term]:
        """What is asked of the entry, of pages' units too: fields and single characters."""
        return [term for term in self.terms if term.is_of_entry]

    @property
    def marks(self) -> list[str]:
        """The fragments to mark in what is shown."""
        return [term.text.strip(LINE) for term in self.terms if not term.negated]

    def __bool__(self) -> bool:
        return bool(self.terms or self.years)


def parse(query: str) -> Question:
    """``query`` as a question; an empty one where nothing in it can be looked for. Never fails."""
    text = query[:MOST_CHARACTERS].replace("\0", " ").strip()
    terms: dict[Term, None] = {}
    years = None
    for match in _TERM.finditer(text):
        span = _years_of(match)
        if span and not years:
            years = span
        elif (term := _term_of(match)) and len(terms) < MOST_TERMS:
            terms[term] = None
    if terms and not years and all(term.negated for term in terms):
        # Without anything to find, a leading hyphen is a hyphen.
        terms = dict.fromkeys(Term(word) for part in text.split() if (word := fold(part)[:LONGEST]))
    return Question(tuple(terms)[:MOST_TERMS], years, text)


def _years_of(match: re.Match) -> tuple[int | None, int | None] | None:
    if _FIELDS.get((match["field"] or "").lower()) != "year" or match["minus"]:
        return None
    span = _YEARS.fullmatch(fold_digits(match["word"] or match["phrase"] or ""))
    if not span or not (span[1] or span[2]):
        return None
    first, last = (int(year) if year else None for year in span.groups())
    if span[2] is None and first is not None and span[0].strip() == span[1]:
        last = first
    return (last, first) if first and last and first > last else (first, last)


def fold_digits(text: str) -> str:
    """``text`` with figures of any kind as plain ones, all else as it is."""
    return "".join(folded if (folded := fold(letter)).isascii() and folded.isdigit() else letter for letter in text)


def _term_of(match: re.Match) -> Term | None:
    value = match["phrase"] if match["phrase"] is not None else match["word"]
    name = _FIELDS.get((match["field"] or "").lower(), "")
    if value is None or name == "year" or not fold(value):
        literal = fold(match[0].strip('"“”＂') or match[0])[:LONGEST]
        return Term(literal) if literal else None
    starred = name == "code" and match["phrase"] is None and value.endswith(("*", "＊"))
    folded = fold(value[:-1] if starred else value)[:LONGEST]
    if not folded:
        return Term(fold(match[0])[:LONGEST])
    return Term(f"{LINE}{folded}" if starred else folded, name, bool(match["minus"]))
