"""What everybody does in a full archive, as whole pages: visitors, officers, editors, managers and the query window.

    python bench/run.py reference

Takes the reference archive that is there (``load_reference``), of any size; in an archive without one it makes the
default one, 20,000 items with 500,000 pages. All that is written is rolled back. The pages are asked through the whole
application, without a socket; none comes from the page cache.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, Sum
from django.db.models.functions import Length
from django.test import override_settings
from django.urls import reverse

from fonds.access import roles
from fonds.access.enums import Rank
from fonds.archive_pages import ranks
from fonds.archive_pages.models import ArchivePage, FondsPage, ItemPage, SeriesPage
from fonds.collections.models import PageScan
from fonds.reading_room.actions import issue_certificate
from fonds.reports.printout_jobs import print_list
from fonds.reports.registry import find
from fonds.search.engines import engine

from . import certified_copy, import_catalogue
from .measuring import Timing, timed
from .questions import questions
from .readers import Reader, member, officer, visitor

ROUNDS, FEW = 20, 3
IMPORTED = 1_000
SERVED = 3  # times that a fresh process answers each page before its memory is read


def ensure() -> None:
    """Make the default archive where there is none."""
    if not SeriesPage.objects.filter(reference_code__startswith="J021").exists():
        call_command("load_reference", index_after=True)


def run() -> Iterator[tuple[str, str]]:
    """The figures as text with what they are, one after the other as they come."""
    ensure()
    call_command("collectstatic", interactive=False, verbosity=0)
    units, pages = ArchivePage.objects.exclude(level="").count(), PageScan.objects.count()
    yield "units, pages", f"{units:,}, {pages:,}"
    with transaction.atomic():
        readers = [visitor(), officer(), member(roles.EDITOR, "editor")]
        manager = member(roles.MANAGER, "manager")
        keeper = get_user_model().objects.create(username="bench-keeper", is_superuser=True)
        for name, timing, goal in _screens(readers, manager, keeper):
            yield name, timing.line(goal)
        yield "memory of the process that did all this, MB", f"{_memory():.0f}  (goal 300)"
        for name, timing, goal in _paper(manager, keeper):
            yield name, timing.line(goal)
        transaction.set_rollback(True)
    yield "memory after printing, MB", f"{_memory():.0f}"
    yield from _disk(units, pages)


def _screens(readers: list[Reader], manager: Reader, keeper) -> Iterator[tuple[str, Timing, float | None]]:
    yield from _public(readers[0])
    yield from _searches(readers)
    yield from _working(manager)
    yield from _changes(keeper)


# --- Reading --------------------------------------------------------------------------------------------------------


def _widest() -> SeriesPage:
    return SeriesPage.objects.order_by("-numchild").first()


def _read_items() -> list[ItemPage]:
    """Items whose pages everybody may read, from all over the archive."""
    items = ItemPage.objects.filter(content_class=0, live=True, scan_count__gt=3).order_by("pk")
    keys = list(items.values_list("pk", flat=True))
    return list(ItemPage.objects.filter(pk__in=keys[:: max(1, len(keys) // 40)][:40]))


def _public(reader: Reader) -> Iterator[tuple[str, Timing, float | None]]:
    items, series = _read_items(), _widest()
    scans = list(PageScan.objects.filter(unit__in=items, number=1).exclude(deep_zoom=""))
    last = max(1, series.numchild // 50)
    pages = {
        "home": (["/"], None),
        "fonds": ([fonds.url for fonds in FondsPage.objects.filter(live=True)], None),
        f"series of {series.numchild:,}": ([series.url, f"{series.url}?sort=date"], 50),
        f"series of {series.numchild:,}, far down": (
            [f"{series.url}?page={last}", f"{series.url}?page={last // 2}"],
            None,
        ),
        "item": ([item.url for item in items], 30),
        "item at page 3 of the viewer": ([f"{item.url}?page=3" for item in items], 30),
        "picture of a page": ([reverse("scan_preview", args=[scan.pk]) for scan in scans], None),
        "tile": ([reverse("scan_tile", args=[scan.pk, 9, 0, 0]) for scan in scans], None),
    }
    for name, (addresses, goal) in pages.items():
        yield f"{name}, {reader.name}", timed(reader.get, addresses, ROUNDS), goal


def _searches(readers: list[Reader]) -> Iterator[tuple[str, Timing, float | None]]:
    asked, address = questions(), reverse("search")
    goals = {"a document number": 20, "a reference code": 20, "a common word": 100}
    for reader in readers:
        for kind, texts in asked.items():
            timing = timed(lambda text, reader=reader: reader.get(address, {"q": text}), texts, ROUNDS)
            yield f"search: {kind}, {reader.name}", timing, goals.get(kind, 30)
        narrowed = [{"q": text, "year": 2003, "scans": 1} for text in asked["a common word"]]
        timing = timed(lambda data, reader=reader: reader.get(address, data), narrowed, ROUNDS)
        yield f"search: a common word of one year with scans, {reader.name}", timing, 100
    typed = [text[:3] for text in asked["a name"]]
    suggest = reverse("search_suggestions")
    yield "suggestions, visitor", timed(lambda text: readers[0].get(suggest, {"q": text}), typed, ROUNDS), 50


# --- The working place ----------------------------------------------------------------------------------------------


def _working(reader: Reader) -> Iterator[tuple[str, Timing, float | None]]:
    series, items = _widest(), _read_items()
    explorer = reverse("wagtailadmin_explore", args=[series.pk])
    chooser = reverse("wagtailadmin_choose_page_child", args=[series.pk])
    edits = [reverse("wagtailadmin_pages:edit", args=[item.pk]) for item in items]
    yield f"explorer, series of {series.numchild:,}", timed(reader.get, [explorer, f"{explorer}?p=200"], ROUNDS), 200
    found = reverse("wagtailadmin_pages:search")
    yield (
        "search of the working place",
        timed(lambda text: reader.get(found, {"q": text}), ["食品", "合同"], ROUNDS),
        None,
    )
    yield f"chooser, series of {series.numchild:,}", timed(reader.get, [chooser], ROUNDS), None
    yield "form of an item", timed(reader.get, edits, ROUNDS), None
    forms = [(address, _sent(reader, address)) for address in edits[:8]]
    yield "item saved as draft", timed(lambda form: reader.post(*form), forms, ROUNDS), None
    published = [(address, {**data, "action-publish": "1"}) for address, data in forms]
    yield "item published", timed(lambda form: reader.post(*form), published, ROUNDS), None


def _sent(reader: Reader, address: str) -> dict:
    """What the browser sends when the form at ``address`` is saved with a new title."""
    form = BeautifulSoup(reader.get(address).content, "html.parser").select_one("form#page-edit-form")
    data: dict[str, object] = {}
    for field in form.select("[name]"):
        value = _as_sent(field)
        if value is not None:
            data[field["name"]] = value
    return data | {"title": f"{data['title']}（改）"}


def _as_sent(field) -> object:
    """The value of one field as a browser sends it; ``None`` for buttons and boxes that are not ticked."""
    if field.name == "textarea":
        return field.text
    if field.name == "select":
        return [option.get("value", "") for option in field.select("option[selected]")] or None
    if field.name == "button" or field.get("type") in ("submit", "file"):
        return None
    if field.get("type") in ("checkbox", "radio"):
        return field.get("value", "on") if field.has_attr("checked") else None
    return field.get("value", "")


def _changes(keeper) -> Iterator[tuple[str, Timing, float | None]]:
    series = _widest()

    def change(rank: Rank) -> None:
        values = {"catalogue_rank": rank, "content_rank": rank, "closed_until": None}
        ranks.set_ranks(series, **values, reason="measurement", user=keeper)

    name = f"rank of a series of {series.numchild:,} changed"
    yield name, timed(change, [Rank.STAFF, Rank.PUBLIC], 2 * FEW), 2_000
    with tempfile.TemporaryDirectory() as folder:
        path, fonds = import_catalogue.written_list(Path(folder), IMPORTED)
        yield f"list of {IMPORTED:,} rows imported", timed(lambda _: _import(path, fonds), [0], FEW), None


def _import(path: Path, fonds: FondsPage) -> None:
    with transaction.atomic():
        import_catalogue.import_list(path, fonds)
        transaction.set_rollback(True)


# --- Paper ----------------------------------------------------------------------------------------------------------


def _paper(reader: Reader, keeper) -> Iterator[tuple[str, Timing, float | None]]:
    counts = ItemPage.objects.filter(year__isnull=False).values("year").annotate(items=Count("pk")).order_by("items")
    year = counts[len(counts) // 2]  # neither a rich nor a poor one
    code = FondsPage.objects.filter(reference_code="J021").values_list("reference_code", flat=True).get()
    printout = find("filing-list", reader.user)
    form = printout.form({"code": code, "year": year["year"], "category": "", "retention": ""}, user=reader.user)
    if not form.is_valid():
        raise RuntimeError(form.errors.as_text())
    rows = printout.count(form.cleaned_data, reader.user)
    yield (
        f"list of a year printed, {rows:,} rows",
        timed(lambda _: print_list(printout, "pdf", form.cleaned_data, reader.user), [0], 1),
        None,
    )
    with tempfile.TemporaryDirectory() as folder, override_settings(STORAGES=certified_copy.stores(folder)):
        unit = certified_copy.scanned_item(certified_copy.PAGES)
        issue = {"pages": [1, 2, 3], "purpose": "办理变更登记", "user": keeper, "language": "zh-hans"}
        yield "certified copy of 3 pages", timed(lambda _: issue_certificate(unit, **issue), [0], 5), 1_000


# --- Room -----------------------------------------------------------------------------------------------------------


def _memory() -> float:
    """Megabytes that this process takes up now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def _disk(units: int, pages: int) -> Iterator[tuple[str, str]]:
    """Bytes of the database by what they are for, for each unit or page."""
    index = engine().size()
    scans = _table_bytes([PageScan._meta.db_table, "fonds_collections_digitalobject"])
    whole = _database_bytes()
    yield "database, MB", f"{whole / 1e6:,.0f}"
    yield "rows and texts of page scans, bytes a page", f"{scans / max(pages, 1):,.0f}"
    yield "search index, bytes a page", f"{index / max(pages, 1):,.0f}"
    yield "everything else, bytes a unit", f"{(whole - scans - index) / max(units, 1):,.0f}"
    text = _text_bytes()
    yield "search index ÷ text", f"{index / max(text, 1):.2f}  (goal 2.5)"


def _text_bytes() -> int:
    """Bytes of all that can be searched: page texts, and three for each character of the entries' lines."""
    entries = ArchivePage.objects.aggregate(sum=Sum(Length("search_text")))["sum"] or 0
    length = "octet_length(text)" if connection.vendor == "postgresql" else "length(CAST(text AS BLOB))"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT sum({length}) FROM {PageScan._meta.db_table}")
        return int(cursor.fetchone()[0] or 0) + 3 * entries


def _table_bytes(tables: list[str]) -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) AS name", [tables]
            )
        else:
            marks = ", ".join(["%s"] * len(tables))
            cursor.execute(
                "SELECT sum(pgsize) FROM dbstat WHERE name IN"
                f" (SELECT name FROM sqlite_master WHERE tbl_name IN ({marks}))",
                tables,
            )
        return int(cursor.fetchone()[0] or 0)


def _database_bytes() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return int(cursor.fetchone()[0])
