"""The two jobs of an import: look (check everything, write nothing), then write."""

import tempfile
from pathlib import Path, PurePath

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.utils.translation import gettext as _

from fonds.access.roles import IMPORT_PERMISSION
from fonds.reports.jobs import JobFault, JobHandle, runner, start
from fonds.reports.models import Job

from ..faults import ScanFault
from .actions import Analysis, analysed, check_permission, perform, write_report
from .intake import note_pages, order_of, remove

ANALYSE, IMPORT = "analyse_catalogue", "import_catalogue"
SHOWN = 500  # faults and changes listed on the page; the marked copy has all


def start_analysis(arguments: dict, fonds_code: str, user) -> Job:
    """Have an upload checked."""
    check_permission(user)
    words = {"list": arguments["list"], "fonds": fonds_code}
    return start(ANALYSE, _("Check %(list)s for %(fonds)s") % words, arguments, user)


def start_import(analysis: Job, user) -> Job:
    """Have a checked upload written, exactly as the check showed it."""
    check_permission(user)
    words = {"list": analysis.arguments["list"]}
    arguments = {**analysis.arguments, "analysis": analysis.pk, "fingerprint": analysis.result["fingerprint"]}
    return start(IMPORT, _("Import %(list)s") % words, arguments, user)


@runner(ANALYSE)
def run_analysis(handle: JobHandle) -> dict:
    """Check everything; faults, changes and counts become the result, the marked copy the file."""
    _require_right(handle)
    order = order_of(handle.arguments, handle.job.started_by)
    with analysed(order, handle.progress) as analysis:
        if analysis.faults:
            _keep_marked(handle, analysis)
        note_pages(handle.arguments, analysis.scans)
        return _shown(analysis)


def _require_right(handle: JobHandle) -> None:
    """Rights are asked anew when the job runs; where the account itself is gone, it does not run as the system."""
    user = handle.job.started_by
    if user is None or not user.has_perm(IMPORT_PERMISSION):
        raise JobFault(_("You may not import catalogues."))


def _keep_marked(handle: JobHandle, analysis: Analysis) -> None:
    with tempfile.TemporaryDirectory() as work:
        target = Path(work) / "marked.xlsx"
        write_report(analysis, target)
        name = PurePath(handle.arguments["list"]).stem
        with target.open("rb") as file:
            handle.keep_output(f"{name}-{_('marked')}.xlsx", File(file))


def _shown(analysis: Analysis) -> dict:
    changes = analysis.changes
    return {
        "counts": analysis.counts(),
        "faults": [fault.as_dict() for fault in analysis.faults[:SHOWN]],
        "more_faults": max(0, len(analysis.faults) - SHOWN),
        "changes": [change.as_dict() for change in changes[:SHOWN]],
        "more_changes": max(0, len(changes) - SHOWN),
        "may_import": analysis.may_import,
        "changes_nothing": analysis.changes_nothing,
        "fingerprint": analysis.fingerprint(),
    }


@runner(IMPORT)
def run_import(handle: JobHandle) -> dict:
    """Check again and write, if that is still what was shown."""
    _require_right(handle)
    order = order_of(handle.arguments, handle.job.started_by)
    with analysed(order, handle.progress) as analysis:
        if not analysis.may_import or analysis.fingerprint() != handle.arguments["fingerprint"]:
            raise JobFault(_("The archive has changed since the list was checked. Upload it again."))
        handle.log(_("Checked again; writing."))
        try:
            outcome = perform(analysis)
        except ValidationError as error:
            raise JobFault(" ".join(error.messages)) from error
        except (ScanFault, PermissionDenied) as error:
            raise JobFault(str(error) or _("You may not import catalogues.")) from error
    for line in outcome.sentences():
        handle.log(line)
    remove(handle.arguments)
    return {"lines": outcome.sentences(), "fonds": order.fonds.pk, "fonds_code": order.fonds.reference_code}
