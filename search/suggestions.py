"""What a reader may have meant: suggestions while he types, and a spelling that exists where his finds nothing.

Both come from titles, codes and names of entries that the reader may know of, never from the texts of pages.
"""

import re
from dataclasses import dataclass

from fonds.access.decisions import visible
from fonds.archive_pages.folding import fold, fold_with_places
from fonds.archive_pages.models import ArchivePage

from .engines import engine
from .index import NAME_LENGTH
from .query import Question, Term
from .state import require_current

MOST = 8
LOOKED_AT = 60  # entries from which the suggestions are taken
COMPARED = 300  # entries in which a spelling is looked for
SHORTEST, LONGEST = 3, 20  # characters of a word whose spelling is looked for


@dataclass(frozen=True)
class Suggestion:
    """A text to search for, as it is written, and where it stands: ``title``, ``code``, ``number`` or ``name``."""

    text: str
    kind: str


def suggest(typed: str, user, most: int = MOST) -> list[Suggestion]:
    """Titles, codes, document numbers and names in which ``typed`` stands, those that begin with it first.

    Raises ``state.OldIndex``.
    """
    require_current()
    folded = fold(typed[:100])
    if not folded:
        return []
    units = _known(user).filter(engine().entries(Term(folded)))[:LOOKED_AT]
    found = {
        text: (kind, fold(text)) for unit in units.specific() for kind, text in _texts(unit) if folded in fold(text)
    }
    ranked = sorted(found, key=lambda text: (not found[text][1].startswith(folded), len(text), text))
    return [Suggestion(text, found[text][0]) for text in ranked[:most]]


def _known(user):
    return visible(ArchivePage.objects.exclude(level="").live(), user).order_by()


def _texts(unit: ArchivePage):
    yield "title", unit.title
    yield "code", unit.shown_code
    yield "number", unit.document_number
    for text in unit.searched_texts():
        for name in re.split(r"[；;\n]", text or ""):
            if 0 < len(name) <= NAME_LENGTH and name not in (unit.title, unit.shown_code, unit.document_number):
                yield "name", name.strip()


def did_you_mean(question: Question, user) -> str:
    """The query with each word that no entry has put as titles and names spell it, one character changed; empty where
    there is no such spelling."""
    text, changed = question.text, False
    for term in question.words:
        if term.field or not SHORTEST <= len(term.text) <= LONGEST:
            continue
        if _known(user).filter(engine().entries(term)).exists():
            continue
        spelling = _other_spelling(term.text, user)
        written = _as_typed(text, term.text)
        if not spelling or not written:
            return ""
        text, changed = text.replace(written, spelling), True
    return text if changed else ""


def _other_spelling(word: str, user) -> str:
    """A piece of a title or name that differs from ``word`` in one character, as it is written there."""
    others = [word[:at] + word[at + 1 :] for at in range(len(word))]
    rows = _known(user).filter(engine().with_letters(others))
    patterns = "|".join(f"{re.escape(word[:at])}.{re.escape(word[at + 1 :])}" for at in range(len(word)))
    for title, creator, other in rows.values_list("title", "creator", "indexed__other")[:COMPARED]:
        for text in (title, creator, *other.split("\n")):
            folded, places = fold_with_places(text)
            if match := re.search(patterns, folded):
                return text[places[match.start()] : places[match.end() - 1] + 1]
    return ""


def _as_typed(query: str, word: str) -> str:
    """The part of ``query`` that folds to ``word``."""
    folded, places = fold_with_places(query)
    at = folded.find(word)
    return query[places[at] : places[at + len(word) - 1] + 1] if at >= 0 else ""
