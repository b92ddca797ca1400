"""Page scans: thumbnail, preview and zoom for whoever may see the unit, the original for the staff."""

import logging

from django.core.files.storage import storages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from fonds.access.decisions import require
from fonds.access.doors import door
from fonds.access.enums import Right
from fonds.audit import names
from fonds.audit.events import record
from fonds.audit.looks import record_look

from ..derivatives import TILE, ensure_derivatives
from ..models import DigitalObject, PageScan
from ..page_images import UNREADABLE
from ..watermarks.drawing import marked_picture
from ..watermarks.rules import is_for_everybody, watermark_of_look, with_rule
from .reading import JPEG, deliver_read, etag_of
from .sending import deliver, deliver_bytes, deliver_marked
from .zoom_archives import read_member

logger = logging.getLogger(__name__)

NEEDED = (
    "number", "frame", "width", "height", "sha256", "steps", "thumbnail", "preview", "deep_zoom",
    "unit__catalogue_class", "unit__content_class", "unit__path", "unit__reference_code", "unit__title", "master__key", "master__mime_type", "master__sha256",
)  # fmt: skip


@door(decides_itself="scan_for", pk="scan")
@require_safe
def thumbnail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The page, 240 pixels at its longest side: too small to be read, and without a watermark."""
    scan = _with_derivatives(request, pk)
    return deliver_read(request, scan.thumbnail, "", name=name_of(scan), public=is_public(scan))


@door(decides_itself="scan_for", pk="scan")
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The page, 1280 pixels at its longest side."""
    scan = visible_scan(request, pk)
    words = watermark_of(request, scan)
    scan = with_derivatives(scan)
    return deliver_read(request, scan.preview, words, name=name_of(scan), public=is_public(scan))


@door(decides_itself="scan_for", pk="scan")
@require_safe
def zoom(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The Deep Zoom description of the page, from which a viewer knows its tiles."""
    scan = _with_derivatives(request, pk)
    return _zoom_member(request, scan, "zoom.dzi", "application/xml")


@door(decides_itself="scan_for", pk="scan", level="zoom_level", column="zoom_column", row="zoom_row")
@require_safe
def tile(request: HttpRequest, pk: int, level: int, column: int, row: int) -> HttpResponseBase:
    """One tile of the page."""
    scan = visible_scan(request, pk)
    words = watermark_of(request, scan)
    scan = with_derivatives(scan)
    member = f"zoom_files/{level}/{column}_{row}.jpg"
    if not words:
        return _zoom_member(request, scan, member, JPEG)

    def make() -> tuple[bytes, str]:
        return marked_picture(_read_member(scan, member), JPEG, words, column * TILE, row * TILE)

    return deliver_marked(request, make, name=f"{column}_{row}.jpg")


@door(decides_itself="scan_for", pk="scan")
@require_safe
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file the page is in, as it was delivered; for whoever may copy it."""
    scan = scan_for(request, pk)
    require(request.user, Right.COPY, scan.unit)
    delivered = DigitalObject.objects.filter(unit=scan.unit_id, master=scan.master_id).order_by("number").first()
    detail = {"page": scan.number, "sha256": scan.master.sha256}
    record(names.ORIGINAL, unit=scan.unit, user=request.user, request=request, detail=detail)
    return deliver(
        request,
        storages["masters"],
        scan.master.key,
        mime_type=scan.master.mime_type,
        name=delivered.name if delivered else scan.master.key.rsplit("/", 1)[-1],
        etag=scan.master.sha256,
        public=False,
        as_attachment=True,
    )


def scan_for(request: HttpRequest, pk: int) -> PageScan:
    """The page scan, if the reader may see the pages of its unit, with his look at it noted; else it is not there."""
    scan = visible_scan(request, pk)
    note_look(request, scan)
    return scan


def visible_scan(request: HttpRequest, pk: int) -> PageScan:
    """The page scan, if the reader may see the pages of its unit; else it is not there. His look is not noted yet."""
    scan = find_scan(pk)
    require(request.user, Right.VIEW, scan and scan.unit)
    return scan


def find_scan(pk: int) -> PageScan | None:
    """The page scan with what the decision and the delivery need of it; nothing is decided."""
    return with_rule(PageScan.objects.select_related("unit", "master").only(*NEEDED).filter(pk=pk)).first()


def note_look(request: HttpRequest, scan: PageScan) -> None:
    """Remember that somebody looks at a page that is not open."""
    if not scan.unit.is_open:
        record_look(scan.unit, user=request.user, request=request, detail={"page": scan.number})


def watermark_of(request: HttpRequest, scan: PageScan) -> str:
    """Note the look at a page; what is written across it, empty where there is no watermark."""
    detail = {"page": scan.number}
    return watermark_of_look(request, scan.unit, scan.watermark, is_open=scan.unit.is_open, detail=detail)


def _with_derivatives(request: HttpRequest, pk: int) -> PageScan:
    return with_derivatives(scan_for(request, pk))


def with_derivatives(scan: PageScan) -> PageScan:
    """``scan`` with its derivatives, made now where the job has not come to them yet; 404 where they cannot be."""
    try:
        if ensure_derivatives(scan):
            return scan
    except UNREADABLE as error:
        logger.exception("page scan %s cannot be shown", scan.pk)
        raise Http404 from error
    raise Http404


def name_of(scan: PageScan) -> str:
    """The name under which a page's picture is saved."""
    return f"{scan.unit.reference_code or scan.unit_id}-{scan.number:03}.jpg"


def is_public(scan: PageScan) -> bool:
    """Whether everybody gets the same picture of the page."""
    return is_for_everybody(scan.watermark, is_open=scan.unit.is_open)


def _zoom_member(request: HttpRequest, scan: PageScan, member: str, mime_type: str) -> HttpResponseBase:
    data = _read_member(scan, member)
    name = member.rsplit("/", 1)[-1]
    etag = f"{etag_of(scan.deep_zoom)}/{member}"
    return deliver_bytes(request, data, mime_type=mime_type, name=name, etag=etag, public=is_public(scan))


def _read_member(scan: PageScan, member: str) -> bytes:
    """The bytes of one member of the page's deep-zoom archive; 404 where it has none such."""
    try:
        data = read_member(storages["derivatives"], scan.deep_zoom, member)
    except FileNotFoundError as error:
        raise Http404 from error
    if data is None:
        raise Http404
    return data
