"""PostgreSQL: GIN over the numbers of the pairs of characters, and the fragment itself looked for in what is left.

Page texts lie in tables of ``PART`` page numbers each, walked from the newest: a common word is answered from the first
of them, and the planner never has the choice of reading millions of rows in the order of their keys.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from fonds.collections.models import PageScan

from ..grams import bounded_runs, code_of, codes_of
from ..models import IndexedEntry, IndexState
from ..query import Question, Term
from .base import ENTRY_FIELDS, Engine, PageText, exists

PART = 100_000
FEW = 10_000  # units that are named one by one
FIRST, GROWTH = 32_000, 2  # page numbers asked for at first, and how many times as many each time after
_PART_NAME = re.compile(r"search_page_\d+")
_LOCK = 7_203_411  # any number that nothing else locks
_COLUMNS = ("page_id", *ENTRY_FIELDS, "draft", "letters")
#: The runs of five figures and more of a text, as ``grams.runs`` finds them: of document numbers, codes and accounts.
RUNS_FUNCTION = """CREATE OR REPLACE FUNCTION search_runs(folded text) RETURNS text[] LANGUAGE sql
    IMMUTABLE STRICT PARALLEL SAFE COST 5000
    AS $$
        SELECT coalesce(array_agg(run[1]), '{}') FROM regexp_matches(folded, '[0-9]{5,}', 'g') AS run
    $$"""
_CREATE = (
    """CREATE FUNCTION search_grams(folded text) RETURNS bigint[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5000
    AS $$
        SELECT coalesce(array_agg(ascii(one)::bigint << 21 | ascii(two)), '{}')
        FROM unnest(string_to_array(folded, NULL), (string_to_array(folded, NULL))[2:]) AS pair (one, two)
        WHERE two IS NOT NULL
    $$""",
    RUNS_FUNCTION,
    "ALTER TABLE search_indexedentry ADD COLUMN grams bigint[] NOT NULL",
    "CREATE INDEX search_entry_grams ON search_indexedentry USING gin (grams) WITH (gin_pending_list_limit = 256)",
)
_CREATE_PART = (
    "CREATE TABLE IF NOT EXISTS {table} (id bigint PRIMARY KEY, unit_id bigint NOT NULL, text text NOT NULL)",
    "CREATE INDEX IF NOT EXISTS {table}_unit ON {table} (unit_id)",
)
_INDEX_PART = (
    "CREATE INDEX IF NOT EXISTS {table}_grams ON {table} USING gin (search_grams(text))"
    " WITH (gin_pending_list_limit = 2048)",
    "CREATE INDEX IF NOT EXISTS {table}_runs ON {table} USING gin (search_runs(text))"
    " WITH (gin_pending_list_limit = 256)",
)


def table_of(part: int) -> str:
    """The table of one part of the page texts."""
    return f"search_page_{int(part)}"


class PostgreSQLEngine(Engine):
    """The index of an archive of any size."""

    def create(self) -> None:
        with connection.cursor() as cursor:
            for statement in _CREATE:
                cursor.execute(statement)

    def clear(self) -> None:
        present = connection.introspection.table_names()  # the state may be gone already
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE search_indexedentry")
            for table in filter(_PART_NAME.fullmatch, present):
                cursor.execute(f"DROP TABLE {table}")
        IndexState.objects.update(last_part=-1)

    def complete(self) -> Iterator[int]:
        """The pairs of a part are indexed once its pages are there: half the work of doing it page by page."""
        for part in self._parts():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
                for statement in _INDEX_PART:
                    cursor.execute(statement.format(table=table_of(part)))
            yield part

    def tidy(self) -> None:
        """Give back the space of rows that are gone; outside a transaction only."""
        with connection.cursor() as cursor:
            for table in ["search_indexedentry", *map(table_of, self._parts())]:
                cursor.execute(f"VACUUM {table}")

    def size(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) AS name",
                [["search_indexedentry", *map(table_of, self._parts())]],
            )
            return int(cursor.fetchone()[0])

    def _parts(self) -> list[int]:
        """The parts that there are, newest first."""
        last = IndexState.objects.values_list("last_part", flat=True).first()
        return list(range(-1 if last is None else last, -1, -1))

    def _ensure(self, last: int) -> None:
        """Make the tables up to that of part ``last``. Where nobody searches yet, ``complete`` indexes their pairs."""
        there = self._parts()
        if there and there[0] >= last:
            return
        is_searched = IndexState.objects.filter(version__gt=0).exists()
        statements = _CREATE_PART + (_INDEX_PART if is_searched else ())
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            for part in range(last + 1):
                for statement in statements:
                    cursor.execute(statement.format(table=table_of(part)))
        IndexState.objects.filter(last_part__lt=last).update(last_part=last)

    def add_entries(self, entries: Sequence[IndexedEntry]) -> None:
        if not entries:
            return
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY search_indexedentry ({', '.join(_COLUMNS)}, grams) FROM STDIN") as stream,
        ):
            for entry in entries:
                codes = codes_of(_joined(entry)) + [code_of(letter) for letter in entry.letters]
                # the array as it is written: a list would be adapted number by number
                stream.write_row((*(getattr(entry, name) for name in _COLUMNS), f"{{{','.join(map(str, codes))}}}"))

    def remove_entries(self, entries: Sequence[IndexedEntry]) -> None:
        IndexedEntry.objects.filter(pk__in=[entry.pk for entry in entries]).delete()

    def add_pages(self, pages: Sequence[PageText]) -> None:
        parts = _by_part(pages)
        if not parts:
            return
        self._ensure(max(parts))
        with connection.cursor() as cursor:
            for part, some in parts.items():
                with cursor.copy(f"COPY {table_of(part)} (id, unit_id, text) FROM STDIN") as stream:
                    for page in some:
                        stream.write_row((page.id, page.unit_id, page.text))

    def remove_pages(self, pages: Sequence[PageText]) -> None:
        with connection.cursor() as cursor:
            for part, some in _by_part(pages).items():
                cursor.execute(f"DELETE FROM {table_of(part)} WHERE id = ANY(%s)", [[page.id for page in some]])

    def stored_pages(self, unit_ids: Sequence[int]) -> list[PageText]:
        parts = self._parts()
        if not parts or not unit_ids:
            return []
        one = "SELECT id, unit_id, text FROM {table} WHERE unit_id = ANY(%s)"
        sql = " UNION ALL ".join(one.format(table=table_of(part)) for part in parts)
        with connection.cursor() as cursor:
            cursor.execute(sql, [list(unit_ids)] * len(parts))
            return [PageText(*row) for row in cursor.fetchall()]

    def page_ids(self, after: int, most: int) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        with connection.cursor() as cursor:
            for part in reversed(self._parts()):
                if (part + 1) * PART > after and len(found) < most:
                    sql = f"SELECT id, unit_id FROM {table_of(part)} WHERE id > %s ORDER BY id LIMIT %s"
                    cursor.execute(sql, [after, most - len(found)])
                    found += cursor.fetchall()
        return found

    def entries(self, term: Term, *, drafts: bool = False) -> Q:
        conditions, values = [], []
        if len(term.text) > 1:
            conditions, values = ["grams @> %s::bigint[]"], [codes_of(term.text)]
        elif not term.field:
            conditions, values = ["grams @> %s::bigint[]"], [[code_of(term.text)]]
        if term.field or len(term.text) > 2 or (len(term.text) == 2 and not drafts):
            columns = (*ENTRY_FIELDS, "draft") if drafts else ENTRY_FIELDS
            text = term.field or f"concat_ws(E'\\n', {', '.join(columns)})"
            # One pair is found by its number alone, where the numbers are not those of a draft's title too.
            found = "draft = '' OR " if not term.field and len(term.text) == 2 else ""
            conditions.append(f"({found}strpos({text}, %s) > 0)")
            values.append(term.text)
        return Q(pk__in=RawSQL(f"SELECT page_id FROM search_indexedentry WHERE {' AND '.join(conditions)}", values))

    def with_letters(self, alternatives: Sequence[str]) -> Q:
        every = " OR ".join(["grams @> %s::bigint[]"] * len(alternatives))
        values = [sorted({code_of(letter) for letter in letters}) for letters in alternatives]
        return Q(pk__in=RawSQL(f"SELECT page_id FROM search_indexedentry WHERE {every}", values))

    def pages_by_unit(self, question: Question, units: QuerySet, *, few: bool = False) -> Iterator[dict[int, int]]:
        allowed = exists(units, "found.unit_id")
        if not question.words or allowed is None:
            return
        keys = sorted(units.order_by().values_list("pk", flat=True)[: FEW + 1]) if few else []
        with connection.cursor() as cursor:
            if few and len(keys) <= FEW:
                lots = [self._arms_of(question, keys, cursor)]
            else:
                lots = (_arms(low, high, question) for low, high in self._lots(cursor))
            for arms, bounds in lots:
                if not arms:
                    continue
                # Counted first, then asked who may see them: there are few units to many pages.
                cursor.execute(
                    f"WITH found AS MATERIALIZED (SELECT unit_id, count(*) AS pages FROM ({arms}) AS page GROUP BY 1)"
                    f" SELECT unit_id, pages FROM found WHERE {allowed[0]}",
                    [*bounds, *allowed[1]],
                )
                yield dict(cursor.fetchall())

    def _arms_of(self, question: Question, keys: list[int], cursor) -> tuple[str, list]:
        """The units of the pages of few units, by their ``keys`` in ascending order, as a statement over the parts that
        may hold some, with its values."""
        parts = self._parts()
        if not keys or not parts:
            return "", []
        ends = "SELECT {part}, (SELECT min(unit_id) FROM {table}), (SELECT max(unit_id) FROM {table})"
        cursor.execute(" UNION ALL ".join(ends.format(part=part, table=table_of(part)) for part in parts))
        where, values = _conditions(question)
        arms, bounds = [], []
        for part, first, last in cursor.fetchall():
            within = keys[bisect_left(keys, first) : bisect_right(keys, last)] if first is not None else []
            if within:
                arms.append(f"SELECT unit_id FROM {table_of(part)} WHERE unit_id = ANY(%s) AND {where}")
                bounds += [within, *values]
        return " UNION ALL ".join(arms), bounds

    def _lots(self, cursor) -> Iterator[tuple[int, int]]:
        """Ranges of page numbers, from the newest: few pages at first, for a common word, and then many parts at once,
        for a rare one."""
        newest = None
        for part in self._parts():
            cursor.execute(f"SELECT max(id) FROM {table_of(part)}")
            newest = cursor.fetchone()[0]
            if newest is not None:
                break
        high, width = (newest or 0) + 1, FIRST
        while high > 0 and newest is not None:
            low = max(0, high - width)
            yield low, high
            high, width = low, width * GROWTH

    def pages_of(
        self, question: Question, units: QuerySet, unit_ids: Sequence[int], most: int
    ) -> list[tuple[int, int]]:
        allowed = exists(units, "found.unit_id")
        if not question.words or allowed is None or not unit_ids:
            return []
        keys = PageScan.objects.filter(unit__in=unit_ids).order_by().values_list("pk", flat=True)
        there = set(self._parts())
        parts = {part: some for part, some in _by_part(keys).items() if part in there}
        if not parts:
            return []
        where, values = _conditions(question, by_index=False)
        arms, bounds = [], []
        for part, some in parts.items():
            arms.append(f"SELECT id, unit_id FROM {table_of(part)} WHERE id = ANY(%s) AND {where}")
            bounds += [some, *values]
        sql = (
            f"WITH found AS MATERIALIZED ({' UNION ALL '.join(arms)}), numbered AS (SELECT id, unit_id,"
            f" row_number() OVER (PARTITION BY unit_id ORDER BY id) AS place FROM found WHERE {allowed[0]})"
            " SELECT id, unit_id FROM numbered WHERE place <= %s ORDER BY id"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [*bounds, *allowed[1], most])
            return cursor.fetchall()


def _arms(low: int, high: int, question: Question) -> tuple[str, list]:
    """The units of the pages from ``low`` up to ``high`` that answer ``question``, as a statement over the parts they
    lie in, with its values; a part that lies within wholly is asked without bounds."""
    where, values = _conditions(question)
    arms, bounds = [], []
    for part in range((high - 1) // PART, low // PART - 1, -1):
        within = ""
        arm = list(values)
        if part * PART < low:
            within += " AND id >= %s"
            arm.append(low)
        if (part + 1) * PART > high:
            within += " AND id < %s"
            arm.append(high)
        arms.append(f"SELECT unit_id FROM {table_of(part)} WHERE {where}{within}")
        bounds += arm
    return " UNION ALL ".join(arms), bounds


def _joined(entry: IndexedEntry) -> str:
    return "\n".join(getattr(entry, name) for name in (*ENTRY_FIELDS, "draft"))


def _by_part(pages: Iterable) -> dict[int, list]:
    """Pages, or numbers of pages, by the part they belong in."""
    parts: dict[int, list] = {}
    for page in pages:
        parts.setdefault(getattr(page, "id", page) // PART, []).append(page)
    return parts


def _conditions(question: Question, *, by_index: bool = True) -> tuple[str, list]:
    """The conditions on the text of a page with their values; with ``by_index`` an index narrows it first: whole runs of
    figures, of which there are few pages each, or else the pairs."""
    conditions, values = [], []
    runs = sorted({run for term in question.words for run in bounded_runs(term.text)})
    if by_index and runs:
        conditions.append("search_runs(text) @> %s::text[]")
        values.append(runs)
    elif by_index:
        conditions.append("search_grams(text) @> %s::bigint[]")
        values.append(sorted({code for term in question.words for code in codes_of(term.text)}))
    for term in question.words:
        if len(term.text) > 2 or runs or not by_index:
            conditions.append("strpos(text, %s) > 0")
            values.append(term.text)
    for term in question.unwanted:
        conditions.append("strpos(text, %s) = 0")
        values.append(term.text)
    return " AND ".join(conditions), values
