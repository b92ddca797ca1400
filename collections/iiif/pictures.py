"""The pictures that have an address under ``/iiif/``: page scans and photographs, for whoever may see them."""

import logging
import threading
from dataclasses import dataclass
from pathlib import PurePath

import pyvips
from django.conf import settings
from django.core.files.storage import default_storage, storages
from django.http import Http404, HttpRequest

from fonds.access.decisions import may, require
from fonds.access.enums import Right

from ..delivery.scan_views import find_scan, is_public, watermark_of, with_derivatives
from ..derivatives import HELD_PIXELS, zoom_archive
from ..doors import visible_photos
from ..models import ArchiveImage, PageScan
from ..page_images import UNREADABLE, for_screen
from ..storage import local_path, put_bytes, size_of
from ..watermarks.rules import is_for_everybody, watermark_of_look, with_rule
from .pyramids import Pyramid

logger = logging.getLogger(__name__)

PHOTO_RECIPE = "1"  # part of every key
LOADERS = {
    ".jpg": pyvips.Image.jpegload,
    ".jpeg": pyvips.Image.jpegload,
    ".png": pyvips.Image.pngload,
    ".gif": pyvips.Image.gifload,
    ".webp": pyvips.Image.webpload,
    ".tif": pyvips.Image.tiffload,
    ".tiff": pyvips.Image.tiffload,
}
_AT_ONCE = threading.BoundedSemaphore(1)  # photographs made ready for zooming by one web process


class SignInNeeded(Exception):
    """The reader may know of the page, and not see it: signing in, or asking for a permission, may help."""


@dataclass(frozen=True)
class Picture:
    """A picture that may be sent: ``is_public`` where everybody gets the same; ``etag`` names its content;
    ``watermark`` is written across it, if not empty."""

    pyramid: Pyramid
    is_public: bool
    name: str
    watermark: str = ""

    @property
    def etag(self) -> str:
        return self.pyramid.key.rsplit("/", 1)[-1]


def scan_picture(request: HttpRequest, pk: int) -> Picture:
    """The picture of a page scan. 404 for who may not know of its unit; raises ``SignInNeeded`` for who may."""
    scan = known_scan(request.user, pk)
    if not may(request.user, Right.VIEW, scan.unit):
        raise SignInNeeded
    words = watermark_of(request, scan)
    scan = with_derivatives(scan)
    name = f"{scan.unit.reference_code or scan.unit_id}-{scan.number:03}"
    return Picture(Pyramid(storages["derivatives"], scan.deep_zoom), is_public(scan), name, words)


def known_scan(user, pk: int) -> PageScan:
    """A page scan of whose unit ``user`` may know; else 404. What is on it is not decided here."""
    scan = find_scan(pk)
    require(user, Right.CATALOGUE, scan and scan.unit)
    return scan


def photo_picture(request: HttpRequest, pk: int) -> Picture:
    """A photograph; 404 for who may not see it."""
    rows = with_rule(ArchiveImage.objects.select_related("unit").filter(pk=pk))
    photo = visible_photos(rows, request.user).first()
    require(request.user, Right.VIEW, photo)
    detail = {"file": photo.file.name}
    words = watermark_of_look(request, photo.unit or photo, photo.watermark, is_open=photo.is_open, detail=detail)
    try:
        key = _zoom_key(photo)
    except UNREADABLE as error:
        logger.exception("photograph %s cannot be shown", photo.pk)
        raise Http404 from error
    public = is_for_everybody(photo.watermark, is_open=photo.is_open)
    return Picture(Pyramid(storages["derivatives"], key), public, photo.photo_number or str(photo.pk), words)


def _zoom_key(photo: ArchiveImage) -> str:
    """The key of the photograph's deep-zoom archive, which is made with the first request."""
    sha256 = photo.sha256 or photo.get_file_hash()
    key = f"{sha256[:2]}/{sha256[2:4]}/{sha256}-photo-z{PHOTO_RECIPE}.szi"
    if _is_there(key):
        return key
    if photo.width * photo.height > settings.FONDS_MAX_PIXELS:
        raise Http404
    with _AT_ONCE:
        if not _is_there(key):
            put_bytes(storages["derivatives"], key, _archive_of(photo), "application/zip")
    return key


def _is_there(key: str) -> bool:
    try:
        return size_of(storages["derivatives"], key) > 0
    except FileNotFoundError:
        return False


def _archive_of(photo: ArchiveImage) -> bytes:
    load = LOADERS.get(PurePath(photo.file.name).suffix.lower())
    if load is None:
        raise Http404
    with local_path(default_storage, photo.file.name) as path:
        large = photo.width * photo.height > HELD_PIXELS
        image = load(str(path), access="random" if large else "sequential")
        image = (image if large else image.copy_memory()).autorot()
        return zoom_archive(for_screen(image))
