"""Manifests and collections for one reader: of units, of curated collections, of exhibits.

Everything in them was asked for with the reader's rights. The number of queries does not grow with the number of pages
or pictures; what has more than ``PER_PART`` of them is given in parts.
"""

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_noop

from fonds.access.decisions import is_archive_staff, may, visible
from fonds.access.enums import Right
from fonds.archive_pages.enums import Level
from fonds.archive_pages.models import ArchivePage, FondsPage

from ..curation import collection_photos, photos_shown_to
from ..exhibits import Picture, exhibit_material, pictures_in
from ..models import CollectionPage, ExhibitPage, Recording
from .answers import AUTH_CONTEXT, PRESENTATION_CONTEXT
from .languages import as_written, in_all_languages
from .presentation import Maker, scans_of, titles, unit_metadata
from .sound_and_film import chapters_of, recording_canvas, recordings_of

PER_PART = 500
PART = gettext_noop("Part %(number)s")
ALL = gettext_noop("The whole archive")


def unit_document(request: HttpRequest, unit: ArchivePage, part: int = 0) -> dict:
    """What is told of ``unit``, of which the reader may know: the manifest of an item or a group of photographs, the
    collection of what stands below other units. ``part`` counts from 1; 0 is the whole. 404 where there is nothing."""
    maker = Maker(request)
    about = {
        "label": as_written(unit.title),
        "metadata": unit_metadata(unit, staff=is_archive_staff(request.user)),
        "homepage": maker.homepage(unit),
        **maker.see_also(unit),
        **maker.provider(),
    }
    photos = _photos_below(unit, request.user) if unit.level in (Level.ITEM, Level.FILE) else None
    if unit.level == Level.ITEM:
        return _item(maker, unit, photos, part, about)
    if photos is not None and (count := photos.count()):
        return _in_parts(maker, ("iiif_unit", unit.pk), count, part, about, lambda first, last: [
            maker.photo_canvas(photo) for photo in photos[first:last]
        ])  # fmt: skip
    return _units_below(maker, unit, part, about)


def _item(maker: Maker, unit: ArchivePage, photos: QuerySet, part: int, about: dict) -> dict:
    """The pages of an item, then its recordings and photographs. Pages that may not be seen are told of, with the way to
    sign in."""
    is_shown = may(maker.request.user, Right.VIEW, unit)
    scans = scans_of(unit)
    recordings = list(recordings_of(unit)) if is_shown else []
    total = unit.scan_count

    def canvases(first: int, last: int) -> list[dict]:
        make = maker.scan_canvas if is_shown else maker.closed_canvas
        found = [make(scan) for scan in scans[first:last]]
        if last >= total:
            found += [recording_canvas(maker, recording) for recording in recordings]
            found += [maker.photo_canvas(photo) for photo in photos]
        return found

    if chapters := chapters_of(maker, recordings):
        about = {**about, "structures": chapters}

    made = _in_parts(maker, ("iiif_unit", unit.pk), max(total, 1), part, about, canvases)
    if not is_shown and total:
        made["@context"] = [AUTH_CONTEXT, PRESENTATION_CONTEXT]
    return made


def _photos_below(unit: ArchivePage, user) -> QuerySet:
    """The photographs of ``unit`` and of what stands below it, in the order of their units."""
    return photos_shown_to(user).filter(unit__path__startswith=unit.path).order_by("unit__path", "photo_number", "pk")


def _units_below(maker: Maker, unit: ArchivePage, part: int, about: dict) -> dict:
    user = maker.request.user
    below = visible(ArchivePage.objects.child_of(unit).live(), user)
    photos = photos_shown_to(user).filter(unit=OuterRef("pk"))
    heard = visible(
        Recording.objects.filter(file__unit=OuterRef("pk"), duration__gt=0), user, "file__unit__", Right.VIEW
    )
    has_something = ~Q(level=Level.ITEM) | Q(scan_count__gt=0) | Exists(photos) | Exists(heard)
    below = below.filter(has_something).order_by("sort_key", "path")
    below = below.only("title", "level", "scan_count")

    def references(first: int, last: int) -> list[dict]:
        return [reference(maker, page) for page in below[first:last]]

    return _in_parts(maker, ("iiif_unit", unit.pk), below.count(), part, about, references, "Collection")


