"""The public verification of certificates: a number, or the PDF itself."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from fonds.access.doors import PUBLIC, door

from .numbers import LONGEST_INPUT, read_number
from .verification import LARGEST_FILE, CannotVerify, verify_file, verify_number

FORM_ROOM = 64 * 1024  # bytes that a form may need around its file


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
        return render(request, "reading_room/verify.html", {"typed": ""})
    code = request.GET.get("code", "").strip()[:LONGEST_INPUT]
    number = read_number(typed)
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


def _answer_number(request: HttpRequest, typed: str, code: str) -> HttpResponse:
    typed = typed[:LONGEST_INPUT].replace("\x00", "")
    try:
        answer = verify_number(typed, code)
    except CannotVerify as error:
        return _page(request, typed=typed, fault=str(error), status=422)
    return _page(request, typed=typed, answer=answer)


def _verify_upload(request: HttpRequest) -> HttpResponse:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > LARGEST_FILE + FORM_ROOM:
        response = _page(request, fault=_("The file is larger than 50 MB. Type its number instead."), status=413)
        response["Connection"] = "close"
        return response
    file = request.FILES.get("file")
    if file is None:
        return _page(request, fault=_("Choose the PDF file first."), status=422)
    try:
        return _page(request, answer=verify_file(file))
    except CannotVerify as error:
        return _page(request, fault=str(error), status=422)


def _page(request: HttpRequest, *, status: int = 200, **context) -> HttpResponse:
    return render(request, "reading_room/verify.html", context, status=status)
