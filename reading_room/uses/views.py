"""The use register on the screen: its statistics, its latest entries, and the effect of a use, written later."""

import datetime as dt
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from fonds.access.doors import door
from fonds.archive_pages.listings import page_number
from fonds.reports.charts import bars, columns

from ..views import refused
from .actions import note_effect
from .models import UseEntry
from .printouts import VIEW_PERMISSION, UseRegisterForm, chosen_entries
from .statistics import by, by_time, totals

PAGE_SIZE = 50
PERIOD = 30  # days that are shown first


@door(permission=VIEW_PERMISSION)
@never_cache
@login_required
@require_GET
def uses(request: HttpRequest) -> HttpResponse:
    """The register of a period (the last 30 days at first) with its statistics."""
    if not request.user.has_perm(VIEW_PERMISSION):
        return refused(request, _("Only managers and the desk may look into the use register."))
    today = timezone.localdate()
    data = request.GET if "first" in request.GET else {"first": today - dt.timedelta(days=PERIOD - 1), "last": today}
    form = UseRegisterForm(data, user=request.user)
    rows = chosen_entries(form.cleaned_data) if form.is_valid() else UseEntry.objects.none()
    page = Paginator(rows.order_by("-day", "-number"), PAGE_SIZE).get_page(page_number(request.GET))
    context = {
        "form": form,
        "totals": totals(rows),
        "by_time": columns(by_time(rows)),
        "tables": [
            (label, bars(counted))
            for label, field in (
                (_("By purpose"), "purpose"),
                (_("By kind of records"), "record_kind"),
                (_("By kind of reader"), "reader_kind"),
                (_("By manner"), "manner"),
            )
            if (counted := by(rows, field))
        ],
        "page": page,
        "asked": urlencode({name: form[name].value() or "" for name in ("first", "last", "purpose")}),
    }
    return render(request, "reading_room/desk/uses.html", context, status=422 if form.errors else 200)


@door(permission="reading_room.serve_desk", pk="use_entry")
@never_cache
@login_required
@require_POST
def effect(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the effect of one use."""
    if not request.user.has_perm(VIEW_PERMISSION):
        raise PermissionDenied
    entry = get_object_or_404(UseEntry, pk=pk)
    try:
        note_effect(entry, request.POST.get("effect", ""), request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The effect of %(number)s is noted.") % {"number": entry.number})
    return redirect("desk_uses")
