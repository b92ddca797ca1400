"""The first page of the window: which desk, the queue, what is open; and the board of the waiting room."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from fonds.access.doors import PUBLIC, door

from ..views import refused
from . import actions, queue
from .approvals import waiting_for
from .forms import DeskForm
from .models import SERVE_PERMISSION, Desk, UseRequest
from .prints import new_token

DESK_COOKIE = "fonds_desk"  # belongs to the machine on the desk, whoever signs in at it
A_YEAR = 365 * 24 * 3600


def for_clerks(view: Callable) -> Callable:
    """Only for the staff of the window; whoever is signed in and is not gets a sentence."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            queue.require_clerk(request.user)
            return view(request, *args, **kwargs)
        except PermissionDenied as error:
            return refused(request, str(error) or _("You may not do this."))

    return guarded


def desk_of(request: HttpRequest) -> Desk | None:
    """The desk on which this machine stands; the only one where there is one."""
    desks = list(Desk.objects.filter(is_used=True)[:50])
    chosen = next((desk for desk in desks if str(desk.pk) == request.COOKIES.get(DESK_COOKIE)), None)
    return chosen or (desks[0] if len(desks) == 1 else None)


@door(permission=SERVE_PERMISSION)
@for_clerks
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Desk, queue, what this clerk has open."""
    desk = desk_of(request)
    context = {
        "desk": desk,
        "form": DeskForm(initial={"desk": desk, "printer": desk.printer if desk else ""}),
        "board": queue.board(),
        "mine": list(queue.open_of(request.user)),
        "to_approve": waiting_for(request.user).count(),
        "token": new_token(),
    }
    return render(request, "reading_room/desk/home.html", context)


@door(permission=SERVE_PERMISSION)
@for_clerks
@require_POST
def choose_desk(request: HttpRequest) -> HttpResponse:
    """Say on which desk this machine stands; its printer is remembered with the desk."""
    form = DeskForm(request.POST)
    answer = redirect("desk")
    if form.is_valid():
        desk = form.cleaned_data["desk"]
        answer.set_cookie(
            DESK_COOKIE, desk.pk, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
        )
        if desk.printer != form.cleaned_data["printer"]:
            desk.printer = form.cleaned_data["printer"]
            desk.save(update_fields=["printer"])
    else:
        messages.error(request, _("There is no such desk."))
    return answer


@door(permission=SERVE_PERMISSION)
@for_clerks
@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Draw a number for a reader who waits."""
    drawn = queue.draw(request.POST.get("token", ""))
    messages.success(request, _("Number %(number)s is drawn.") % {"number": drawn.number})
    return redirect("desk")


@door(permission=SERVE_PERMISSION)
@for_clerks
@require_POST
def call_next(request: HttpRequest) -> HttpResponse:
    """Call who waits longest to this desk."""
    desk = desk_of(request)
    if desk is None:
        return _without_desk(request)
    called = queue.call_next(request.user, desk)
    if called is None:
        messages.warning(request, _("Nobody waits."))
    return redirect("desk")


@door(permission=SERVE_PERMISSION)
@for_clerks
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin with the number ``request`` of the form, or with a reader who has none."""
    desk = desk_of(request)
    if desk is None:
        return _without_desk(request)
    number = request.POST.get("request", "")
    waiting = get_object_or_404(UseRequest, pk=number) if number.isdecimal() and len(number) < 18 else None
    try:
        served = queue.begin(request.user, desk, waiting, request.POST.get("token", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("desk")
    return redirect("desk_request", served.pk)


@door(decides_itself="desk.queue.put_back and desk.actions.leave", pk="use_request")
@for_clerks
@require_POST
def let_go(request: HttpRequest, pk: int) -> HttpResponse:
    """A called number waits on (``again``), or its reader has left."""
    waiting = get_object_or_404(UseRequest, pk=pk)
    try:
        if "again" in request.POST:
            queue.put_back(waiting, request.user)
        else:
            actions.leave(waiting, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("desk")


def _without_desk(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("Choose your desk first."))
    return redirect("desk")


@door(PUBLIC)
@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The screen of the waiting room: numbers and desks, nothing else."""
    return render(request, "reading_room/desk/board.html", {"board": queue.board()})
