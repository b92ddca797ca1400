"""The register of readers: looked up by number or name; blocked and unblocked by a manager."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from fonds.access.doors import door

from ..desk.models import SERVE_PERMISSION
from ..desk.queue_views import for_clerks
from . import actions
from .models import Reader

SHOWN = 50


@door(permission=SERVE_PERMISSION)
@sensitive_post_parameters()
@for_clerks
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def readers(request: HttpRequest) -> HttpResponse:
    """Who is blocked, and whom a number or part of a name finds. Sent by POST: a number stands in no address."""
    wanted = request.POST.get("wanted", "")
    context = {
        "blocked": list(Reader.objects.exclude(blocked_at=None).select_related("document_kind", "blocked_by")[:SHOWN]),
        "found": actions.find_readers(wanted) if request.method == "POST" else None,
        "may_block": request.user.has_perm(actions.BLOCK_PERMISSION),
    }
    return render(request, "reading_room/desk/readers.html", context)


@door(permission=actions.BLOCK_PERMISSION, pk="desk_reader")
@for_clerks
@require_POST
def block(request: HttpRequest, pk: int) -> HttpResponse:
    """Block a reader with a reason, or lift the block (``off``)."""
    if not request.user.has_perm(actions.BLOCK_PERMISSION):
        raise PermissionDenied(_("Only a manager of the archive may block readers."))
    reader = get_object_or_404(Reader, pk=pk)
    try:
        if "off" in request.POST:
            actions.unblock(reader, user=request.user)
        else:
            actions.block(reader, reason=request.POST.get("reason", ""), user=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Noted for %(name)s.") % {"name": reader.name})
    return redirect("desk_readers")
