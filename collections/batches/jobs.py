"""The long work of a batch: taking files in, and taking pages over."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from fonds.reports.jobs import JobFault, JobHandle, runner, start
from fonds.reports.models import Job

from ..faults import ScanFault
from ..importing.intake import delivered_files, remove
from ..importing.unpacking import ZipFault
from ..jobs import queue_derivatives
from ..models import ScanBatch
from ..recognising.jobs import queue_pages
from .closing import close_batch
from .states import BatchFault
from .taking import check_permission, take_files

TAKE, CLOSE = "take_scans", "close_batch"


def queue_files(batch: ScanBatch, kept: dict[str, str], user) -> Job:
    """Have an upload (as ``importing.intake.keep`` returns it) taken into ``batch``."""
    check_permission(user)
    title = _("Take scans into “%(batch)s”") % {"batch": batch.title}
    return start(TAKE, title, {**kept, "batch": batch.pk}, user)


def queue_closing(batch: ScanBatch, user) -> Job:
    """Have ``batch`` taken over."""
    check_permission(user)
    return start(CLOSE, _("Take over “%(batch)s”") % {"batch": batch.title}, {"batch": batch.pk}, user)


def _batch(handle: JobHandle) -> ScanBatch:
    """The batch of a job; rights are asked anew, and a job whose account is gone does not run as the system."""
    batch = ScanBatch.objects.filter(pk=handle.arguments["batch"]).first()
    if batch is None:
        raise JobFault(_("The batch is no longer there."))
    if handle.job.started_by is None:
        raise JobFault(_("You may not take in scans."))
    return batch


@runner(TAKE)
def run_taking(handle: JobHandle) -> dict:
    """Take the files of an upload in. Run again after it was cut off, it passes over what is there."""
    batch = _batch(handle)
    try:
        with delivered_files(handle.arguments) as files:
            pages = take_files(batch, files, handle.job.started_by, handle.progress)
    except PermissionDenied as error:
        raise JobFault(_("You may not take in scans.")) from error
    except (BatchFault, ZipFault) as error:
        raise JobFault(str(error)) from error
    remove(handle.arguments)
    handle.log(_("Pages taken in: %(pages)s.") % {"pages": pages})
    return {"pages": pages, "batch": batch.pk}


@runner(CLOSE)
def run_closing(handle: JobHandle) -> dict:
    """Take the pages over, then have their pictures made and their text read."""
    batch, user = _batch(handle), handle.job.started_by
    try:
        scans = close_batch(batch, user, handle.progress)
    except PermissionDenied as error:
        raise JobFault(_("You may not take in scans.")) from error
    except (BatchFault, ScanFault) as error:
        raise JobFault(str(error)) from error
    follow_up(batch, scans, user)
    handle.log(_("Pages taken over: %(pages)s.") % {"pages": len(scans)})
    return {"pages": len(scans), "batch": batch.pk}


def follow_up(batch: ScanBatch, scans: list[int], user) -> None:
    """Queue what follows a batch that was taken over: pictures first, then text."""
    queue_derivatives(scans, user)
    queue_pages(scans, batch.title, user)
