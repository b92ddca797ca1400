"""Long work of this room."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fonds.reports.jobs import JobHandle, runner, start
from fonds.reports.models import Job

from .derivatives import has_derivatives, make_derivatives
from .models import PageScan
from .page_images import UNREADABLE

BATCH = 50


def queue_derivatives(scan_ids: Iterable[int], user=None) -> Job | None:
    """Have thumbnails, previews and zoom tiles made for these page scans, in one job; None where there are none."""
    ids = list(scan_ids)
    if not ids:
        return None
    title = ngettext("Pictures of %(count)s page", "Pictures of %(count)s pages", len(ids)) % {"count": len(ids)}
    return start("make_derivatives", title, {"scans": ids}, user)


@runner("make_derivatives")
def run_make_derivatives(handle: JobHandle) -> dict:
    """Make the derivatives of the page scans in ``arguments["scans"]``; a page that has them is left alone."""
    ids = handle.arguments["scans"]
    made, failed, done = 0, [], 0
    handle.progress(0, len(ids))
    for start_at in range(0, len(ids), BATCH):
        for scan in in_order(ids[start_at : start_at + BATCH]):
            if not has_derivatives(scan):
                fault = make_one(scan)
                made += fault is None
                if fault is not None:
                    failed.append(scan.pk)
                    handle.log(fault)
            done += 1
            handle.progress(done)
    handle.progress(len(ids))
    return {"made": made, "failed": failed}


def make_one(scan: PageScan) -> str | None:
    """Make one page's derivatives; a sentence where its master cannot be read (the other pages still get theirs)."""
    try:
        make_derivatives(scan)
    except UNREADABLE as error:
        words = {"unit": scan.unit.reference_code or scan.unit.title, "page": scan.number, "reason": error}
        return _("%(unit)s, page %(page)s: no picture could be made. %(reason)s") % words
    return None


def in_order(ids: Sequence[int]) -> list[PageScan]:
    """These page scans with unit and master, in the order given."""
    rows = PageScan.objects.select_related("unit", "master").defer("text").in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]
