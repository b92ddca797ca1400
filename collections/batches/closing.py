"""Taking a batch over: its pages become the page scans of their units, unit by unit, each in a transaction of its own."""

from collections.abc import Callable, Iterable, Sequence
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
    units = list(batch.pages.exclude(unit=None).order_by("unit__path").values_list("unit", flat=True).distinct())
    written: list[int] = []
    for done, key in enumerate(units, 1):
        written += take_over(batch, key, user)
        if progress:
            progress(done, len(units))
    with transaction.atomic():
        held(batch)
        by = user if user and user.pk else None
        move_to(batch, BatchState.CLOSED, closed_by=by, closed_at=timezone.now())
        counts = {"units": len(units), "pages": pages_of(batch).count(), "unchecked": unchecked}
        record(BATCH_CLOSE, unit=batch, user=user, detail=counts)
    return written


@transaction.atomic
def take_over(batch: ScanBatch, key: int, user=None) -> list[int]:
    """Make the pages that ``batch`` has for the unit ``key`` the unit's page scans; the keys of those that are new or look
    otherwise than before. Page scans whose picture stays keep their row, their text and the places of its words."""
    unit = ArchivePage.objects.select_for_update().get(pk=key)
    refuse_secret(unit)
    pages = list(batch.pages.filter(unit=key).select_related("master").order_by("position", "pk"))
    present = {scan.pk: scan for scan in PageScan.objects.filter(unit=key).defer("text")}
    if set(present) - {page.scan_id for page in pages}:
        raise BatchFault(
            _("%(code)s got scans from elsewhere meanwhile.") % {"code": unit.reference_code or unit.title}
        )
    stay = [page for page in pages if not page.is_removed]
    kept = _kept(stay, present)
    gone = [scan for pk, scan in present.items() if pk not in {scan.pk for scan in kept.values()}]
    if not gone and len(kept) == len(stay) and all(_is_as_before(page, kept[page.pk]) for page in _numbered(stay)):
        return []
    evidence = [{"page": scan.number, "sha256": scan.sha256, "frame": scan.frame} for scan in gone]
    PageScan.objects.filter(pk__in=[scan.pk for scan in gone]).delete()
    changed = _write(unit, stay, kept)
    _write_objects(unit, stay)
    note_counts(unit, len(stay))
    scans_changed.send(sender=PageScan, units=[unit.pk])
    log(unit, ADD_SCANS, user=user, data={"pages": len(stay), "batch": batch.pk, "removed": evidence})
    return changed


def _numbered(stay: Sequence[BatchPage]) -> Iterable[BatchPage]:
    for number, page in enumerate(stay, 1):
        page.number = number
        yield page


def _kept(stay: Sequence[BatchPage], present: dict[int, PageScan]) -> dict[int, PageScan]:
    """Pages of the batch → the page scan that shows the same page of the same master, each used once."""
    kept, used = {}, set()
    for page in stay:
        scan = present.get(page.scan_id)
        if scan and scan.pk not in used and (scan.master_id, scan.frame) == (page.master_id, page.frame):
            kept[page.pk] = scan
            used.add(scan.pk)
    return kept


def _is_as_before(page: BatchPage, scan: PageScan) -> bool:
    return scan.number == page.number and scan.steps == page.steps


def _write(unit: ArchivePage, stay: Sequence[BatchPage], kept: dict[int, PageScan]) -> list[int]:
    """Write the rows; the keys of those that are new or were adjusted otherwise."""
    PageScan.objects.filter(unit=unit.pk).update(number=F("number") + ASIDE)
    moved, adjusted, new = [], [], []
    for page in _numbered(stay):
        scan = kept.get(page.pk)
        if scan is None:
            scan = PageScan(unit=unit, master=page.master, sha256=page.sha256, frame=page.frame, dpi=page.dpi)
            new.append(scan)
        else:
            moved.append(scan)
            if scan.steps != page.steps:
                adjusted.append((scan, geometric(scan.steps) != geometric(page.steps)))
        scan.number, scan.steps = page.number, page.steps
        scan.width, scan.height = page.width, page.height
        page.scan = scan
    for scan, _is_moved in adjusted:
        scan.thumbnail = scan.preview = scan.deep_zoom = ""
    columns = ["number", "steps", "width", "height", "thumbnail", "preview", "deep_zoom"]
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
