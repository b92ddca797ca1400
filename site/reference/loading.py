"""Writing the reference archive through the product's bulk paths, in batches that are each a transaction.

Where a batch begins is read from what stands in the database (the children of each series, the page scans of each
item), so an interrupted load goes on where it stopped, and more pages can be added to an archive that is there.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice
from typing import NamedTuple

from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from wagtail.log_actions import log

from fonds.access.enums import OpeningStatus
from fonds.archive_pages.bulk import Branch, add_branches
from fonds.archive_pages.models import ArchivePage, FondsIndexPage, FondsPage, ItemPage, SeriesPage
from fonds.collections.models import PageScan
from fonds.collections.scans import KnownPage, add_known_pages

from ..demo.silence import Silence
from ..demo.tree import make_frame
from ..roles import sync_roles
from .describing import Tables, file_page, item_page, may_scan, series_page
from .naming import draw
from .pictures import ensure_pictures
from .plan import FONDS, WIDE_ITEMS, PagePlan, Run, SeriesPlan, UnitPlan, items_of, make_plan
from .texts import page_text
from .workers import share, spread

ENTRIES_A_BATCH = 2000
PAGES_A_BATCH = 4000
TELL_EVERY = 5.0  # seconds
SAMPLE_SERIES, SAMPLE_ITEM = "J021-YP", "J021-YP-0001"
_PICTURE = 51

Tell = Callable[[str], None]


class OtherReference(Exception):
    """The archive that is there was made of other numbers."""


@dataclass(frozen=True)
class Order:
    """What is to be there in the end. ``wide`` is the number of items in the one wide series; ``workers`` the processes
    that write at once (PostgreSQL; SQLite has one writer)."""

    items: int
    pages: int
    seed: int = 1
    wide: int | None = None
    workers: int = 1

    @property
    def wide_items(self) -> int:
        return min(WIDE_ITEMS, self.items // 5) if self.wide is None else min(self.wide, self.items)

    @property
    def mark(self) -> str:
        """What the first fonds says of how it was made; a second run compares it."""
        return f"参考档案，内容均为虚构。种子 {self.seed}，{self.items} 件，其中登记卡 {self.wide_items} 件。"


class Step(NamedTuple):
    """A batch that is written: of how many rows it takes care, and how many of those are new."""

    reached: int
    written: int


@dataclass
class Done:
    """What one run wrote, and the seconds it took."""

    items: int = 0
    item_seconds: float = 0.0
    pages: int = 0
    page_seconds: float = 0.0


def load(order: Order, tell: Tell) -> Done:
    """Make the reference archive, or what of it is missing. Raises ``OtherReference`` where one of another seed or size
    stands in this database."""
    call_command("load_tables", verbosity=0, stdout=Silence())
    fonds = _fonds(order)
    sync_roles()  # the rights on pages are given on the tree's top, which is there now
    runs, tables, done = make_plan(order.items, order.wide_items, order.seed), Tables.read(), Done()
    plan = PagePlan(runs, order.pages, order.seed, may_scan=partial(may_scan, order.seed))
    begun = time.perf_counter()
    _write_series(fonds, runs, tables)
    shares = share(runs, [run.items for run in runs], order.workers)
    done.items = _spread(
        lambda number: _write_entries(order, shares[number], tables, plan), order, Teller(tell, "items", order.items)
    )
    done.item_seconds = time.perf_counter() - begun
    pictures = ensure_pictures(_sample(fonds["J021"], tables), order.pages, order.seed, tell)
    begun = time.perf_counter()
    done.pages = _spread(
        lambda number: _write_pages(order, shares[number], plan, pictures), order, Teller(tell, "pages", order.pages)
    )
    done.page_seconds = time.perf_counter() - begun
    _finish(fonds, done)
    return done


def _spread(write: Callable[[int], Iterator[Step]], order: Order, teller: "Teller") -> int:
    """Let the workers write; how many rows they wrote. The planner's statistics follow the growth."""
    reached = written = fresh_until = 0
    for step in spread(write, order.workers):
        reached, written = reached + step.reached, written + step.written
        if reached >= fresh_until:
            refresh_statistics()
            fresh_until = reached * 4
        teller.step(reached, step.written)
    return written


