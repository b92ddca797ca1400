"""Certified copies from afar: the form and the status page of the reader, the work list of the window, the download."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fonds.access.decisions import require, visible
from fonds.access.doors import door
from fonds.access.enums import Purpose, Right
from fonds.archive_pages.models import ArchivePage

from ..desk.models import SERVE_PERMISSION
from ..desk.queue_views import for_clerks
from ..kept_files import KeptFileDamaged, issued_bytes
from ..offices.choosing import choices_for, office_named
from ..views import refused
from . import actions
from .models import CopyRequest, CopyState

SHOWN = 50
AT_ONCE = 20  # requests whose readers' rights are looked up for the work list


class AskCopyForm(forms.Form):
    """Which pages, what for."""

    pages = forms.CharField(
        label=pgettext_lazy("which pages of a record", "Pages"), max_length=200, required=False,
        help_text=gettext_lazy("For example 1-3, 7. Empty: all pages."),
    )  # fmt: skip
    purpose = forms.ChoiceField(label=pgettext_lazy("of use", "Purpose"), choices=Purpose.choices)
    purpose_text = forms.CharField(
        label=gettext_lazy("In words"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("Printed on the certificate. Required."),
    )


@door(signed_in=True, pk="unit")
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a certified copy of one unit; 404 for a unit the reader may not know of."""
    unit = get_object_or_404(ArchivePage.objects.live().exclude(level=""), pk=pk)
    require(request.user, Right.CATALOGUE, unit)
    form = AskCopyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_copy(request.user, unit, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("Your request is on its way to the archive. You are told by mail when it is decided.")
            )
            return redirect("my_copies")
    context = {"unit": unit, "form": form, "unit_url": unit.get_url(request)}
    return render(request, "reading_room/remote/ask.html", context, status=422 if form.errors else 200)


@door(signed_in=True)
@never_cache
@login_required
@require_GET
def my_copies(request: HttpRequest) -> HttpResponse:
    """The reader's own requests with their deadlines and what became of them."""
    rows = CopyRequest.objects.filter(reader=request.user).select_related("unit", "certificate")
    known = set(visible(rows, request.user, "unit__").values_list("pk", flat=True)[:SHOWN])
    return render(request, "reading_room/remote/mine.html", {"asked": list(rows[:SHOWN]), "known": known})


@door(decides_itself="the request must be one's own", pk="copy_request")
@never_cache
@login_required
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own request; that of another is not there."""
    asked = get_object_or_404(CopyRequest, pk=pk, reader=request.user)
    try:
        actions.take_back(asked, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("my_copies")


@door(permission=SERVE_PERMISSION)
@for_clerks
@require_GET
def work_list(request: HttpRequest) -> HttpResponse:
    """What waits, the most urgent first, and what was issued and not fetched."""
    actions.restore_interrupted()
    waiting = actions.waiting_for(request.user).select_related("unit", "reader")
    issued = CopyRequest.objects.filter(state=CopyState.ISSUED, fetched_at=None).exclude(certificate=None)
    issued = visible(issued, request.user, "unit__")
    context = {
        "waiting": [(asked, actions.may_issue(asked, request.user)) for asked in waiting[:AT_ONCE]],
        "issued": list(issued.select_related("unit", "reader", "certificate")[:SHOWN]),
        "offices": choices_for(request.user),
    }
    return render(request, "reading_room/remote/work_list.html", context)


@door(decides_itself="visible(), and the action", pk="copy_request")
@for_clerks
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue, refuse, or send a new address."""
    asked = get_object_or_404(
        visible(CopyRequest.objects.select_related("unit", "reader"), request.user, "unit__"), pk=pk
    )
    try:
        if "refuse" in request.POST:
            actions.refuse_copy(asked, request.user, reason=request.POST.get("reason", ""))
        elif "again" in request.POST:
            actions.send_address(asked, request.user)
        else:
            office = office_named(request.POST.get("office", ""))
            actions.issue_copy(asked, request.user, office)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except PermissionDenied as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done; the reader is told by mail."))
    return redirect("desk_remote")


@door(decides_itself="the address must be of the reader's own request", token="token")
@never_cache
@login_required
def fetch_copy(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the address; the copy itself is sent by POST, once, so that no mail scanner uses it up."""
    asked = actions.find_by_token(token, request.user)
    if asked is None:
        return refused(request, _("There is no copy for you at this address."))
    if request.method != "POST":
        return render(
            request, "reading_room/remote/fetch.html", {"asked": asked, "may_fetch": actions.may_fetch(asked)}
        )
    try:
        pdf = issued_bytes(asked.certificate)
        actions.fetch(asked, request.user)
    except ValidationError as error:
        return refused(request, " ".join(error.messages))
    except KeptFileDamaged as error:
        return refused(request, str(error))
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, f"{asked.certificate.number}.pdf")
    response["Cache-Control"] = "private, no-store"
    return response
