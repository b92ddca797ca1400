"""The permanent address ``/r/<reference code>/``."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from fonds.access.decisions import is_archive_staff, require
from fonds.access.doors import door
from fonds.access.enums import Right

from .codes import resolve

PAGE = re.compile(r"[1-9][0-9]{0,5}")
SECOND = r"[0-9]{1,6}(\.[0-9]{1,3})?"
PASSAGE = re.compile(f"{SECOND}(,{SECOND})?")


@door(decides_itself="access.decisions.require", code="code")
@require_safe
def unit_by_code(request: HttpRequest, code: str) -> HttpResponse:
    """Lead to the unit that has or had ``code``, in any spelling of it; with ``?page=3`` to that page of it,
    with ``?t=12,30`` to that passage of its recording.

    404 where there is none, it is not published, or the reader may not know of it.
    """
    unit = resolve(code)
    if unit is None:
        raise Http404
    require(request.user, Right.CATALOGUE, unit)
    address = unit.get_url(request) if unit.live else None
    if address is None and is_archive_staff(request.user):
        return redirect("wagtailadmin_pages:edit", unit.pk)
    if address is None:
        raise Http404
    page, passage = request.GET.get("page", ""), request.GET.get("t", "")
    if PAGE.fullmatch(page):
        return redirect(f"{address}?page={page}#viewer")
    return redirect(f"{address}?t={passage}" if PASSAGE.fullmatch(passage) else address)