class Teller:
    """Says how far a phase has come, every few seconds."""

    def __init__(self, tell: Tell, what: str, total: int) -> None:
        self.tell, self.what, self.total = tell, what, total
        self.written, self.begun = 0, time.perf_counter()
        self.told = self.begun

    def step(self, standing: int, written: int) -> None:
        """``standing`` are there now, ``written`` of them newly in this batch."""
        self.written += written
        now = time.perf_counter()
        if now - self.told >= TELL_EVERY or (standing >= self.total and self.written):
            self.told = now
            pace = self.written / (now - self.begun)
            self.tell(f"{self.what}: {standing:,} of {self.total:,}, {pace:,.0f}/s")


# --- Fonds and series -----------------------------------------------------------------------------------------------


def _fonds(order: Order) -> dict[str, FondsPage]:
    index = FondsIndexPage.objects.first() or make_frame()
    made = {}
    for code, (name, former_names) in FONDS.items():
        page = FondsPage.objects.filter(reference_code=code).first()
        if page is None:
            page = FondsPage(
                title=name,
                reference_code=code,
                former_names=former_names,
                date_text="1984-2023",
                note=order.mark,
                opening_status=OpeningStatus.OPEN,
            )
            index.refresh_from_db()
            index.add_child(instance=page)
        elif page.note != order.mark:
            raise OtherReference(f"{code}: {page.note or page.title}")
        made[code] = page
    return made


def _write_series(fonds: dict[str, FondsPage], runs: Sequence[Run], tables: Tables) -> None:
    """All series, one call for each level."""
    wanted: dict[str, SeriesPlan] = {series.code: series for run in runs for series in run.series}
    parents: dict[str, ArchivePage] = dict(fonds)
    standing = (
        {page.reference_code: page for page in SeriesPage.objects.filter(reference_code__in=wanted)} if wanted else {}
    )
    ordered = sorted(wanted.values(), key=lambda series: (_depth(series), series.parent))
    for _level, planned in groupby(ordered, key=_depth):
        missing = [series for series in planned if series.code not in standing]
        places = [
            (parents[parent], [(series_page(series, tables), ()) for series in children])
            for parent, children in groupby(missing, key=lambda series: series.parent)
        ]
        standing |= {page.reference_code: page for page in add_branches(places)}
        parents = fonds | standing
    refresh_statistics()


def _depth(series: SeriesPlan) -> int:
    return 1 + (series.year is not None) + bool(series.retention) + bool(series.department)


# --- Entries --------------------------------------------------------------------------------------------------------


def _write_entries(order: Order, runs: Sequence[Run], tables: Tables, plan: PagePlan) -> Iterator[Step]:
    """The units of every run, batch by batch."""
    for batch in _batches(_missing(runs), ENTRIES_A_BATCH):
        written = sum(len(unit.children) or 1 for _run, _page, units in batch for unit in units)
        add_branches([(parent, _branches(order, run, units, tables, plan)) for run, parent, units in batch])
        yield Step(written, written)


def _missing(runs: Sequence[Run]) -> Iterator[tuple[Run, SeriesPage, Iterator[UnitPlan]]]:
    """For each run its series and the units that do not stand in it yet."""
    leaves = SeriesPage.objects.filter(reference_code__in=[run.leaf.code for run in runs])
    standing = {page.reference_code: page for page in leaves.only("reference_code", "numchild")}
    for run in runs:
        page = standing[run.leaf.code]
        yield run, page, islice(run.units(), page.numchild, None)


def _batches(missing: Iterable, size: int) -> Iterator[list[tuple[Run, SeriesPage, list[UnitPlan]]]]:
    """Units of several small series, or part of a large one, about ``size`` together."""
    batch, count = [], 0
    for run, page, units in missing:
        while part := _some(units, size - count):
            batch.append((run, page, part))
            count += sum(1 + len(unit.children) for unit in part)
            if count >= size:
                yield batch
                batch, count = [], 0
    if batch:
        yield batch


