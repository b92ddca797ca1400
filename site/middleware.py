"""Headers that every public answer carries."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "style-src 'self'",
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]
)


class PublicContentSecurityPolicy:
    """Only the site's own files may run or be shown on public pages: nothing inline, nothing from other hosts.

    The admin under ``/admin/`` is Wagtail's, with inline parts of its own, and is left as it is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/admin/"):
            response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        return response


class FreshAnswers:
    """What an answer may be kept for, where its view does not say.

    A public page is asked for again each time, so nothing withdrawn is shown from a browser's or proxy's memory. What
    a signed-in reader saw is not kept at all: the next person at the same screen does not find it by going back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
        response.headers.setdefault("Cache-Control", "private, no-store" if signed_in else "no-cache")
        return response


class NoNullBytes:
    """No address holds the byte 0, and PostgreSQL no text with it: such an address is not found, and such a query of
    the admin, whose lists look for it as it is, is a bad request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        if request.path_info.startswith("/admin/") and "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("null byte in the query")
        return self.get_response(request)
