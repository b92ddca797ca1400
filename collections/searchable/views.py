"""The searchable PDF of a unit, for whoever may copy its pages."""

import tempfile
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fonds.access.decisions import require
from fonds.access.doors import door
from fonds.access.enums import Right
from fonds.archive_pages.models import ArchivePage
from fonds.audit import names
from fonds.audit.events import record

from ..faults import ScanFault
from ..watermarks.rules import watermark_of_copy
from .pdf import scans_of, write_searchable_pdf

MOST_PAGES = 500


@door(pk="unit", right=Right.COPY)
@require_safe
def searchable_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All pages of a unit as one PDF/A-2b with their text. It is made anew each time, in a file that goes with the answer."""
    unit = ArchivePage.objects.exclude(level="").filter(pk=pk).first()
    require(request.user, Right.COPY, unit)
    scans = scans_of(unit)
    if len(scans) > MOST_PAGES:
        return _refused(request, unit, _("At most %(most)s pages are put into one PDF.") % {"most": MOST_PAGES})
    words = watermark_of_copy(request, unit, is_open=unit.is_open)
    with tempfile.NamedTemporaryFile(suffix=".pdf", delete=False) as file:
        target = Path(file.name)
    try:
        write_searchable_pdf(unit, scans, target, words)
        record(names.ORIGINAL, unit=unit, user=request.user, request=request, detail={"pdf": len(scans)})
        answer = FileResponse(target.open("rb"), as_attachment=True, filename=f"{unit.reference_code or unit.pk}.pdf")
    except ScanFault as fault:
        return _refused(request, unit, str(fault))
    finally:
        target.unlink()  # the open file is read to its end all the same
    answer["Cache-Control"] = "private, no-store"
    return answer


def _refused(request: HttpRequest, unit: ArchivePage, sentence: str) -> HttpResponse:
    return render(request, "collections/no_pdf.html", {"unit": unit, "sentence": sentence}, status=422)
