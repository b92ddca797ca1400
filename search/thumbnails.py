"""The small pictures beside hits: the first page of what is scanned, or the photograph."""

from django.urls import NoReverseMatch, reverse

from fonds.access.decisions import visible
from fonds.access.enums import Right
from fonds.collections.models import ArchiveImage, PageScan

PHOTO_SIZE = "fill-160x120"


def thumbnails(units: list, user) -> dict[int, str]:
    """The address of a small picture for each of ``units`` that has one the reader may see, by primary key."""
    keys = [unit.pk for unit in units]
    if not keys:
        return {}
    photos = visible(ArchiveImage.objects.filter(unit_id__in=keys), user, right=Right.VIEW).prefetch_renditions(
        PHOTO_SIZE
    )
    pictures = {photo.unit_id: photo.get_rendition(PHOTO_SIZE).url for photo in photos.order_by("-photo_number", "-pk")}
    scanned = [unit.pk for unit in units if unit.scan_count]
    scans = visible(PageScan.objects.filter(unit_id__in=scanned, number=1), user, "unit__", Right.VIEW)
    for unit_id, pk in scans.values_list("unit_id", "pk"):
        pictures.setdefault(unit_id, _address(pk))
    return {unit_id: address for unit_id, address in pictures.items() if address}


def _address(scan_pk: int) -> str:
    try:
        return reverse("scan_thumbnail", args=[scan_pk])
    except NoReverseMatch:
        return ""
