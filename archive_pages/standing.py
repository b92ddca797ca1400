"""What is in force for a page: the access classes of its entry and its content, and the department that owns it.

A page's own ranks are raised by floors: one that is not open, or closed until a day, is at least for staff (its content
for the own department); a unit that is not live is at least by permission, any other draft for staff; content marked
机密 or 绝密 is sealed. Then the stricter of it and the page above wins, all the way down; content is never less strict
than the entry. The owner is the department of the page or the nearest above it.

A whole subtree is one statement, whatever its size, and writes only rows that change: no reader sees half of it.
"""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from fonds.access.classes import LAST_OWNED, OWNED, class_of
from fonds.access.enums import OpeningStatus, Rank
from fonds.audit.events import record

from .models import ArchivePage
from .rules import REFUSED_GRADES

STEP = ArchivePage.steplen
ROOT_DEPTH = 1  # the invisible root of the page tree, which restricts nothing
OPENED = "archive_pages.opened_by_date"

# Called with the path after each refresh, in the same transaction; upper rooms add theirs in ``ready()``.
on_change: list[Callable[[str], None]] = []

_RANK_OF = (
    f"CASE WHEN {{0}} < {OWNED} THEN {{0}} WHEN {{0}} <= {LAST_OWNED} THEN {Rank.DEPARTMENT.value}"
    f" WHEN {{0}} < {class_of(Rank.SEALED)} THEN {Rank.RESTRICTED.value} ELSE {Rank.SEALED.value} END"
)
_CLASS_OF = (
    f"CASE {{0}} WHEN {Rank.DEPARTMENT.value} THEN {OWNED} + COALESCE(owner, 0)"
    f" WHEN {Rank.RESTRICTED.value} THEN {class_of(Rank.RESTRICTED)}"
    f" WHEN {Rank.SEALED.value} THEN {class_of(Rank.SEALED)} ELSE {{0}} END"
)
_UNOPENED = "own.opening_status <> %(open)s OR own.closed_until >= %(today)s"
_DRAFT = f"CASE own.level WHEN '' THEN {Rank.STAFF.value} ELSE {Rank.RESTRICTED.value} END"
_CATALOGUE = (
    f"{{greatest}}(own.catalogue_rank, {{above}}, CASE WHEN NOT own.live THEN {_DRAFT}"
    f" WHEN substr(own.secrecy, 1, 2) IN %(refused)s THEN {Rank.RESTRICTED.value}"
    f" WHEN {_UNOPENED} THEN %(catalogue_floor)s ELSE 0 END)"
)
_CONTENT = (
    f"{{greatest}}(own.content_rank, {{above}}, CASE WHEN substr(own.secrecy, 1, 2) IN %(refused)s"
    f" THEN {Rank.SEALED.value} WHEN NOT own.live THEN {_DRAFT}"
    f" WHEN {_UNOPENED} THEN %(content_floor)s ELSE 0 END)"
)
_SQL = """
UPDATE {table} SET catalogue_class = folded.entry_class, content_class = folded.inside_class,
    owner_department_id = folded.owner, awaits_opening = folded.waits
FROM (
WITH RECURSIVE fresh (id, path, depth, entry, inside, owner, waits) AS (
    SELECT own.id, own.path, own.depth, {top_catalogue}, {top_content},
           COALESCE(own.department_id, above.owner_department_id), COALESCE(own.closed_until >= %(today)s, FALSE)
    FROM {table} own LEFT JOIN {table} above ON above.path = %(above)s
    WHERE own.depth = %(depth)s AND own.path BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT own.id, own.path, own.depth, {catalogue}, {content},
           COALESCE(own.department_id, fresh.owner), COALESCE(own.closed_until >= %(today)s, FALSE)
    FROM fresh JOIN {table} own
        ON %(deep)s AND own.depth = fresh.depth + 1 AND {is_below}
)
SELECT id, {entry_class} AS entry_class, {inside_class} AS inside_class, owner, waits FROM fresh
) AS folded
WHERE {table}.id = folded.id AND {is_within} AND (
    {table}.catalogue_class <> folded.entry_class OR {table}.content_class <> folded.inside_class
    OR {table}.awaits_opening <> folded.waits
    OR COALESCE({table}.owner_department_id, 0) <> COALESCE(folded.owner, 0))
"""

