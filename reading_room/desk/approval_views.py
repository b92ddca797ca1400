"""The work list of the duty managers: what waits at the window for an approval."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from fonds.access.doors import door
from fonds.access.roles import DECIDE_PERMISSION

from ..views import refused
from . import approvals
from .forms import DecisionForm

SHOWN = 50


@door(permission=DECIDE_PERMISSION)
@never_cache
@login_required
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for this person, the oldest first."""
    if not request.user.has_perm(DECIDE_PERMISSION):
        return refused(request, _("Only a duty manager decides what may be used at the window."))
    rows = approvals.waiting_for(request.user).select_related(
        "unit", "request__reader", "request__purpose", "request__clerk", "request__desk"
    )
    return render(request, "reading_room/desk/approvals.html", {"waiting": list(rows[:SHOWN])})


@door(permission=DECIDE_PERMISSION, pk="desk_approval")
@never_cache
@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant or refuse, with a reason."""
    if not request.user.has_perm(DECIDE_PERMISSION):
        raise PermissionDenied
    approval = get_object_or_404(approvals.known_to(request.user), pk=pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Grant or refuse."))
        return redirect("desk_approvals")
    reason = form.cleaned_data["reason"]
    try:
        if form.cleaned_data["decision"] == "grant":
            approvals.grant(approval, request.user, reason=reason or _("Approved."))
        else:
            approvals.refuse(approval, request.user, reason=reason)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Decided; the desk is told."))
    return redirect("desk_approvals")
