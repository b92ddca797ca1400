"""What goes to the printer, the reader's screen, the scan of a letter."""

from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from fonds.access.doors import door
from fonds.reports.press import render_pdf

from ..kept_files import KeptFileDamaged
from ..readers.models import IntroductionLetter
from ..views import pdf_answer, refused
from . import prints, queue
from .actions import require_clerk_of, require_served_by
from .certifying import office_of
from .entitlement import entitlement
from .enums import UseState
from .models import SERVE_PERMISSION, DeskPrint, UseRequest, WindowSettings
from .queue_views import for_clerks
from .screen import clock, pages_of

DOOR = {"decides_itself": "desk.actions.require_served_by", "pk": "use_request", "number": "desk_print"}


def _print(request: HttpRequest, pk: int, number: int) -> DeskPrint:
    made = get_object_or_404(
        DeskPrint.objects.select_related("request__reader", "request__desk", "request__clerk"), pk=number, request_id=pk
    )
    require_served_by(made.request, request.user)
    return prints.finished(made)


@door(**DOOR)
@for_clerks
@require_GET
def show_print(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The print in a frame, from which the browser's dialog opens at once."""
    try:
        made = _print(request, pk, number)
    except ValidationError as error:
        return refused(request, " ".join(error.messages))
    certificates = list(made.certificates.order_by("year", "serial"))
    context = {"served": made.request, "made": made, "certificates": certificates, "clock": clock(made.request)}
    return render(request, "reading_room/desk/print.html", context)


@door(**DOOR)
@xframe_options_sameorigin
@for_clerks
@require_GET
def print_pdf(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The bytes that go to the printer."""
    try:
        made = _print(request, pk, number)
        pdf = prints.print_bytes(made, request.user)
    except ValidationError as error:
        return refused(request, " ".join(error.messages))
    except KeptFileDamaged as error:
        return refused(request, str(error))
    return pdf_answer(pdf, f"{made.request.shown_number}.pdf")


@door(**DOOR)
@for_clerks
@require_POST
def print_again(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Count one more print and show it."""
    try:
        made = prints.print_again(_print(request, pk, number), request.user)
    except ValidationError as error:
        return refused(request, " ".join(error.messages))
    return redirect("desk_print", pk, made.pk)


def mirrored(user) -> tuple[UseRequest | None, list]:
    """The request that ``user`` serves and the pages the reader may see of it: only where the clerk mirrors them, and
    only what may be shown to the reader."""
    served = queue.open_of(user).filter(state=UseState.OPEN, mirrored=True).order_by("-begun_at").first()
    pages = pages_of(served, user) if served else None
    if pages is None or not entitlement(served, pages.unit, user).may_show:
        return served, []
    return served, pages.shown


@door(permission=SERVE_PERMISSION)
@for_clerks
@require_GET
def mirror(request: HttpRequest) -> HttpResponse:
    """The reader's screen: the pages the clerk shows, and nothing else of the window."""
    served, scans = mirrored(request.user)
    context = {"served": served, "scans": scans, "mark": _mark(served, scans)}
    return render(request, "reading_room/desk/mirror.html", context)


@door(permission=SERVE_PERMISSION)
@for_clerks
@require_GET
def mirror_state(request: HttpRequest) -> JsonResponse:
    """``{"pages": [{"number": 1, "picture": address}], "mark": text}`` for the reader's screen."""
    served, scans = mirrored(request.user)
    pages = [{"number": scan.number, "picture": reverse("scan_preview", args=[scan.pk])} for scan in scans]
    return JsonResponse({"pages": pages, "mark": _mark(served, scans)})


def _mark(served: UseRequest | None, scans: list) -> str:
    """Reader, number and time across the pages on the reader's screen, where the archive wants that."""
    if not scans or not WindowSettings.load().marks_screen:
        return ""
    return f"{served.reader or ''} {served.shown_number} {timezone.localtime():%Y-%m-%d %H:%M}".strip()


@door(decides_itself="desk.actions.require_clerk_of", pk="use_request")
@for_clerks
@require_GET
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """What the reader paid, as a PDF to print; also after handing over. 404 where nothing was charged."""
    served = get_object_or_404(UseRequest.objects.select_related("reader", "desk__office", "clerk"), pk=pk)
    require_clerk_of(served, request.user)
    made = list(served.prints.filter(fee__gt=0).prefetch_related("certificates"))
    if not made:
        raise Http404
    context = {"served": served, "made": made, "total": sum(each.fee for each in made), "office": office_of(served),
               "now": timezone.localtime()}  # fmt: skip
    return pdf_answer(render_pdf("reading_room/reports/receipt.html", context), f"{served.shown_number}.pdf")


@door(permission=SERVE_PERMISSION, pk="introduction_letter")
@for_clerks
@require_GET
def letter_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan of a letter of introduction, to be saved; for the staff of the window."""
    letter = get_object_or_404(IntroductionLetter, pk=pk)
    if not letter.scan_key:
        raise Http404
    try:
        with storages["masters"].open(letter.scan_key) as file:
            content = file.read()
    except OSError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=letter.scan_type)
    name = {"application/pdf": "letter.pdf", "image/png": "letter.png"}.get(letter.scan_type, "letter.jpg")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
