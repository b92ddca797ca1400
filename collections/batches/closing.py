"""Taking a batch over: its pages become the page scans of their units, unit by unit, each in a transaction of its own."""

from collections.abc import Callable, Sequence
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from fonds.archive_pages.models import ArchivePage
from fonds.audit import names
from fonds.audit.events import record

from ..enums import BatchState, ObjectRole
from ..models import BatchPage, DigitalObject, PageScan, RecognisedText, ScanBatch
from ..page_steps import geometric
from ..scan_log import ADD_SCANS
from ..scans import note_counts, refuse_secret
from ..signals import scans_changed
from .checking import pages_of, refuse_unready
from .states import BatchFault, held, move_to
from .taking import check_permission

BATCH_CLOSE = "batch.close"
names.register(BATCH_CLOSE, gettext_lazy("Batch of scans taken over"))
ASIDE = 1_000_000  # added to page numbers while they are exchanged

Progress = Callable[[int, int], None]


def close_batch(batch: ScanBatch, user=None, progress: Progress | None = None, *, unchecked: bool = False) -> list[int]:
    """Take all pages over; the keys of the page scans whose pictures are to be made. ``unchecked``: without a sample, which
    the log says; a correction needs none.

    Goes on where it was cut off. Raises ``BatchFault`` where the batch has not passed, ``ScanFault`` where a unit was
    marked 机密 or 绝密 meanwhile.
    """
    check_permission(user)
    refuse_unready(batch)
    may_close = {BatchState.PASSED} | ({BatchState.OPEN} if unchecked or batch.is_correction else set())
    if batch.state not in may_close:
        raise BatchFault(_("Only a batch that passed the quality check is taken over."))
    families = _families(batch)
    written: list[int] = []
    for done, units in enumerate(families, 1):
        written += take_over(batch, units, user)
        if progress:
            progress(done, len(families))
    with transaction.atomic():
        held(batch)
        by = user if user and user.pk else None
        move_to(batch, BatchState.CLOSED, closed_by=by, closed_at=timezone.now())
        counts = {"units": sum(map(len, families)), "pages": pages_of(batch).count(), "unchecked": unchecked}
        record(BATCH_CLOSE, unit=batch, user=user, detail=counts)
    return written


def _families(batch: ScanBatch) -> list[list[int]]:
    """The units of ``batch`` by their keys, those together between which pages were moved; in the order of the tree. A unit
    whose pages were all moved away is among them."""
    pairs = set(batch.pages.exclude(unit=None).values_list("unit", "scan__unit"))
    family = {unit: {unit} for pair in pairs for unit in pair if unit}
    for unit, origin in pairs:
        if origin and family[unit] is not family[origin]:
            joined = family[unit] | family[origin]
            family |= dict.fromkeys(joined, joined)
    order = ArchivePage.objects.filter(pk__in=family).order_by("path").values_list("pk", flat=True)
    place = {unit: number for number, unit in enumerate(order)}
    groups = {id(members): sorted(members, key=place.__getitem__) for members in family.values()}
    return sorted(groups.values(), key=lambda members: place[members[0]])


@transaction.atomic
def take_over(batch: ScanBatch, keys: Sequence[int], user=None) -> list[int]:
    """Make the pages that ``batch`` has for the units ``keys`` their page scans; the keys of those that are new or look
    otherwise than before. Page scans whose picture stays keep their row, their text and the places of its words, also
    where they come to another of these units."""
    units = {unit.pk: unit for unit in ArchivePage.objects.select_for_update().filter(pk__in=keys)}
    present = {scan.pk: scan for scan in PageScan.objects.filter(unit__in=keys).defer("text")}
    stay = _settled(batch, units, present)
    kept = _kept([page for pages in stay.values() for page in pages], present)
    gone = [scan for pk, scan in present.items() if pk not in {scan.pk for scan in kept.values()}]
    changed_units = [key for key in keys if _differs(key, stay[key], kept, gone)]
    if not changed_units:
        return []
    PageScan.objects.filter(unit__in=keys).update(number=F("number") + ASIDE)
    PageScan.objects.filter(pk__in=[scan.pk for scan in gone]).delete()
    written = [pk for key in keys for pk in _write(units[key], stay[key], kept)]
    for key in keys:
        _write_objects(units[key], stay[key])
        note_counts(units[key], len(stay[key]))
    scans_changed.send(sender=PageScan, units=list(keys))
    for key in changed_units:
        removed = [{"page": s.number, "sha256": s.sha256, "frame": s.frame} for s in gone if s.unit_id == key]
        log(units[key], ADD_SCANS, user=user, data={"pages": len(stay[key]), "batch": batch.pk, "removed": removed})
    return written


