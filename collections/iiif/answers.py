"""Answers as programs of other houses expect them: JSON-LD for whoever asks for it, readable from every site.

``Access-Control-Allow-Origin: *`` lets a script of another site read what a visitor without an account would see;
browsers send no session along with such a request.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.cache import patch_vary_headers

from ..delivery.sending import CLOSED_CACHE, OPEN_CACHE

IMAGE_CONTEXT = "http://iiif.io/api/image/3/context.json"
PRESENTATION_CONTEXT = "http://iiif.io/api/presentation/3/context.json"
AUTH_CONTEXT = "http://iiif.io/api/auth/2/context.json"
LEVEL = "http://iiif.io/api/image/3/level2.json"


def open_to_other_sites(view: Callable) -> Callable:
    """GET and HEAD that scripts of every site may read, and the question beforehand whether they may."""

    @wraps(view)
    def answered(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method == "OPTIONS":
            answer = HttpResponse(status=HTTPStatus.NO_CONTENT)
            answer["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            answer["Access-Control-Allow-Headers"] = "Accept, Authorization, If-None-Match"
        elif request.method in ("GET", "HEAD"):
            answer = view(request, *args, **kwargs)
            answer["Access-Control-Expose-Headers"] = "ETag, Link"
        else:
            answer = HttpResponseNotAllowed(["GET", "HEAD", "OPTIONS"])
        answer["Access-Control-Allow-Origin"] = "*"
        return answer

    return answered


def linked_data(
    request: HttpRequest, content: dict, context: str, *, public: bool, status: int = HTTPStatus.OK
) -> JsonResponse:
    """``content`` as JSON-LD where the client asks for that, else as JSON. ``public``: everybody gets the same."""
    asks_for_it = request.accepts("application/ld+json") and "ld+json" in request.headers.get("Accept", "")
    kind = f'application/ld+json;profile="{context}"' if asks_for_it else "application/json"
    answer = JsonResponse(content, status=status, content_type=kind, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = OPEN_CACHE if public else CLOSED_CACHE
    patch_vary_headers(answer, ["Accept", "Cookie"])
    return answer