# How a page below is found. SQLite looks up the range of each parent in the index of paths. PostgreSQL cannot guess how
# large these ranges are and would compare all with all: it joins by the parent's path, inside the range of the subtree.
_SQLITE = {
    "is_below": f"own.path BETWEEN fresh.path || '{ArchivePage.alphabet[0] * STEP}'"
    f" AND fresh.path || '{ArchivePage.alphabet[-1] * STEP}'",
    "is_within": "TRUE",
}
_POSTGRESQL = {
    "is_below": f"substr(own.path, 1, length(own.path) - {STEP}) = fresh.path"
    " AND own.path BETWEEN %(first)s AND %(end)s",
    "is_within": f"{ArchivePage._meta.db_table}.path BETWEEN %(first)s AND %(end)s",
}


@transaction.atomic
def refresh_standing(path: str) -> int:
    """Compute what is in force for the page at ``path`` and all below it; how many pages it changed for.

    The root restricts nothing and has nothing in force: from there all pages below it are computed.
    """
    is_root = len(path) == ROOT_DEPTH * STEP
    first, last = (
        path + end * STEP if is_root else path for end in (ArchivePage.alphabet[0], ArchivePage.alphabet[-1])
    )
    changed = _update(first, last)
    for reaction in on_change:
        reaction(path)
    return changed


def refresh_if_changed(path: str) -> None:
    """The same after the page at ``path`` alone was written: what is below is walked only where it changed."""
    if _update(path, path, deep=False):
        refresh_standing(path)


def place_units(first: str, last: str, *, deep: bool = False) -> None:
    """Compute what is in force for new siblings, from the one at ``first`` to the one at ``last``; with ``deep`` for
    the new units below them too."""
    _update(first, last, deep=deep)


def open_due(today: dt.date | None = None) -> int:
    """Open what was closed until a day before ``today``, each with its event; how many pages' own day it was."""
    today = today or timezone.localdate()
    due = ArchivePage.objects.filter(awaits_opening=True, closed_until__lt=today)
    if not due.exists():
        return 0
    with transaction.atomic():
        pages = list(due.select_for_update().order_by("path"))
        for page in pages:
            refresh_standing(page.path)
            record(OPENED, unit=page, before={"closed_until": page.closed_until.isoformat()})
    return len(pages)


def _update(first: str, last: str, deep: bool = True) -> int:
    """Write what changed for the siblings from ``first`` to ``last``, if ``deep`` with all below; how many rows."""
    depth = len(first) // STEP
    values = {
        "first": first,
        "last": last,
        "end": last + ArchivePage.alphabet[-1] * STEP,
        "depth": depth,
        "deep": deep,
        "above": first[:-STEP] if depth > ROOT_DEPTH + 1 else "",
        "today": connection.ops.adapt_datefield_value(timezone.localdate()),
        "open": OpeningStatus.OPEN.value,
        "catalogue_floor": int(settings.FONDS_UNOPENED_CATALOGUE_RANK),
        "content_floor": int(settings.FONDS_UNOPENED_CONTENT_RANK),
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(), values)
        return cursor.rowcount


def _statement() -> str:
    """The statement for the database in use: the two differ in the name of the greatest of several values."""
    greatest = "GREATEST" if connection.vendor == "postgresql" else "MAX"
    marks = ", ".join(f"'{grade}'" for grade in REFUSED_GRADES)
    above_entry = _RANK_OF.format("COALESCE(above.catalogue_class, 0)")
    above_inside = _RANK_OF.format("COALESCE(above.content_class, 0)")
    parts = {
        "top_catalogue": _CATALOGUE.format(greatest=greatest, above=above_entry),
        "catalogue": _CATALOGUE.format(greatest=greatest, above="fresh.entry"),
        "top_content": _CONTENT.format(greatest=greatest, above=above_inside),
        "content": _CONTENT.format(greatest=greatest, above="fresh.inside"),
    }
    return _SQL.format(
        **parts,
        entry_class=_CLASS_OF.format("entry"),
        inside_class=_CLASS_OF.format(f"{greatest}(entry, inside)"),
        table=ArchivePage._meta.db_table,
        **(_POSTGRESQL if connection.vendor == "postgresql" else _SQLITE),
    ).replace("%(refused)s", f"({marks})")
