"""What an exhibit shows, and to whom: every picture, unit and page is asked for with the reader's rights."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Q
from django.http import HttpRequest
from wagtail.blocks import Block, ListBlock, PageChooserBlock, StreamValue, StructBlock, StructValue
from wagtail.blocks.list_block import ListValue
from wagtail.images.blocks import ImageChooserBlock

from fonds.access.decisions import is_archive_staff, visible
from fonds.access.enums import Right
from fonds.archive_pages.models import ArchivePage

from .choosers import known
from .curation import CARD, LARGE, MEDIUM, covers_of, trail_of
from .models import ArchiveImage, CollectionPage, ExhibitPage, PageScan
from .sharing import exhibit_data


@dataclass
class Picture:
    """A photograph as a block shows it: the editor's words, the record's credit."""

    image: ArchiveImage
    alt_text: str
    caption: str


@dataclass
class Material:
    """What one reader may see of what an exhibit is made of, by key."""

    images: dict[int, ArchiveImage]
    units: dict[int, ArchivePage]
    scans: dict[tuple[int, int], PageScan] = field(default_factory=dict)

    def picture(self, value) -> Picture | None:
        """The picture of a picture block's ``value``, or ``None`` where it may not be seen."""
        chosen = value.get("image") if value else None
        image = self.images.get(chosen.pk) if chosen else None
        return Picture(image, value.get("alt_text") or image.title, value.get("caption") or "") if image else None

    def unit(self, chosen) -> ArchivePage | None:
        """``chosen`` if it may be seen."""
        return self.units.get(chosen.pk) if chosen else None

    def scan(self, chosen, number: int | None) -> PageScan | None:
        """Page ``number`` of the unit ``chosen``, if its pages may be seen."""
        return self.scans.get((chosen.pk, number)) if chosen and number else None

    @property
    def not_open(self) -> list:
        """Pictures and units that visitors will not see: for the editor's eye."""
        return [thing for thing in (*self.images.values(), *self.units.values()) if not thing.is_open]


def exhibit_material(page: ExhibitPage, user) -> Material:
    """The pictures, units and pages in the panels of ``page``, in the language in force, that ``user`` may see; in four
    queries. The panels themselves find these and nothing else from then on."""
    body = page.local_body
    chosen = chosen_in(body)
    pictures = visible(ArchiveImage.objects.filter(pk__in=chosen.images), user).prefetch_renditions(MEDIUM, LARGE)
    pages = visible(ArchivePage.objects.live().filter(pk__in=chosen.units), user)
    scans = visible(PageScan.objects.filter(_places(chosen.places)), user, "unit__", Right.VIEW).defer("text")
    material = Material(
        {image.pk: image for image in (pictures if chosen.images else ())},
        {unit.pk: unit for unit in (pages if chosen.units else ())},
        {(scan.unit_id, scan.number): scan for scan in (scans if chosen.places else ())},
    )
    with known(material.images, material.units):
        for block in body:
            block.value  # noqa: B018 - read from the stored form now, and kept
    return material


def pictures_in(value) -> Iterator[StructValue]:
    """The values of picture blocks anywhere in a value, in the order of the story, also where no picture is chosen."""
    if isinstance(value, StructValue):
        if "image" in value:
            yield value
        for part in value.values():
            yield from pictures_in(part)
    elif isinstance(value, StreamValue):
        for block in value:
            yield from pictures_in(block.value)
    elif isinstance(value, ListValue):
        for part in value:
            yield from pictures_in(part)


def _places(places: set[tuple[int, int]]) -> Q:
    """The condition on page scans to be one of these (unit, number)."""
    condition = Q()
    for unit, number in places:
        condition |= Q(unit=unit, number=number)
    return condition


@dataclass
class Chosen:
    """The keys of what a story shows: photographs, units, and pairs of unit and page number."""

    images: set[int] = field(default_factory=set)
    units: set[int] = field(default_factory=set)
    places: set[tuple[int, int]] = field(default_factory=set)


def chosen_in(*bodies: StreamValue) -> Chosen:
    """What is chosen anywhere in these stories, read from their stored form without loading it."""
    chosen = Chosen()
    for body in bodies:
        for panel in body.raw_data:
            _gather(body.stream_block.child_blocks.get(panel["type"]), panel["value"], chosen)
    return chosen


def _gather(block: Block | None, raw, chosen: Chosen) -> None:
    if not raw:
        return
    if isinstance(block, ImageChooserBlock):
        chosen.images.add(raw)
    elif isinstance(block, PageChooserBlock):
        chosen.units.add(raw)
    elif isinstance(block, StructBlock):
        for name, child in block.child_blocks.items():
            _gather(child, raw.get(name), chosen)
        if raw.get("source") and raw.get("page"):
            chosen.places.add((raw["source"], raw["page"]))
    elif isinstance(block, ListBlock):
        for item in raw:
            stored = isinstance(item, dict) and {"id", "type", "value"} <= item.keys()
            _gather(block.child_block, item["value"] if stored else item, chosen)


def exhibit_context(page: ExhibitPage, request: HttpRequest) -> dict:
    """The template variables of an exhibit: its material, its cover, and what to look at next."""
    siblings = visible(ExhibitPage.objects.live().exclude(pk=page.pk), request.user)
    collections = visible(CollectionPage.objects.live(), request.user)
    next_pages = [*siblings.order_by("path")[:2], *collections.order_by("path")[:1]]
    covers = covers_of([page, *next_pages], request.user)
    return {
        "structured": exhibit_data(page, request),
        "trail": trail_of(page),
        "material": exhibit_material(page, request.user),
        "cover": covers.get(page.cover_id),
        "next_cards": [(other, covers.get(other.cover_id)) for other in next_pages],
        "for_staff": is_archive_staff(request.user),
        "card": CARD,
    }
