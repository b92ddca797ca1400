"""Recognising as a job: it tells how far it is, and goes on where it was stopped or killed."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fonds.archive_pages.models import ArchivePage
from fonds.reports.jobs import JobHandle, runner, start
from fonds.reports.models import Job

from ..models import PageScan, ReadingOrder
from .actions import below, recognise_scans, to_recognise

KIND = "recognise_text"
LEAST = -50


def queue_recognition(unit: ArchivePage, user=None, *, again: bool = False) -> Job | None:
    """Have the pages of ``unit`` and all below it read in one job; ``None`` where there is nothing to read."""
    count = to_recognise(below([unit]), again=again).count()
    if not count:
        return None
    name = unit.reference_code or unit.title
    title = ngettext("Text of %(count)s page: %(unit)s", "Text of %(count)s pages: %(unit)s", count)
    return start(KIND, title % {"count": count, "unit": name}, {"unit": unit.pk, "again": again}, user)


def queue_pages(scans: Sequence[int], name: str, user=None) -> Job | None:
    """Have these page scans read in one job, called after ``name``; ``None`` where there are none."""
    if not scans:
        return None
    title = ngettext("Text of %(count)s page: %(unit)s", "Text of %(count)s pages: %(unit)s", len(scans))
    return start(KIND, title % {"count": len(scans), "unit": name}, {"scans": list(scans)}, user)


def _to_read(arguments: dict) -> QuerySet[PageScan]:
    if "scans" in arguments:
        units = ArchivePage.objects.filter(page_scans__in=arguments["scans"])
        return to_recognise(units).filter(pk__in=arguments["scans"])
    return to_recognise(below(ArchivePage.objects.filter(pk=arguments["unit"])), again=arguments.get("again", False))


def urgency(arguments: dict) -> int:
    """Reading takes hours, so it waits behind all other work; pages of what the archive wants read first wait less."""
    paths = ReadingOrder.load().paths()
    if not paths:
        return LEAST
    if "scans" in arguments:
        units = ArchivePage.objects.filter(page_scans__in=arguments["scans"][:1])
    else:
        units = ArchivePage.objects.filter(pk=arguments["unit"])
    place = units.values_list("path", flat=True).first() or ""
    turn = next((turn for turn, path in enumerate(paths) if place.startswith(path)), None)
    return LEAST if turn is None else max(LEAST + 1, -1 - turn)


@runner(KIND, urgency)
def run(handle: JobHandle) -> dict:
    """Read the pages of the unit in ``arguments["unit"]``, or those in ``arguments["scans"]``, that this recogniser has
    not read yet. Each page is kept at once: a job that was stopped, or whose worker was killed, goes on after the last one when it is run again."""
    keys = list(_to_read(handle.arguments).values_list("pk", flat=True))
    handle.progress(0, len(keys))
    failed = []
    for done, (scan, error) in enumerate(recognise_scans(keys), 1):
        if error is not None:
            failed.append(scan.pk)
            words = {"unit": scan.unit.reference_code or scan.unit.title, "page": scan.number, "reason": error}
            handle.log(_("%(unit)s, page %(page)s could not be read. %(reason)s") % words)
        handle.progress(done)
    return {"read": len(keys) - len(failed), "failed": failed}
