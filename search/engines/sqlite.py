"""SQLite: FTS5 over pairs of characters, without a copy of the text (contentless), with their places (detail=full).

A fragment is the phrase of its pairs. FTS5 before 3.43 cannot forget a row of such a table by its number, it must be
told what stood in it; so the folded text of a page is kept beside it, compressed, and that of an entry in its row.
"""

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from ..grams import bounded_runs, grams, runs
from ..models import IndexedEntry
from ..query import Question, Term
from .base import ENTRY_FIELDS, Engine, PageText, exists, in_chunks

_COLUMNS = (*ENTRY_FIELDS, "draft", "letters")
_CREATE = (
    "CREATE VIRTUAL TABLE search_entry_fts USING fts5({columns}, content='', columnsize=0, tokenize='ascii')".format(
        columns=", ".join(_COLUMNS)
    ),
    "CREATE VIRTUAL TABLE search_page_fts USING fts5(text, runs, content='', columnsize=0, tokenize='ascii')",
    "CREATE TABLE search_page (id INTEGER PRIMARY KEY, unit_id INTEGER NOT NULL, packed BLOB NOT NULL)",
    "CREATE INDEX search_page_unit ON search_page (unit_id)",
)
_CLEAR = (
    "INSERT INTO search_entry_fts (search_entry_fts) VALUES ('delete-all')",
    "INSERT INTO search_page_fts (search_page_fts) VALUES ('delete-all')",
    "DELETE FROM search_page",
    "DELETE FROM search_indexedentry",
)
# The tokenizer splits at every ASCII character but letters and figures: those stand in for themselves elsewhere.
_MARK = 0x10FE00
_SAFE = {code: chr(_MARK + code) for code in range(128) if not chr(code).isalnum()}
_CHUNK = 500
PACKED_AS = "gb18030"  # all of Unicode, in two bytes for most Chinese characters
FIRST, MOST = 2_000, 32_000  # pages read at first, twice as many each time, at most
# One lot of hits. Many pages stand in one unit, so whether it may be seen is asked once for each unit in the lot.
_NEWEST = """
WITH hit AS MATERIALIZED (
    SELECT f.rowid AS id, p.unit_id FROM search_page_fts f CROSS JOIN search_page p ON p.id = f.rowid
    WHERE f.search_page_fts MATCH %s AND f.rowid < %s ORDER BY f.rowid DESC LIMIT %s
), unit AS MATERIALIZED (SELECT DISTINCT unit_id FROM hit),
allowed AS MATERIALIZED (SELECT unit_id FROM unit WHERE {allowed})
SELECT hit.id, hit.unit_id, allowed.unit_id IS NOT NULL FROM hit LEFT JOIN allowed ON allowed.unit_id = hit.unit_id
ORDER BY hit.id DESC
"""


def tokens(text: str) -> str:
    """The pairs of ``text`` as FTS5 reads them: separated by spaces, each of letters in the tokenizer's sense."""
    return " ".join(grams(text.translate(_SAFE)))


def phrase(text: str) -> str:
    """The expression for ``text`` as a fragment; a single character is a token of its own."""
    return f'"{tokens(text) or text.translate(_SAFE)}"'