def reference(maker: Maker, page: ArchivePage) -> dict:
    """A unit as it is named in a collection."""
    kind = "Manifest" if page.level == Level.ITEM and page.scan_count <= PER_PART else "Collection"
    return {"id": maker.address("iiif_unit", page.pk), "type": kind, "label": as_written(page.title)}


def curated_document(request: HttpRequest, page: CollectionPage, part: int = 0) -> dict:
    """The photographs of a curated collection."""
    maker = Maker(request)
    photos = collection_photos(page, request.user)
    about = {**titles(page), "homepage": maker.homepage(page), **maker.provider()}
    return _in_parts(maker, ("iiif_collection", page.pk), photos.count(), part, about, lambda first, last: [
        maker.photo_canvas(photo) for photo in photos[first:last]
    ])  # fmt: skip


def exhibit_document(request: HttpRequest, page: ExhibitPage) -> dict:
    """The pictures of an exhibit in the order of its story, with the words its editor gave them."""
    maker = Maker(request)
    material = exhibit_material(page, request.user)
    shown: dict[int, Picture] = {}
    for picture in filter(None, (material.picture(value) for value in pictures_in(page.local_body))):
        shown.setdefault(picture.image.pk, picture)
    about = {**titles(page), "homepage": maker.homepage(page), **maker.provider()}
    canvases = [maker.photo_canvas(one.image, one.caption, one.alt_text) for one in shown.values()]
    return _document(maker.address("iiif_exhibit", page.pk), "Manifest", about, canvases)


def everything(request: HttpRequest) -> dict:
    """The collection that leads to all others: fonds, curated collections, exhibits."""
    maker, user = Maker(request), request.user
    items = [reference(maker, page) for page in visible(FondsPage.objects.live(), user).order_by("sort_key")]
    for model, name in ((CollectionPage, "iiif_collection"), (ExhibitPage, "iiif_exhibit")):
        for page in visible(model.objects.live(), user).order_by("path")[:PER_PART]:
            items.append({"id": maker.address(name, page.pk), "type": "Manifest", "label": titles(page)["label"]})
    about = {"label": in_all_languages(ALL), **maker.provider()}
    return _document(maker.address("iiif_all"), "Collection", about, items)


def _in_parts(
    maker: Maker, place: tuple[str, int], count: int, part: int, about: dict, items: Callable, kind: str = "Manifest"
) -> dict:
    """``items(first, last)`` as one document, or as a collection of parts where there are too many. 404 for a part
    that is not there."""
    name, pk = place
    parts = -(-count // PER_PART)
    if part > parts or (part and parts == 1):
        raise Http404
    if parts > 1 and not part:
        references = [
            {
                "id": maker.address(f"{name}_part", pk, number),
                "type": kind,
                "label": in_all_languages(PART, number=number),
            }
            for number in range(1, parts + 1)
        ]
        behaviour = {"behavior": ["multi-part"]} if kind == "Manifest" else {}
        return _document(maker.address(name, pk), "Collection", {**about, **behaviour}, references)
    first = max(0, part - 1) * PER_PART
    address = maker.address(f"{name}_part", pk, part) if part else maker.address(name, pk)
    if part:
        whole = {"id": maker.address(name, pk), "type": "Collection", "label": about["label"]}
        about = {**about, "partOf": [whole]}
    return _document(address, kind, about, items(first, first + PER_PART))


def _document(address: str, kind: str, about: dict, items: list[dict]) -> dict:
    """A manifest or collection; 404 for a manifest without a canvas, which is none."""
    if kind == "Manifest" and not items:
        raise Http404
    if kind == "Manifest" and "thumbnail" in items[0]:
        about = {**about, "thumbnail": items[0]["thumbnail"]}
    return {"@context": PRESENTATION_CONTEXT, "id": address, "type": kind, **about, "items": items}
