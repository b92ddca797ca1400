"""Long lists are printed by a job; its file is offered on the job's page."""

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from fonds.audit import names
from fonds.audit.events import record

from .jobs import JobFault, JobHandle, runner
from .registry import Printout, find
from .tables import Progress, list_pdf, list_xlsx

KIND = "print_list"
MIME_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def print_list(
    printout: Printout, kind: str, values: dict, user, progress: Progress | None = None
) -> tuple[str, bytes]:
    """File name and bytes of ``printout`` as ``kind`` (``pdf`` or ``xlsx``) for what ``user`` may see."""
    report = printout.build(values, user)
    make = {"pdf": list_pdf, "xlsx": list_xlsx}[kind]
    content = make(report, progress=progress)
    asked = {name: str(value) for name, value in values.items() if value not in (None, "")}
    detail = {"printout": printout.name, "kind": kind, "asked": asked}
    record(names.PRINTOUT, subject=printout.title, user=user, detail=detail)
    return f"{report.filename}.{kind}", content


@runner(KIND)
def run(handle: JobHandle) -> dict:
    """Print the list that the job's arguments name: ``printout``, ``kind``, and ``data`` as the form sent it. Rights
    are asked anew, as the person who started the job."""
    user = handle.job.started_by
    try:
        printout = find(handle.arguments["printout"], user)
    except (LookupError, PermissionDenied) as error:
        raise JobFault(_("This list is no longer offered to the person who asked for it.")) from error
    form = printout.form(handle.arguments["data"], user=user)
    if not form.is_valid():
        raise JobFault(" ".join(sentence for errors in form.errors.values() for sentence in errors))
    total = printout.count(form.cleaned_data, user)
    handle.progress(0, total)
    kind = handle.arguments["kind"]
    name, content = print_list(printout, kind, form.cleaned_data, user, lambda done: handle.progress(min(done, total)))
    handle.keep_output(name, ContentFile(content))
    return {_("Rows"): total, _("Bytes"): len(content)}