def _settled(
    batch: ScanBatch, units: dict[int, ArchivePage], present: dict[int, PageScan]
) -> dict[int, list[BatchPage]]:
    """The pages that each unit is to have, numbered. Raises ``ScanFault`` for a unit that may have none here,
    ``BatchFault`` where a unit got scans from elsewhere since its pages came into the batch."""
    stay: dict[int, list[BatchPage]] = {key: [] for key in units}
    for page in (
        batch.pages.filter(unit__in=units, is_removed=False).select_related("master").order_by("position", "pk")
    ):
        stay[page.unit_id].append(page)
    for key, pages in stay.items():
        if pages:
            refuse_secret(units[key])
        for number, page in enumerate(pages, 1):
            page.number = number
    known = set(batch.pages.exclude(scan=None).values_list("scan", flat=True))
    strange = next((scan for pk, scan in present.items() if pk not in known), None)
    if strange:
        unit = units[strange.unit_id]
        raise BatchFault(
            _("%(code)s got scans from elsewhere meanwhile.") % {"code": unit.reference_code or unit.title}
        )
    return stay


def _kept(stay: Sequence[BatchPage], present: dict[int, PageScan]) -> dict[int, PageScan]:
    """Pages of the batch → the page scan that shows the same page of the same master, each used once."""
    kept, used = {}, set()
    for page in stay:
        scan = present.get(page.scan_id)
        if scan and scan.pk not in used and (scan.master_id, scan.frame) == (page.master_id, page.frame):
            kept[page.pk] = scan
            used.add(scan.pk)
    return kept


def _differs(unit: int, pages: Sequence[BatchPage], kept: dict[int, PageScan], gone: Sequence[PageScan]) -> bool:
    """Whether the unit's pages are others, or otherwise, than the archive has them."""
    if any(scan.unit_id == unit for scan in gone):
        return True
    if any(scan.unit_id == unit for scan in kept.values()) and not pages:
        return True  # all of them go to another unit
    scans = [kept.get(page.pk) for page in pages]
    return any(
        scan is None or (scan.unit_id, scan.number, scan.steps) != (unit, page.number, page.steps)
        for scan, page in zip(scans, pages, strict=True)
    )


def _write(unit: ArchivePage, stay: Sequence[BatchPage], kept: dict[int, PageScan]) -> list[int]:
    """Write the rows of one unit; the keys of those that are new or were adjusted otherwise."""
    moved, adjusted, new = [], [], []
    for page in stay:
        scan = kept.get(page.pk)
        if scan is None:
            scan = PageScan(master=page.master, sha256=page.sha256, frame=page.frame, dpi=page.dpi)
            new.append(scan)
        else:
            moved.append(scan)
            if scan.steps != page.steps:
                adjusted.append((scan, geometric(scan.steps) != geometric(page.steps)))
        scan.unit_id, scan.number, scan.steps = unit.pk, page.number, page.steps
        scan.width, scan.height = page.width, page.height
        page.scan = scan
    for scan, _is_moved in adjusted:
        scan.thumbnail = scan.preview = scan.deep_zoom = ""
    columns = ["unit_id", "number", "steps", "width", "height", "thumbnail", "preview", "deep_zoom"]
    PageScan.objects.bulk_update(moved, columns, batch_size=200)
    PageScan.objects.bulk_create(new)
    RecognisedText.objects.filter(scan__in=[scan.pk for scan, is_moved in adjusted if is_moved]).delete()
    BatchPage.objects.bulk_update(stay, ["scan"], batch_size=200)
    return [scan.pk for scan in new] + [scan.pk for scan, _is_moved in adjusted]


def _write_objects(unit: ArchivePage, stay: Sequence[BatchPage]) -> None:
    """The delivered files of the unit, in the order of their first pages; each once."""
    DigitalObject.objects.filter(unit=unit.pk, role=ObjectRole.SCAN).delete()
    files = dict.fromkeys(key for key, _pages in groupby(stay, key=attrgetter("master_id", "name")))
    DigitalObject.objects.bulk_create(
        DigitalObject(
            unit=unit, master_id=master, role=ObjectRole.SCAN, number=number, name=name.rsplit("/", 1)[-1][-255:]
        )
        for number, (master, name) in enumerate(files, 1)
    )
