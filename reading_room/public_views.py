"""The public verification of certificates: a number, or the PDF itself; as pages and as JSON."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fonds.access.doors import PUBLIC, door

from .answers import as_data
from .numbers import LONGEST_INPUT, read_number
from .verification import LARGEST_FILE, Answer, CannotVerify, is_own, too_large, verify_file, verify_number

FORM_ROOM = 64 * 1024  # bytes that a form may need around its file


class TooLarge(CannotVerify):
    """The upload is refused before anything of it is read."""


@door(PUBLIC)
@never_cache
@csrf_exempt  # nothing is changed, and the size must be judged before anything of the body is read
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a number or a file; answer for a file."""
    if request.method == "POST":
        return _verify_upload(request)
    typed = request.GET.get("number", "").strip()
    if not typed:
        return _page(request, typed="")
    code = request.GET.get("code", "").strip()[:LONGEST_INPUT]
    number = read_number(typed) if "://" not in typed or is_own(typed) else None
    if number is None:
        return _answer_number(request, typed, code)
    query = f"?{urlencode({'code': code})}" if code else ""
    return redirect(reverse("verify_number", args=[number]) + query)


@door(PUBLIC, number="certificate")
@never_cache
@require_safe
def verify_by_number(request: HttpRequest, number: str) -> HttpResponse:
    """The answer for one number; where its QR code leads."""
    return _answer_number(request, number, request.GET.get("code", ""))


@door(PUBLIC, number="certificate")
@never_cache
@require_safe
def verify_number_as_data(request: HttpRequest, number: str) -> JsonResponse:
    """The answer for one number as JSON."""
    try:
        answer = verify_number(_cleaned(number), request.GET.get("code", ""))
    except CannotVerify as error:
        return _fault(error)
    return JsonResponse(as_data(answer))


@door(PUBLIC)
@never_cache
@csrf_exempt  # as for the page
@require_POST
def verify_file_as_data(request: HttpRequest) -> JsonResponse:
    """The answer for a file (field ``file`` of a form) as JSON."""
    try:
        return JsonResponse(as_data(_answer_upload(request)))
    except CannotVerify as error:
        return _fault(error)


@door(PUBLIC)
@require_safe
def how_to_verify(request: HttpRequest) -> HttpResponse:
    """For whoever received a copy: how it is checked, on paper and as a file."""
    return render(request, "reading_room/how_to_verify.html", {"most": LARGEST_FILE // 1024**2})


def _cleaned(typed: str) -> str:
    return typed[: 4 * LONGEST_INPUT].replace("\x00", "")


def _answer_number(request: HttpRequest, typed: str, code: str) -> HttpResponse:
    typed = _cleaned(typed)
    try:
        answer = verify_number(typed, code)
    except CannotVerify as error:
        return _page(request, typed=typed[:LONGEST_INPUT], fault=str(error), status=422)
    return _page(request, typed=typed[:LONGEST_INPUT], answer=answer)


def _verify_upload(request: HttpRequest) -> HttpResponse:
    try:
        answer = _answer_upload(request)
        return _page(request, answer=answer, file_name=request.FILES["file"].name)
    except TooLarge as error:
        response = _page(request, fault=str(error), status=413)
        response["Connection"] = "close"
        return response
    except CannotVerify as error:
        return _page(request, fault=str(error), status=422)


def _answer_upload(request: HttpRequest) -> Answer:
    """The answer for the file sent. Raises ``CannotVerify``, ``TooLarge`` before anything of the body is read."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > LARGEST_FILE + FORM_ROOM:
        raise TooLarge(str(too_large()))
    file = request.FILES.get("file")
    if file is None:
        raise CannotVerify(_("Choose the PDF file first."))
    return verify_file(file)


def _fault(error: CannotVerify) -> JsonResponse:
    response = JsonResponse({"fault": str(error)}, status=413 if isinstance(error, TooLarge) else 422)
    if isinstance(error, TooLarge):
        response["Connection"] = "close"
    return response


def _page(request: HttpRequest, *, status: int = 200, **context) -> HttpResponse:
    context |= {"most": LARGEST_FILE // 1024**2, "checked_at": timezone.localtime()}
    return render(request, "reading_room/verify.html", context, status=status)
