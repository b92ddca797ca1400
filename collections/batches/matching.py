"""Finding the units of delivered pages by code and number in their names, and the place of each page in its unit."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from fonds.access.decisions import visible
from fonds.access.enums import Right
from fonds.archive_pages.models import ArchivePage, CodeRecord
from fonds.archive_pages.reference_codes import sort_key_of

from ..enums import ObjectRole
from ..models import BatchPage, DigitalObject, PageScan, ScanBatch
from . import findings
from .patterns import Place, compiled, places_of

PLACED = ["unit", "position", "page", "scan", "is_removed", "findings"]
TWINS = {"same_file", "same_number", "alike"}


def units_for(user) -> QuerySet[ArchivePage]:
    """The units whose pages ``user`` may see, and so sort scans to (``None``: the system itself, all)."""
    units = ArchivePage.objects.exclude(level="")
    return units if user is None else visible(units, user, right=Right.VIEW)


def by_code(codes: Iterable[str], user) -> dict[str, ArchivePage]:
    """The units that have or had these codes (in normal form)."""
    records = dict(CodeRecord.objects.filter(code__in=set(codes)).values_list("code", "page_id"))
    units = units_for(user).in_bulk(list(records.values()))
    return {code: units[page] for code, page in records.items() if page in units}


def match_pages(batch: ScanBatch, rows: Sequence[BatchPage], user, earlier: set[int]) -> set[int]:
    """Give ``rows`` their units and places where the names tell them; the keys of the units. A page replaces the one with
    its number that was there before this delivery (``earlier``: keys of the batch's rows then)."""
    patterns = compiled(batch.patterns)
    places = {row.pk: places_of(row.name, patterns) for row in rows if row.master_id}
    units = by_code((place.code for found in places.values() for place in found), user)
    groups: dict[ArchivePage, list[BatchPage]] = defaultdict(list)
    for row in rows:
        place = _best(places.get(row.pk, []), units)
        if place:
            row.unit, row.page = units[place.code], _number(row, place)
            groups[row.unit].append(row)
    for unit, group in groups.items():
        _place(batch, unit, group, earlier)
    return {unit.pk for unit in groups}


def _best(places: Sequence[Place], units: dict[str, ArchivePage]) -> Place | None:
    """The place with the longest code that a unit has: the document rather than the dossier it lies in."""
    known = [place for place in places if place.code in units]
    return max(known, key=lambda place: (len(place.code), place.page is not None), default=None)


def _number(row: BatchPage, place: Place) -> int | None:
    """The number in the name, or that of the page inside a file of several."""
    return row.frame + 1 if row.frames > 1 else place.page


def load_pages(batch: ScanBatch, unit: ArchivePage) -> list[BatchPage]:
    """The pages of ``unit`` in the batch, in their order; those the archive has come in at the first call. They may have
    been moved to another unit of the batch since."""
    rows = list(batch.pages.filter(unit=unit.pk).order_by("position", "pk"))
    if batch.pages.filter(scan__unit=unit.pk).exists():
        return rows
    objects = DigitalObject.objects.filter(unit=unit.pk, role=ObjectRole.SCAN)
    names = dict(objects.order_by("-number").values_list("master_id", "name"))
    scans = PageScan.objects.filter(unit=unit.pk).defer("text").order_by("number")
    stood = BatchPage.objects.bulk_create(
        BatchPage(
            batch=batch, unit=unit, position=scan.number, name=names.get(scan.master_id) or f"{scan.number:03}",
            page=scan.number, master_id=scan.master_id, scan=scan, frame=scan.frame, width=scan.width,
            height=scan.height, dpi=scan.dpi, sha256=scan.sha256, steps=scan.steps,
        )
        for scan in scans
    )  # fmt: skip
    return stood + rows


def _place(batch: ScanBatch, unit: ArchivePage, group: list[BatchPage], earlier: set[int]) -> None:
    new = {row.pk for row in group}
    stood = [row for row in load_pages(batch, unit) if row.pk not in new]
    order = [row for row in stood if not row.is_removed]
    may_go = {row.page: row for row in order if row.page and (row.scan_id or row.pk in earlier)}
    there = {(row.sha256, row.frame) for row in order}
    changed = list(group)
    for row in sorted(group, key=lambda row: (sort_key_of(row.name), row.frame)):
        before = may_go.pop(row.page, None) if row.page else None
        if (row.sha256, row.frame) in there:
            row.is_removed = True  # the archive, or the batch, has it already
            row.findings = [*row.findings, {"rule": "same_file", "name": row.name}]
        elif before:
            order[order.index(before)] = row
            before.is_removed, row.scan = True, before.scan
            row.findings = [*row.findings, {"rule": "replaces", "page": row.page}]
            changed.append(before)
        else:
            order.insert(_place_in(order, row), row)
    for position, row in enumerate(order, 1):
        if row.position != position:
            row.position = position
            changed.append(row)
    BatchPage.objects.bulk_update(changed, PLACED, batch_size=200)


def _place_in(order: Sequence[BatchPage], row: BatchPage) -> int:
    """Before the first page with a higher number; at the end where there is none."""
    if row.page:
        for place, other in enumerate(order):
            if other.page and other.page > row.page:
                return place
    return len(order)


def note_twins(batch: ScanBatch, units: Iterable[int]) -> None:
    """Note in the pages of these units which of them are there twice."""
    groups: dict[int, list[BatchPage]] = defaultdict(list)
    for row in batch.pages.filter(unit__in=list(units), is_removed=False).order_by("unit", "position", "pk"):
        groups[row.unit_id].append(row)
    changed = []
    for rows in groups.values():
        twins = findings.among(rows)
        for row in rows:
            own = [finding for finding in row.findings if finding["rule"] not in TWINS]
            present = own + twins.get(row.pk, [])
            if present != row.findings:
                row.findings = present
                changed.append(row)
    BatchPage.objects.bulk_update(changed, ["findings"], batch_size=200)
