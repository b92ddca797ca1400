"""The parts of which manifests are put together (IIIF Presentation API 3.0)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_noop, override
from wagtail.models import Site

from fonds.archive_pages.description import areas
from fonds.archive_pages.models import ArchivePage

from ..models import ArchiveImage, PageScan
from .authorisation import probe_service
from .languages import as_written, in_all_languages, in_both, tag_of

THUMBNAIL = "!240,240"
SHOWN = "!2000,2000"
CLOSED_SIZE = (2100, 2970)  # of a page that may not be seen: its real size is told to nobody
PAGE = gettext_noop("Page %(number)s")
PROVIDED_BY = gettext_noop("Provided by")
RECORD = gettext_noop("The record in the archive")
LICENCES = {
    "CC0": "http://creativecommons.org/publicdomain/zero/1.0/",
    "CC BY 4.0": "http://creativecommons.org/licenses/by/4.0/",
    "CC BY-SA 4.0": "http://creativecommons.org/licenses/by-sa/4.0/",
    "CC BY-NC 4.0": "http://creativecommons.org/licenses/by-nc/4.0/",
    "CC BY-ND 4.0": "http://creativecommons.org/licenses/by-nd/4.0/",
}


@dataclass(frozen=True)
class Maker:
    """Makes parts of manifests for one request; every address in them is absolute."""

    request: HttpRequest

    def address(self, name: str, *args) -> str:
        """The absolute address of one of the site's views."""
        return self.request.build_absolute_uri(reverse(name, args=args))

    def homepage(self, page: ArchivePage) -> list[dict]:
        """The page of the site about ``page``."""
        address = page.get_full_url(self.request) or self.request.build_absolute_uri("/")
        languages = [tag_of(language) for language, _name in settings.LANGUAGES]
        return [{"id": address, "type": "Text", "label": in_all_languages(RECORD), "format": "text/html",
                 "language": languages}]  # fmt: skip

    def see_also(self, page: ArchivePage) -> dict:
        """The description of ``page`` for programs, where the archive offers its API."""
        try:
            address = self.address("api_v2:pages:detail", page.pk)
        except NoReverseMatch:
            return {}
        data = {"id": address, "type": "Dataset", "label": in_all_languages(RECORD), "format": "application/json"}
        return {"seeAlso": [data]}

    def provider(self) -> dict:
        """Who keeps the archive, and the statement that must be shown."""
        site = Site.find_for_request(self.request)
        name = (site and site.site_name) or settings.WAGTAIL_SITE_NAME
        home = self.request.build_absolute_uri("/")
        page = {"id": home, "type": "Text", "label": as_written(name), "format": "text/html"}
        return {
            "requiredStatement": {"label": in_all_languages(PROVIDED_BY), "value": as_written(name)},
            "provider": [{"id": home, "type": "Agent", "label": as_written(name), "homepage": [page]}],
        }

    def scan_canvas(self, scan: PageScan) -> dict:
        """One page, which the reader may see; ``scans_of`` found it."""
        service = self.service("iiif_scan_base", scan.pk)
        canvas = self._canvas("iiif_scan_canvas", scan, (scan.width, scan.height), service)
        canvas["label"] = in_all_languages(PAGE, number=scan.number)
        if scan.has_text:
            canvas["annotations"] = [{"id": self.address("iiif_scan_texts", scan.pk), "type": "AnnotationPage"}]
        return canvas

    def closed_canvas(self, scan: PageScan) -> dict:
        """One page that the reader may know of and not see, with the services for signing in."""
        service = self.service("iiif_scan_base", scan.pk)
        canvas = self._canvas("iiif_scan_canvas", scan, CLOSED_SIZE, service)
        del canvas["thumbnail"]
        canvas["label"] = in_all_languages(PAGE, number=scan.number)
        body = canvas["items"][0]["items"][0]["body"]
        del body["width"], body["height"]
        body["service"].append(probe_service(self.request, scan.pk))
        return canvas

    def photo_canvas(self, photo: ArchiveImage, caption: str = "", alt_text: str = "") -> dict:
        """One photograph with its elements as metadata; ``caption`` and ``alt_text`` are an editor's, of an exhibit."""
        service = self.service("iiif_photo_base", photo.pk)
        canvas = self._canvas("iiif_photo_canvas", photo, size_of_photo(photo), service)
        canvas["label"] = as_written(photo.title)
        summary = caption or alt_text or photo.caption
        if summary:
            canvas["summary"] = as_written(summary)
        if entries := photo_metadata(photo):
            canvas["metadata"] = entries
        if photo.credit:
            canvas["requiredStatement"] = {"label": field_name("credit"), "value": as_written(photo.credit)}
        if photo.licence in LICENCES:
            canvas["rights"] = LICENCES[photo.licence]
        page = {"id": self.address("photo", photo.pk), "type": "Text", "format": "text/html"}
        canvas["homepage"] = [page | {"label": in_all_languages(RECORD)}]
        return canvas

    def service(self, name: str, pk: int) -> dict:
        """The Image API service of one picture."""
        return {"id": self.address(name, pk), "type": "ImageService3", "profile": "level2"}

    def thumbnail(self, service: dict, size: tuple[int, int]) -> list[dict]:
        """A small picture of ``service``, whose picture has so many pixels."""
        width, height = fitted(size, 240)
        return [{"id": f"{service['id']}/full/{width},{height}/0/default.jpg", "type": "Image",
                 "format": "image/jpeg", "width": width, "height": height, "service": [service]}]  # fmt: skip

    def _canvas(self, name: str, thing: PageScan | ArchiveImage, size: tuple[int, int], service: dict) -> dict:
        address = self.address(name, thing.pk)
        width, height = fitted(size, 2000)
        body = {"id": f"{service['id']}/full/{SHOWN}/0/default.jpg", "type": "Image", "format": "image/jpeg",
                "width": width, "height": height, "service": [service]}  # fmt: skip
        painting = {"id": f"{address}/painting", "type": "Annotation", "motivation": "painting", "target": address}
        return {
            "id": address,
            "type": "Canvas",
            "width": size[0],
            "height": size[1],
            "thumbnail": self.thumbnail(service, size),
            "items": [{"id": f"{address}/pictures", "type": "AnnotationPage", "items": [painting | {"body": body}]}],
        }