class SQLiteEngine(Engine):
    """The index of a small archive, in the database's own file."""

    def create(self) -> None:
        with connection.cursor() as cursor:
            for statement in _CREATE:
                cursor.execute(statement)

    def clear(self) -> None:
        with connection.cursor() as cursor:
            for statement in _CLEAR:
                cursor.execute(statement)

    def tidy(self) -> None:
        """Write the whole index anew without what was taken out: FTS5 only marks it as gone."""
        with connection.cursor() as cursor:
            for table in ("search_entry_fts", "search_page_fts"):
                cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")

    def size(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum((SELECT sum(pgsize) FROM dbstat WHERE dbstat.name = m.name)) FROM sqlite_master m"
                " WHERE m.rootpage > 0 AND m.name LIKE 'search!_%' ESCAPE '!' AND m.tbl_name <> 'search_indexstate'"
            )
            return int(cursor.fetchone()[0] or 0)

    def add_entries(self, entries: Sequence[IndexedEntry]) -> None:
        IndexedEntry.objects.bulk_create(entries, batch_size=_CHUNK)
        self._write_entries("", entries)

    def remove_entries(self, entries: Sequence[IndexedEntry]) -> None:
        self._write_entries("search_entry_fts, ", entries)
        for chunk in in_chunks(entries, _CHUNK):
            IndexedEntry.objects.filter(pk__in=[entry.pk for entry in chunk]).delete()

    def _write_entries(self, command: str, entries: Sequence[IndexedEntry]) -> None:
        """Rows of the full-text table; with ``command`` they are taken out again."""
        marks = ", ".join(["%s"] * (len(_COLUMNS) + 1))
        first = "'delete', " if command else ""
        sql = f"INSERT INTO search_entry_fts ({command}rowid, {', '.join(_COLUMNS)}) VALUES ({first}{marks})"
        rows = [
            (
                entry.pk,
                *(tokens(getattr(entry, name)) for name in _COLUMNS[:-1]),
                " ".join(entry.letters.translate(_SAFE)),
            )
            for entry in entries
        ]
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)

    def add_pages(self, pages: Sequence[PageText]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO search_page (id, unit_id, packed) VALUES (%s, %s, %s)",
                [(page.id, page.unit_id, zlib.compress(page.text.encode(PACKED_AS), 1)) for page in pages],
            )
            cursor.executemany(
                "INSERT INTO search_page_fts (rowid, text, runs) VALUES (%s, %s, %s)",
                [(page.id, tokens(page.text), " ".join(runs(page.text))) for page in pages],
            )

    def remove_pages(self, pages: Sequence[PageText]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO search_page_fts (search_page_fts, rowid, text, runs) VALUES ('delete', %s, %s, %s)",
                [(page.id, tokens(page.text), " ".join(runs(page.text))) for page in pages],
            )
            cursor.executemany("DELETE FROM search_page WHERE id = %s", [(page.id,) for page in pages])

    def stored_pages(self, unit_ids: Sequence[int]) -> list[PageText]:
        found = []
        with connection.cursor() as cursor:
            for chunk in in_chunks(unit_ids, _CHUNK):
                marks = ", ".join(["%s"] * len(chunk))
                cursor.execute(f"SELECT id, unit_id, packed FROM search_page WHERE unit_id IN ({marks})", chunk)
                found += [PageText(pk, unit, zlib.decompress(packed).decode(PACKED_AS)) for pk, unit, packed in cursor]
        return found

    def page_ids(self, after: int, most: int) -> list[tuple[int, int]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, unit_id FROM search_page WHERE id > %s ORDER BY id LIMIT %s", [after, most])
            return cursor.fetchall()

    def entries(self, term: Term, *, drafts: bool = False) -> Q:
        if len(term.text) < 2 and term.field:
            return Q(pk__in=IndexedEntry.objects.filter(**{f"{term.field}__contains": term.text}).values("pk"))
        fields = (*ENTRY_FIELDS, "draft") if drafts else ENTRY_FIELDS
        where = "letters" if len(term.text) < 2 else term.field or f"{{{' '.join(fields)}}}"
        sql = "SELECT rowid FROM search_entry_fts WHERE search_entry_fts MATCH %s"
        return Q(pk__in=RawSQL(sql, [f"{where} : {phrase(term.text)}"]))

    def with_letters(self, alternatives: Sequence[str]) -> Q:
        every = " OR ".join(f"({' AND '.join(map(phrase, sorted(set(letters))))})" for letters in alternatives)
        sql = "SELECT rowid FROM search_entry_fts WHERE search_entry_fts MATCH %s"
        return Q(pk__in=RawSQL(sql, [f"letters : ({every})"]))

    def pages_by_unit(self, question: Question, units: QuerySet, *, few: bool = False) -> Iterator[dict[int, int]]:
        allowed = exists(units, "unit.unit_id")
        if not question.words or allowed is None:
            return
        expression, before, most = _expression(question), 2**62, FIRST
        while True:
            with connection.cursor() as cursor:
                cursor.execute(_NEWEST.format(allowed=allowed[0]), [expression, before, most, *allowed[1]])
                rows = cursor.fetchall()
            yield Counter(unit for _page, unit, is_allowed in rows if is_allowed)
            if len(rows) < most:
                return
            before, most = rows[-1][0], min(2 * most, MOST)

    def pages_of(
        self, question: Question, units: QuerySet, unit_ids: Sequence[int], most: int
    ) -> list[tuple[int, int]]:
        allowed = exists(units, "unit_id")
        if not question.words or allowed is None or not unit_ids:
            return []
        marks = ", ".join(["%s"] * len(unit_ids))
        wanted = [term.text for term in question.words]
        unwanted = [term.text for term in question.unwanted]
        found: dict[int, list[int]] = {unit: [] for unit in unit_ids}
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, unit_id, packed FROM search_page WHERE unit_id IN ({marks}) AND {allowed[0]} ORDER BY id",
                [*unit_ids, *allowed[1]],
            )
            for page, unit, packed in cursor:
                if len(found[unit]) < most:
                    text = zlib.decompress(packed).decode(PACKED_AS)
                    if all(word in text for word in wanted) and not any(word in text for word in unwanted):
                        found[unit].append(page)
        return [(page, unit) for unit, pages in found.items() for page in pages]


def _expression(question: Question) -> str:
    """``question`` in FTS5's language. Whole runs of figures come first: there are few pages with each."""
    wanted = [f'runs : "{run}"' for term in question.words for run in bounded_runs(term.text)]
    wanted += [f"text : {phrase(term.text)}" for term in question.words]
    unwanted = [f"text : {phrase(term.text)}" for term in question.unwanted]
    found = " AND ".join(wanted)
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found
