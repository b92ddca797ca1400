"""IIIF Image API 3, level 2: page scans under ``/iiif/scan/``, photographs under ``/iiif/photo/``."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from fonds.access.decisions import require
from fonds.access.doors import door
from fonds.access.enums import Right

from ..delivery.sending import deliver_bytes, deliver_marked
from ..derivatives import THUMBNAIL_LONGEST
from ..doors import visible_photos
from ..models import ArchiveImage
from .answers import IMAGE_CONTEXT, LEVEL, linked_data, open_to_other_sites
from .authorisation import closed_answer
from .parameters import FORMATS, MAX_AREA, MAX_SIDE, BadParameter, ImageRequest, read_request
from .pictures import Picture, SignInNeeded, known_scan, photo_picture, scan_picture

PARTS = {"region": "iiif_part", "size": "iiif_part", "rotation": "iiif_part", "quality": "iiif_part",
         "suffix": "iiif_part"}  # fmt: skip


@door(decides_itself="pictures.known_scan", pk="scan_of_entry")
@open_to_other_sites
def scan_base(request: HttpRequest, pk: int) -> HttpResponse:
    """The address of a page's picture itself leads to what is known of it (section 2)."""
    known_scan(request.user, pk)
    return _to_information("iiif_scan_info", pk)


@door(decides_itself="pictures.scan_picture", pk="scan_of_entry")
@open_to_other_sites
def scan_information(request: HttpRequest, pk: int) -> HttpResponse:
    """Size, tiles and limits of a page's picture."""
    return _answer(request, pk, scan_picture, partial(_information, base="iiif_scan_base"))


@door(decides_itself="pictures.scan_picture", pk="scan_of_entry", **PARTS)
@open_to_other_sites
def scan_image(request: HttpRequest, pk: int, **parts: str) -> HttpResponse:
    """A part of a page's picture, at a size."""
    return _answer(request, pk, scan_picture, partial(_image, base="iiif_scan_base", parts=tuple(parts.values())))


@door(decides_itself="doors.visible_photos", pk="photo")
@open_to_other_sites
def photo_base(request: HttpRequest, pk: int) -> HttpResponse:
    """The address of a photograph itself leads to what is known of it."""
    require(request.user, Right.VIEW, visible_photos(ArchiveImage.objects.filter(pk=pk), request.user).first())
    return _to_information("iiif_photo_info", pk)


@door(decides_itself="pictures.photo_picture", pk="photo")
@open_to_other_sites
def photo_information(request: HttpRequest, pk: int) -> HttpResponse:
    """Size, tiles and limits of a photograph."""
    return _answer(request, pk, photo_picture, partial(_information, base="iiif_photo_base"))


@door(decides_itself="pictures.photo_picture", pk="photo", **PARTS)
@open_to_other_sites
def photo_image(request: HttpRequest, pk: int, **parts: str) -> HttpResponse:
    """A part of a photograph, at a size."""
    return _answer(request, pk, photo_picture, partial(_image, base="iiif_photo_base", parts=tuple(parts.values())))


def _to_information(name: str, pk: int) -> HttpResponse:
    return HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": reverse(name, args=[pk])})


def _answer(request: HttpRequest, pk: int, find: Callable, answer: Callable) -> HttpResponse:
    """What ``answer`` makes of the picture that ``find`` gives; access is decided before a parameter is read."""
    try:
        return answer(request, pk, find(request, pk))
    except SignInNeeded:
        return closed_answer(request, pk)
    except FileNotFoundError as error:
        raise Http404 from error


def _information(request: HttpRequest, pk: int, picture: Picture, *, base: str) -> HttpResponse:
    """``info.json`` (section 5)."""
    width, height = picture.pyramid.size
    scales = picture.pyramid.scale_factors
    sizes = [(-(-width // scale), -(-height // scale)) for scale in reversed(scales)]
    content = {
        "@context": IMAGE_CONTEXT,
        "id": request.build_absolute_uri(reverse(base, args=[pk])),
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level2",
        "width": width,
        "height": height,
        "maxWidth": MAX_SIDE,
        "maxHeight": MAX_SIDE,
        "maxArea": MAX_AREA,
        "sizes": [{"width": w, "height": h} for w, h in sizes if max(w, h) <= MAX_SIDE and w * h <= MAX_AREA],
        "tiles": [{"width": picture.pyramid.tile_size, "scaleFactors": scales}],
        "preferredFormats": ["jpg", "webp"],
        "extraFormats": ["webp"],
        "extraQualities": ["color", "gray", "bitonal"],
        "extraFeatures": ["mirroring", "sizeUpscaling", "canonicalLinkHeader", "profileLinkHeader"],
    }
    return linked_data(request, content, IMAGE_CONTEXT, public=picture.is_public)


def _image(request: HttpRequest, pk: int, picture: Picture, *, base: str, parts: tuple) -> HttpResponse:
    try:
        wanted = read_request(picture.pyramid.size, parts)
    except BadParameter as error:
        return HttpResponse(str(error), status=HTTPStatus.BAD_REQUEST, content_type="text/plain; charset=utf-8")
    mime_type, name = FORMATS[wanted.format], f"{picture.name}.{wanted.format}"
    if picture.watermark and not _is_thumbnail(picture, wanted):
        answer = deliver_marked(
            request, lambda: (picture.pyramid.render(wanted, picture.watermark), mime_type), name=name
        )
    else:
        answer = deliver_bytes(
            request,
            lambda: picture.pyramid.stored_tile(wanted) or picture.pyramid.render(wanted),
            mime_type=mime_type,
            name=name,
            etag=f"{picture.etag}/{wanted.canonical.replace(',', '-')}",  # a comma would part it from the next
            public=picture.is_public,
        )
    address = request.build_absolute_uri(f"{reverse(base, args=[pk])}/{quote(wanted.canonical, safe='/,!')}")
    answer["Link"] = f'<{address}>;rel="canonical", <{LEVEL}>;rel="profile"'
    return answer


def _is_thumbnail(picture: Picture, wanted: ImageRequest) -> bool:
    """Whether the whole picture is wanted, so small that nothing on it can be read."""
    region, size = wanted.region, (wanted.width, wanted.height)
    return (region.width, region.height) == picture.pyramid.size and max(size) <= THUMBNAIL_LONGEST