def _some(units: Iterator[UnitPlan], most: int) -> list[UnitPlan]:
    """The next units, with what is in them ``most`` or a few more."""
    part, count = [], 0
    for unit in units:
        part.append(unit)
        count += 1 + len(unit.children)
        if count >= most:
            break
    return part


def _branches(order: Order, run: Run, units: list[UnitPlan], tables: Tables, plan: PagePlan) -> list[Branch]:
    """The unsaved pages of ``units``, files with their items."""

    def entry(unit: UnitPlan) -> ItemPage:
        return item_page(run, unit, tables, order.seed, plan.described(run.kind, unit.number))

    if not run.kind.in_files:
        return [(entry(unit), ()) for unit in units]
    return [(file_page(run, unit, tables, order.seed), [entry(item) for item in unit.children]) for unit in units]


# --- Pages ----------------------------------------------------------------------------------------------------------


def _sample(fonds: FondsPage, tables: Tables) -> ItemPage:
    """The item whose pages are all page pictures there are."""
    sample = ItemPage.objects.filter(reference_code=SAMPLE_ITEM).first()
    if sample:
        return sample
    fonds.refresh_from_db()
    series = SeriesPage.objects.filter(reference_code=SAMPLE_SERIES).first() or fonds.add_child(
        instance=SeriesPage(title="扫描样页", reference_code=SAMPLE_SERIES, category=tables.categories["KJ"])
    )
    return series.add_child(
        instance=ItemPage(title="扫描样页", reference_code=SAMPLE_ITEM, category=tables.categories["KJ"])
    )


def _write_pages(order: Order, runs: Sequence[Run], plan: PagePlan, pictures: Sequence[PageScan]) -> Iterator[Step]:
    """The page scans that are missing, batch by batch."""
    planned = (
        (item.code, item.number, count)
        for run in runs
        for item in items_of(run)
        if (count := plan.scanned(run.kind, item.number))
    )
    for some in _by_pages(planned):
        codes = [code for code, _number, _count in some]
        rows = ItemPage.objects.filter(reference_code__in=codes).values_list("reference_code", "pk", "scan_count")
        standing = {code: (pk, scans) for code, pk, scans in rows}
        pages = {
            standing[code][0]: [
                _page(order.seed, number, page, pictures) for page in range(standing[code][1] + 1, count + 1)
            ]
            for code, number, count in some
            if standing[code][1] < count
        }
        written = add_known_pages(pages) if pages else 0
        yield Step(sum(count for _code, _number, count in some), written)


def _by_pages(planned: Iterable[tuple[str, int, int]]) -> Iterator[list[tuple[str, int, int]]]:
    """Items with about a batch of pages together."""
    some, count = [], 0
    for item in planned:
        some.append(item)
        count += item[2]
        if count >= PAGES_A_BATCH:
            yield some
            some, count = [], 0
    if some:
        yield some


def _page(seed: int, number: int, page: int, pictures: Sequence[PageScan]) -> KnownPage:
    picture = pictures[draw(seed, number * 4096 + page, _PICTURE) % len(pictures)]
    return KnownPage(picture, f"{page:03}.jpg", page_text(seed, number, page))


def _finish(fonds: dict[str, FondsPage], done: Done) -> None:
    """One entry in the log, and fresh statistics for the planner."""
    if done.items or done.pages:
        first = fonds["J021"]
        log(first, "archive_pages.import", data={"list": first.note, "created": done.items, "scans": done.pages})
        refresh_statistics()


def refresh_statistics() -> None:
    """Tell the database's planner how large its tables have become."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def standing() -> tuple[int, int]:
    """How many items and page scans of the reference archive there are now."""
    items = ItemPage.objects.exclude(reference_code=SAMPLE_ITEM)
    mine = ArchivePage.objects.filter(reference_code__in=FONDS).values_list("path", flat=True)
    counted = [items.filter(path__startswith=path) for path in mine]
    return sum(rows.count() for rows in counted), sum(
        rows.aggregate(sum=Sum("scan_count"))["sum"] or 0 for rows in counted
    )
