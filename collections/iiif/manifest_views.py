"""The addresses of manifests, collections, canvases and annotations."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from fonds.access.decisions import may, require, visible
from fonds.access.doors import PUBLIC, door
from fonds.access.enums import Right
from fonds.archive_pages.models import ArchivePage

from ..delivery.scan_views import scan_for
from ..doors import visible_photos
from ..models import ArchiveImage, CollectionPage, ExhibitPage, PageScan
from ..recordings.views import recording_for
from . import manifests, sound_and_film
from .answers import AUTH_CONTEXT, PRESENTATION_CONTEXT, linked_data, open_to_other_sites
from .pictures import known_scan
from .presentation import Maker, scans_of
from .texts import text_page


@door(pk="unit", part="iiif_number")
@open_to_other_sites
def unit(request: HttpRequest, pk: int, part: int = 0) -> HttpResponse:
    """The manifest of an item or a group of photographs, the collection of another unit; or a part of it."""
    page = get_object_or_404(visible(ArchivePage.objects.exclude(level=""), request.user), pk=pk).specific
    return _answer(request, manifests.unit_document(request, page, part))


@door(pk="unit", part="iiif_number")
@open_to_other_sites
def collection(request: HttpRequest, pk: int, part: int = 0) -> HttpResponse:
    """The manifest of a curated collection of photographs, or a part of it."""
    page = get_object_or_404(visible(CollectionPage.objects.live(), request.user), pk=pk)
    return _answer(request, manifests.curated_document(request, page, part))


@door(pk="unit")
@open_to_other_sites
def exhibit(request: HttpRequest, pk: int) -> HttpResponse:
    """The manifest of an exhibit."""
    page = get_object_or_404(visible(ExhibitPage.objects.live(), request.user), pk=pk)
    return _answer(request, manifests.exhibit_document(request, page))


@door(PUBLIC)
@open_to_other_sites
def everything(request: HttpRequest) -> HttpResponse:
    """The collection at the top."""
    return _answer(request, manifests.everything(request))


@door(decides_itself="pictures.known_scan", pk="scan_of_entry")
@open_to_other_sites
def scan_canvas(request: HttpRequest, pk: int) -> HttpResponse:
    """The canvas of one page."""
    known = known_scan(request.user, pk)
    scan = get_object_or_404(scans_of(known.unit), pk=pk)
    maker, is_shown = Maker(request), may(request.user, Right.VIEW, known.unit)
    canvas = maker.scan_canvas(scan) if is_shown else maker.closed_canvas(scan)
    canvas["partOf"] = [{"id": maker.address("iiif_unit", known.unit_id), "type": "Manifest"}]
    contexts = PRESENTATION_CONTEXT if is_shown else [AUTH_CONTEXT, PRESENTATION_CONTEXT]
    return _answer(request, {"@context": contexts, **canvas})


@door(decides_itself="doors.visible_photos", pk="photo")
@open_to_other_sites
def photo_canvas(request: HttpRequest, pk: int) -> HttpResponse:
    """The canvas of one photograph."""
    photo = visible_photos(ArchiveImage.objects.select_related("unit").filter(pk=pk), request.user).first()
    require(request.user, Right.VIEW, photo)
    return _answer(request, {"@context": PRESENTATION_CONTEXT, **Maker(request).photo_canvas(photo)})


@door(decides_itself="recordings.views.recording_for", pk="recording")
@open_to_other_sites
def recording_canvas(request: HttpRequest, pk: int) -> HttpResponse:
    """The canvas of one recording."""
    found = recording_for(request, pk)
    if not found.duration:
        raise Http404
    maker = Maker(request)
    whole = [{"id": maker.address("iiif_unit", found.file.unit_id), "type": "Manifest"}]
    canvas = sound_and_film.recording_canvas(maker, found)
    return _answer(request, {"@context": PRESENTATION_CONTEXT, **canvas, "partOf": whole})


@door(decides_itself="scan_views.scan_for", pk="scan")
@open_to_other_sites
def scan_texts(request: HttpRequest, pk: int) -> HttpResponse:
    """The text of one page, as annotations."""
    scan_for(request, pk)
    scan = PageScan.objects.get(pk=pk)
    return _answer(request, text_page(Maker(request), scan))


def _answer(request: HttpRequest, content: dict) -> HttpResponse:
    """What a visitor is told may be kept by everybody; what a signed-in reader is told is for that reader."""
    return linked_data(request, content, PRESENTATION_CONTEXT, public=not request.user.is_authenticated)
