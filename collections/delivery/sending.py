"""Send bytes, once access is decided: headers, conditional answers, ranges, and the ways past Python where there are.

Only call these after ``fonds.access.decisions`` said yes: a checksum, a size or a name tells something too.
"""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header, parse_etags

from ..storage import size_of, stream
from .ranges import Unsatisfiable, parse_range

SIGNED_SECONDS = 60
OPEN_CACHE = "public, no-cache"
CLOSED_CACHE = "private, no-cache"
UNKEPT = "private, no-store"
SHOWN_IMAGES = {"image/jpeg", "image/png", "image/gif", "image/webp"}
SHOWN_KINDS = ("audio/", "video/")


def deliver(
    request: HttpRequest,
    storage: Storage,
    key: str,
    *,
    mime_type: str,
    name: str,
    etag: str,
    public: bool,
    as_attachment: bool = False,
) -> HttpResponseBase:
    """Answer with a stored file. ``public`` says that everybody may have it, so that shared caches may keep it, asking
    each time whether it still is so; ``etag`` is a hash of the content, ``name`` the name to save it under.

    The web server sends the bytes where ``FONDS_ACCEL_PREFIX`` is set; what is to be saved comes from S3 storage over
    an address that works for 60 seconds; all else goes through this process (pages show pictures of this site only, so
    one from the bucket would stay blank). Raises ``Http404`` where the file is not there.
    """
    etag = f'"{etag}"'
    attachment = as_attachment or not _may_be_shown(mime_type)
    headers = _headers(mime_type, name, etag, public=public, attachment=attachment)
    if _unchanged(request, etag):
        return _not_modified(headers)
    local = isinstance(storage, FileSystemStorage)
    if attachment and not local and request.method == "GET":
        return _signed(storage, key, headers)
    try:
        size = size_of(storage, key)
    except FileNotFoundError as error:
        raise Http404 from error
    if settings.FONDS_ACCEL_PREFIX and local:
        inside = Path(storage.path(key)).relative_to(settings.FONDS_DATA).as_posix()
        return HttpResponse(headers=headers | {"X-Accel-Redirect": settings.FONDS_ACCEL_PREFIX + quote(inside)})
    return _send(request, storage, key, size, headers | {"Accept-Ranges": "bytes"})


def deliver_bytes(
    request: HttpRequest, data: bytes | Callable[[], bytes], *, mime_type: str, name: str, etag: str, public: bool
) -> HttpResponse:
    """Answer with a small piece (a tile) that is already in memory, or made only where it is really sent."""
    etag = f'"{etag}"'
    headers = _headers(mime_type, name, etag, public=public, attachment=False)
    if _unchanged(request, etag):
        return _not_modified(headers)
    data = data() if callable(data) else data
    headers["Content-Length"] = str(len(data))
    return HttpResponse(b"" if request.method == "HEAD" else data, headers=headers)


def deliver_marked(request: HttpRequest, make: Callable[[], tuple[bytes, str]], *, name: str) -> HttpResponse:
    """Answer with a picture made for one person at this minute: ``make`` gives its bytes and MIME type. No cache keeps
    it, and no condition of the request spares sending it."""
    data, mime_type = make()
    headers = _headers(mime_type, name, "", public=False, attachment=False) | {"Cache-Control": UNKEPT}
    headers["Content-Length"] = str(len(data))
    del headers["ETag"]
    return HttpResponse(b"" if request.method == "HEAD" else data, headers=headers)


def _may_be_shown(mime_type: str) -> bool:
    """Whether a browser may show the type in place; what can hold scripts (SVG, HTML, PDF, XML) is always saved."""
    return mime_type in SHOWN_IMAGES or mime_type.startswith(SHOWN_KINDS)


def _headers(mime_type: str, name: str, etag: str, *, public: bool, attachment: bool) -> dict[str, str]:
    return {
        "Content-Type": mime_type,
        "Content-Disposition": content_disposition_header(attachment, name) or "inline",
        "ETag": etag,
        "Cache-Control": OPEN_CACHE if public else CLOSED_CACHE,
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }


def _unchanged(request: HttpRequest, etag: str) -> bool:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return known == ["*"] or etag in {tag.removeprefix("W/") for tag in known}


def _not_modified(headers: dict[str, str]) -> HttpResponse:
    kept = {name: headers[name] for name in ("ETag", "Cache-Control")}
    response = HttpResponse(status=304, headers=kept)
    del response["Content-Type"]
    return response


def _signed(storage: Storage, key: str, headers: dict[str, str]) -> HttpResponse:
    parameters = {
        "ResponseContentType": headers["Content-Type"],
        "ResponseContentDisposition": headers["Content-Disposition"],
        "ResponseCacheControl": CLOSED_CACHE,
    }
    response = HttpResponseRedirect(storage.signed_url(key, SIGNED_SECONDS, parameters))
    response["Cache-Control"] = UNKEPT
    return response


def _send(request: HttpRequest, storage: Storage, key: str, size: int, headers: dict) -> HttpResponseBase:
    wanted = None
    if request.headers.get("If-Range", headers["ETag"]) == headers["ETag"]:
        try:
            wanted = parse_range(request.headers.get("Range", ""), size)
        except Unsatisfiable:
            return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    if request.method == "HEAD":
        return HttpResponse(headers=headers | {"Content-Length": str(size)})
    if wanted is None and isinstance(storage, FileSystemStorage):
        response = FileResponse(storage.open(key, "rb"))
        for header, value in (headers | {"Content-Length": str(size)}).items():
            response[header] = value
        return response
    if wanted is None:
        return StreamingHttpResponse(stream(storage, key, 0, size), headers=headers | {"Content-Length": str(size)})
    start, length = wanted
    part = {"Content-Range": f"bytes {start}-{start + length - 1}/{size}", "Content-Length": str(length)}
    return StreamingHttpResponse(stream(storage, key, start, length), status=206, headers=headers | part)
