"""The screen of one request and its steps. Every step is a form; after it the screen shows what is kept."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from fonds.access.doors import door
from fonds.archive_pages.models import ArchivePage

from ..readers import actions as readers
from ..readers.models import Reader
from ..readers.numbers import plain
from . import actions, approvals, prints, queue
from .enums import UseState
from .forms import ApprovalForm, PurposeForm, ReaderForm
from .models import UseRequest
from .queue_views import for_clerks
from .screen import go_to, pages_of, screen

DOOR = {"decides_itself": "desk.actions.require_served_by", "pk": "use_request"}
TICKED_AT_ONCE = 2000


def _served(request: HttpRequest, pk: int) -> UseRequest:
    """The request that this clerk serves; that of another is refused with a sentence."""
    served = get_object_or_404(
        UseRequest.objects.select_related(
            "reader__document_kind", "reader__kind", "letter", "purpose", "desk__office", "clerk"
        ),
        pk=pk,
    )
    try:
        actions.require_served_by(served, request.user)
    except ValidationError:
        if request.method != "GET":
            raise
    return served


def step(view: Callable[[HttpRequest, UseRequest], HttpResponse | None]) -> Callable:
    """A step of a request, sent by POST: what it refuses is told on the screen, with all that was typed."""

    @door(**DOOR)
    @sensitive_post_parameters()  # numbers of documents and passwords stand in no report of an error
    @for_clerks
    @require_POST
    def taken(request: HttpRequest, pk: int) -> HttpResponse:
        try:
            served = _served(request, pk)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("desk_request", pk)
        try:
            return view(request, served) or redirect("desk_request", pk)
        except ValidationError as error:
            served = _served_now(request, pk)
            return (
                screen(request, served, status=422, faults=error.messages, typed=request.POST)
                if served
                else redirect("desk_request", pk)
            )

    return taken


def _served_now(request: HttpRequest, pk: int) -> UseRequest | None:
    served = _served(request, pk) if UseRequest.objects.filter(pk=pk, state=UseState.OPEN).exists() else None
    return served


@door(**DOOR)
@for_clerks
@require_GET
def show_request(request: HttpRequest, pk: int) -> HttpResponse:
    """The screen; ``?q=…`` searches, ``?unit=…&page=…`` shows."""
    served = _served(request, pk)
    if served.state != UseState.OPEN:
        return render(request, "reading_room/desk/over.html", {"served": served})
    prints.restore_interrupted(served)
    try:
        go_to(served, request.user, request.GET)
    except ValidationError as error:
        return screen(request, served, status=422, faults=error.messages)
    return screen(request, served)


@door(**DOOR)
@for_clerks
@require_GET
def state(request: HttpRequest, pk: int) -> JsonResponse:
    """Whether something changed that the clerk waits for: ``{"waiting": 1, "decided": 2}``, numbers of approvals."""
    served = _served(request, pk)
    states = list(served.approvals.values_list("state", flat=True))
    waiting = states.count("waiting")
    return JsonResponse({"waiting": waiting, "decided": len(states) - waiting})


@step
@sensitive_variables()
def find_reader(request: HttpRequest, served: UseRequest) -> HttpResponse:
    """Readers by number or part of a name. Sent by POST: a number stands in no address and no log."""
    typed = request.POST.get("wanted", "")
    found = readers.find_readers(typed)
    more = {} if found else _to_register(typed)
    return screen(request, served, found_readers=found, looked_for=True, **more)


def _to_register(typed: str) -> dict:
    """The form for a reader who is not known, with the number or the name that was typed already in it."""
    known, missing = ("number", "name") if any(letter.isdigit() for letter in typed) else ("name", "number")
    value = plain(typed) if known == "number" else typed.strip()
    return {"reader_form": ReaderForm(initial={known: value}), "next_field": missing}


@step
def choose_reader(request: HttpRequest, served: UseRequest) -> HttpResponse | None:
    """One of the readers that were found."""
    number = request.POST.get("reader", "")
    reader = get_object_or_404(Reader, pk=number) if number.isdecimal() and len(number) < 18 else None
    if reader is None:
        raise Http404
    letter = reader.letters.first()
    actions.set_reader(served, reader, request.user, None if letter is None or letter.is_expired() else letter)
    return None


@step
@sensitive_variables()
def register_reader(request: HttpRequest, served: UseRequest) -> HttpResponse | None:
    """Register who is here, or bring up to date who was here before."""
    form = ReaderForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            _register(form.cleaned_data, served, request.user)
        except ValidationError as error:
            _add_errors(form, error)
        else:
            return None
    return screen(request, served, status=422, reader_form=form)


@sensitive_variables()
@transaction.atomic
def _register(data: dict, served: UseRequest, user) -> None:
    reader = readers.register_reader(
        name=data["name"], document_kind=data["document_kind"], number=data["number"], kind=data["kind"],
        organisation=data["organisation"], phone=data["phone"], user=user,
    )  # fmt: skip
    letter = None
    if data["letter_until"]:
        letter = readers.add_letter(
            reader, organisation=data["organisation"], number=data["letter_number"], expires_on=data["letter_until"],
            scan=data["letter_scan"], user=user,
        )  # fmt: skip
    actions.set_reader(served, reader, user, letter)


def _add_errors(form: ReaderForm, error: ValidationError) -> None:
    names = {"expires_on": "letter_until", "scan": "letter_scan"}
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.message_dict.items():
        form.add_error(names.get(field, field if field in form.fields else None), errors)


@step
def set_purpose(request: HttpRequest, served: UseRequest) -> HttpResponse | None:
    form = PurposeForm(request.POST)
    if not form.is_valid():
        return screen(request, served, status=422, purpose_form=form)
    actions.set_purpose(served, form.cleaned_data["purpose"], request.user, form.cleaned_data["note"])
    return None


@step
def tick(request: HttpRequest, served: UseRequest) -> None:
    """Tick the pages ``page`` of the record that is shown (``all``: all of them), or untick them (``off``)."""
    pages = pages_of(served, request.user)
    if pages is None:
        raise ValidationError(_("The record is not there any more."))
    numbers = pages.numbers if "all" in request.POST else _numbers(request.POST.getlist("page"))
    actions.tick(served, pages.unit, numbers, request.user, on="off" not in request.POST)


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts[:TICKED_AT_ONCE] if text.isdecimal() and len(text) < 9]


@step
def take_out(request: HttpRequest, served: UseRequest) -> None:
    """Take lines out of the basket."""
    for item in served.items.filter(pk__in=_numbers(request.POST.getlist("item"))):
        actions.remove_item(served, item, request.user)


@step
def show_original(request: HttpRequest, served: UseRequest) -> None:
    """The record is not scanned: the reader saw the original."""
    unit = ArchivePage.objects.filter(pk=served.shown_unit_id).first()
    if unit is None:
        raise ValidationError(_("The record is not there any more."))
    actions.show_original(served, unit, request.user)
    messages.success(request, _("Noted: shown in the original."))


@step
def set_mirror(request: HttpRequest, served: UseRequest) -> None:
    actions.mirror(served, request.user, "on" in request.POST)


@step
@sensitive_variables()
def approve(request: HttpRequest, served: UseRequest) -> HttpResponse | None:
    """Approval of the record that is shown: on the spot, or asked for (``remote``)."""
    unit = ArchivePage.objects.filter(pk=served.shown_unit_id).first()
    if unit is None:
        raise ValidationError(_("The record is not there any more."))
    if "remote" in request.POST:
        approvals.ask(served, unit, request.user)
        return None
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        raise ValidationError(_("The duty manager types his name and his password."))
    approvals.approve_on_the_spot(served, unit, request.user, http=request, **form.cleaned_data)
    return None


@step
def print_basket(request: HttpRequest, served: UseRequest) -> HttpResponse:
    """Print the basket: certified, or (``copies``) as plain copies; or (``none``) that nothing was found."""
    token = request.POST.get("token", "")
    prints.restore_interrupted(served)
    if "none" in request.POST:
        made = prints.certify_none(served, request.user, token, request.POST.get("statement", ""))
    else:
        make = prints.print_copies if "copies" in request.POST else prints.certify
        made = make(served, request.user, token)
    return redirect("desk_print", served.pk, made.pk)


@step
def hand_over(request: HttpRequest, served: UseRequest) -> HttpResponse:
    prints.restore_interrupted(served)
    actions.hand_over(served, request.user)
    messages.success(
        request,
        _("Number %(number)s is handed over after %(minutes)s min %(seconds)s s.")
        % {"number": served.number, "minutes": served.seconds // 60, "seconds": served.seconds % 60},
    )
    waiting = queue.waiting_today().exists()
    return redirect(f"{_home()}#next" if waiting else _home())


@step
def leave(request: HttpRequest, served: UseRequest) -> HttpResponse:
    prints.restore_interrupted(served)
    actions.leave(served, request.user)
    return redirect("desk")


def _home() -> str:
    from django.urls import reverse

    return reverse("desk")
