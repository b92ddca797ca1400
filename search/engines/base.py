"""What an engine must do. Everything else (folding, questions, access, ranking, extracts) is the same for all."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from ..models import IndexedEntry
from ..query import Question, Term

ENTRY_FIELDS = ("title", "creator", "number", "code", "other")
UNIT = "archive_pages_archivepage.id"


@dataclass(frozen=True, slots=True)
class PageText:
    """The searched text of one page scan: its fold, with the first characters of the next page."""

    id: int
    unit_id: int
    text: str


class Engine(ABC):
    """One index in one database. All writing happens in the caller's transaction."""

    @abstractmethod
    def create(self) -> None:
        """Make the engine's tables; called once, by a migration."""

    @abstractmethod
    def clear(self) -> None:
        """Forget everything."""

    def complete(self) -> Iterator[int]:
        """Make what building anew has left for its end, in steps; the index is searched from then on. An engine that
        left nothing does nothing."""
        yield from ()

    @abstractmethod
    def add_entries(self, entries: Sequence[IndexedEntry]) -> None:
        """Enter ``entries``, none of which is in the index."""

    @abstractmethod
    def remove_entries(self, entries: Sequence[IndexedEntry]) -> None:
        """Take out ``entries``, given as they stand in the index."""

    @abstractmethod
    def add_pages(self, pages: Sequence[PageText]) -> None:
        """Enter ``pages``, none of which is in the index."""

    @abstractmethod
    def remove_pages(self, pages: Sequence[PageText]) -> None:
        """Take out ``pages``, given as they stand in the index."""

    @abstractmethod
    def stored_pages(self, unit_ids: Sequence[int]) -> list[PageText]:
        """The pages of these units as they stand in the index."""

    @abstractmethod
    def page_ids(self, after: int, most: int) -> list[tuple[int, int]]:
        """Page and unit of the next ``most`` pages in the index whose number is greater than ``after``, ascending."""

    @abstractmethod
    def entries(self, term: Term, *, drafts: bool = False) -> Q:
        """The condition on pages of the tree that ``term`` (as if it were not negated) occurs in the entry; with
        ``drafts`` a term without a field may stand in the title of a draft instead."""

    @abstractmethod
    def with_letters(self, alternatives: Sequence[str]) -> Q:
        """The condition that all characters of one of ``alternatives`` stand in title or names, in any order."""

    @abstractmethod
    def pages_by_unit(self, question: Question, units: QuerySet, *, few: bool = False) -> Iterator[dict[int, int]]:
        """How many pages of each of ``units`` have all words of ``question`` and none of the unwanted ones on them, in
        lots of pages from the newest to the oldest. Read lazily: who stops early pays no more. ``few`` says that the
        reader has narrowed the units, so that it may be quicker to begin with them."""

    @abstractmethod
    def pages_of(
        self, question: Question, units: QuerySet, unit_ids: Sequence[int], most: int
    ) -> list[tuple[int, int]]:
        """Page and unit of such pages of a few of ``units``, named by their keys, as far as there are page scans of
        them; at most ``most`` of each unit, in the order of the pages."""

    @abstractmethod
    def tidy(self) -> None:
        """Make sure that what was taken out leaves no trace in the engine's files."""

    @abstractmethod
    def size(self) -> int:
        """Bytes that the index takes up in the database."""


def exists(units: QuerySet, column: str) -> tuple[str, list] | None:
    """A condition in SQL with its values that the unit in ``column`` is one of ``units``; ``None`` where there is
    none."""
    rows = units.order_by().values("pk").extra(where=[f"{UNIT} = {column}"])
    try:
        sql, values = rows.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return None
    return f"EXISTS ({sql})", list(values)


def among(keys: Iterable[int], field: str = "pk") -> Q:
    """The condition that ``field`` is one of many ``keys``, given as one value: a thousand values take the driver longer
    than the search itself."""
    keys = list(keys)
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__in": RawSQL("SELECT unnest(%s::bigint[])", [keys])})
    return Q(**{f"{field}__in": RawSQL("SELECT value FROM json_each(%s)", [json.dumps(keys)])})


def in_chunks(rows: Iterable, size: int) -> Iterator[list]:
    """``rows`` in lists of at most ``size``."""
    rows = list(rows)
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
