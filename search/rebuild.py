"""Building the index anew, or checking it: in batches that are each a transaction, while it is searched.

How far it has come stands in the database; a build that was cut off goes on there. An index of another version is
emptied first, and refused to readers until it is whole; one of this version is brought up to date in place.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from wagtail.models import PageLogEntry

from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import PageScan

from .engines import engine
from .index import index_entries, index_pages
from .models import IndexedEntry, IndexState
from .refolding import refold_others, refold_pages
from .state import VERSION, let_go, note, take_hold

ENTRIES, PAGES = "entries", "pages"
BATCH = 2_000  # entries in one transaction
PAGES_IN_BATCH = 5_000

Tell = Callable[[str, int, int], None]  # phase, how many are done, of how many


@dataclass
class Counts:
    """How many entries and pages were looked at, and how many of each were wrong and are put right."""

    entries: int = 0
    entries_changed: int = 0
    pages: int = 0
    pages_changed: int = 0


def rebuild(tell: Tell, *, since: datetime | None = None, verify: bool = False) -> Counts:
    """Bring the whole index up to date, or what changed ``since``; with ``verify`` from the beginning, whatever was
    done before. Raises ``state.Busy`` while another process does."""
    mark = take_hold()
    counts = Counts()
    try:
        state = IndexState.objects.get()
        if state.version != VERSION and not (state.version == 0 and state.phase):
            _empty(mark)
            state = IndexState.objects.get()
        if since and state.version == VERSION:
            _some(mark, _changed_since(since), counts, tell)
            let_go(mark)
        else:
            begin = (ENTRIES, 0) if verify or not state.phase else (state.phase, state.position)
            _all(mark, begin, counts, tell)
            for _step in engine().complete():
                note(mark)
            let_go(mark, version=VERSION, phase="", position=0)
    except BaseException:
        let_go(mark)
        raise
    return counts


@transaction.atomic
def _empty(mark: str) -> None:
    engine().clear()
    note(mark, version=0, phase=ENTRIES, position=0)


def _all(mark: str, begin: tuple[str, int], counts: Counts, tell: Tell) -> None:
    phase, position = begin
    if phase == ENTRIES:
        refold_others()
        _every_entry(mark, position, counts, tell)
        position = 0
    _every_page(mark, position, counts, tell)


def _every_entry(mark: str, position: int, counts: Counts, tell: Tell) -> None:
    total = ArchivePage.objects.filter(depth__gt=1).count()
    for keys in _keys_after(position):
        with transaction.atomic():
            note(mark, phase=ENTRIES, position=keys[-1])
            refold_pages(keys)
            counts.entries_changed += index_entries(keys)
        counts.entries += len(keys)
        tell(ENTRIES, counts.entries, total)


def _keys_after(position: int) -> Iterator[list[int]]:
    """The keys of all pages of the tree and of all entries in the index, ascending, in batches."""
    while True:
        keys: set[int] = set()
        for model in (ArchivePage.objects.filter(depth__gt=1), IndexedEntry.objects):
            keys |= set(model.filter(pk__gt=position).order_by("pk").values_list("pk", flat=True)[:BATCH])
        batch = sorted(keys)[:BATCH]
        if not batch:
            return
        yield batch
        position = batch[-1]


def _every_page(mark: str, position: int, counts: Counts, tell: Tell) -> None:
    """The pages of all units, in the order of the units' keys."""
    total = PageScan.objects.count()
    for units, count in _units_after(position):
        with transaction.atomic():
            note(mark, phase=PAGES, position=units[-1])
            counts.pages_changed += index_pages(units)
        counts.pages += count
        tell(PAGES, counts.pages, total)
    counts.pages_changed += _remove_orphans()


def _units_after(position: int) -> Iterator[tuple[list[int], int]]:
    """The keys of units with page scans, in batches of some thousand pages, and how many pages that are."""
    while True:
        scans = PageScan.objects.filter(unit_id__gt=position).order_by("unit_id", "number")
        units = list(scans.values_list("unit_id", flat=True)[:PAGES_IN_BATCH])
        if not units:
            return
        if len(units) == PAGES_IN_BATCH and units[0] != units[-1]:
            units = [unit for unit in units if unit != units[-1]]  # whole units only
        yield sorted(set(units)), len(units)
        position = units[-1]


def _remove_orphans() -> int:
    """Take out pages of the index that have no page scan any more; how many."""
    after, removed = 0, 0
    while rows := engine().page_ids(after, PAGES_IN_BATCH):
        after = rows[-1][0]
        there = set(PageScan.objects.filter(pk__in=[pk for pk, _unit in rows]).values_list("pk", flat=True))
        if gone := {unit for pk, unit in rows if pk not in there}:
            removed += index_pages(sorted(gone))
    return removed


def _changed_since(since: datetime) -> list[int]:
    """The keys of pages with an entry in their history, a revision or a publication since then."""
    logged = PageLogEntry.objects.filter(timestamp__gte=since).values("page_id")
    return list(
        ArchivePage.objects.filter(
            Q(latest_revision_created_at__gte=since) | Q(last_published_at__gte=since) | Q(pk__in=logged)
        )
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _some(mark: str, keys: Sequence[int], counts: Counts, tell: Tell) -> None:
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        with transaction.atomic():
            note(mark)
            counts.entries_changed += index_entries(some)
            counts.pages_changed += index_pages(some)
        counts.entries += len(some)
        tell(ENTRIES, counts.entries, len(keys))
