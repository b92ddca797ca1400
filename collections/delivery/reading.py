"""A kept picture, shown to one who reads: as it is, or with a watermark for him alone."""

from django.core.files.storage import storages
from django.http import Http404, HttpRequest, HttpResponseBase

from ..watermarks.drawing import marked_picture
from .sending import deliver, deliver_marked

JPEG = "image/jpeg"


def deliver_read(request: HttpRequest, key: str, words: str, *, name: str, public: bool) -> HttpResponseBase:
    """Answer with the derivative ``key`` (JPEG); with ``words`` across it where there are any. ``public``: everybody gets
    the same bytes."""
    if words:
        return deliver_marked(request, lambda: marked_picture(_read(key), JPEG, words), name=name)
    return deliver(
        request, storages["derivatives"], key, mime_type=JPEG, name=name, etag=etag_of(key), public=public
    )  # fmt: skip


def etag_of(key: str) -> str:
    """A derivative's key names its content: checksum of the master, page, kind and recipe."""
    return key.rsplit("/", 1)[-1]


def _read(key: str) -> bytes:
    try:
        with storages["derivatives"].open(key, "rb") as file:
            return file.read()
    except FileNotFoundError as error:
        raise Http404 from error
