"""What the log needs from every request: where it comes from, and whether it was refused."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from .context import origin_of, working
from .refusals import note_refusal


class RequestOrigin:
    """Gives each request an id (returned as ``X-Request-ID``) and keeps its origin for the events it leaves. Stands
    first, so that answers from a cache bear their own id too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with working(origin_of(request)) as origin:
            response = self.get_response(request)
            if response.status_code in (403, 404):
                note_refusal(request, response.status_code)
        response["X-Request-ID"] = origin.request_id
        return response


class WholeChanges:
    """Runs the POSTs of Wagtail's own admin views in one transaction each: these write the change and the entry of its
    log in separate statements. Our own actions hold their transactions themselves. Stands last, behind the CSRF check.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args, kwargs) -> HttpResponse | None:
        if request.method in ("GET", "HEAD", "OPTIONS") or not _is_wagtails(view):
            return None
        with transaction.atomic():
            return view(request, *args, **kwargs)


def _is_wagtails(view: Callable) -> bool:
    made_of = getattr(view, "view_class", None) or view
    return made_of.__module__.startswith(("wagtail.", "wagtail_modeladmin."))