def scans_of(unit: ArchivePage) -> QuerySet:
    """The page scans of ``unit`` in their order with what a canvas needs, without their texts."""
    return unit.page_scans.order_by("number").only("unit", "number", "width", "height").annotate(has_text=~Q(text=""))


def fitted(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """``size`` with at most ``longest`` pixels on its longest side, never enlarged."""
    factor = min(1.0, longest / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def size_of_photo(photo: ArchiveImage) -> tuple[int, int]:
    """Width and height of a photograph as it is seen, upright."""
    if photo.exif.get("Orientation") in (5, 6, 7, 8):
        return photo.height, photo.width
    return photo.width, photo.height


def unit_metadata(unit: ArchivePage, *, staff: bool) -> list[dict]:
    """The description of ``unit``, label and value in each language, without its title."""
    in_language = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            elements = [element for area in areas(unit, staff=staff) for element in area.elements]
            in_language[tag_of(language)] = [(element.label, element.value) for element in elements]
    return [_entry(rows) for rows in _side_by_side(in_language)][1:]


def _side_by_side(in_language: dict[str, list[tuple[str, str]]]) -> Iterable[dict[str, tuple[str, str]]]:
    """The same element in all languages; the elements stand in the same order in each."""
    for rows in zip(*in_language.values(), strict=True):
        yield dict(zip(in_language, rows, strict=True))


def _entry(rows: dict[str, tuple[str, str]]) -> dict:
    values = {value for _label, value in rows.values()}
    same = len(values) == 1
    return {
        "label": {tag: [label] for tag, (label, _value) in rows.items()},
        "value": as_written(values.pop()) if same else {tag: [value] for tag, (_label, value) in rows.items()},
    }


def field_name(name: str) -> dict[str, list[str]]:
    """What a field of photographs is called."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            label = str(ArchiveImage._meta.get_field(name).verbose_name)
        found[tag_of(language)] = [label[:1].upper() + label[1:]]
    return found


def photo_metadata(photo: ArchiveImage) -> list[dict]:
    """The six elements of a photograph and its numbers, as far as they are filled."""
    names = ("photo_number", "occasion", "taken_text", "place", "persons", "background", "photographer", "licence")
    filled = [(name, getattr(photo, name)) for name in names]
    return [{"label": field_name(name), "value": as_written(value)} for name, value in filled if value]


def titles(page) -> dict:
    """Title and introduction of a curated page, in both languages."""
    found = {"label": in_both(page.title, page.title_en)}
    if page.introduction:
        found["summary"] = in_both(page.introduction, page.introduction_en)
    return found
