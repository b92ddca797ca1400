"""The printed catalogue of an exhibit: its story, pictures, quotations and records as a PDF, within a reader's rights."""

import hashlib
from collections.abc import Collection

from django.core.cache import cache
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from fonds.access.classes import class_of
from fonds.access.decisions import visible, visible_q
from fonds.access.doors import PUBLIC, door
from fonds.access.enums import Rank, Right
from fonds.reports.press import Asset, render_pdf

from .blocks import MaterialBlock
from .curation import LARGE, MEDIUM, covers_of
from .exhibits import Material, exhibit_material
from .models import ArchiveImage, ExhibitPage, PageScan
from .page_images import UNREADABLE, page_jpeg

PICTURE, SCAN_LONGEST = MEDIUM, 1200
KEPT_SECONDS = 3600


def catalogue_pdf(page: ExhibitPage, user) -> bytes:
    """The catalogue of ``page`` in the language in force, with what ``user`` may see, of what is not open only what he may
    print. Kept for an hour, by what is in it."""
    material = _printable(exhibit_material(page, user), user)
    cover = covers_of([page], user).get(page.cover_id)
    if cover and not _may_print([cover.pk], ArchiveImage, "", user):
        cover = None
    inside = (sorted(material.images), sorted(material.units), sorted(scan.pk for scan in material.scans.values()))
    stand = page.last_published_at or page.latest_revision_created_at
    said = repr((page.pk, stand, get_language(), inside, cover and cover.pk))
    key = "exhibit-catalogue:" + hashlib.sha256(said.encode()).hexdigest()
    pdf = cache.get(key)
    if pdf is None:
        context = {"page": page, "panels": _panels(page, material), "cover": cover}
        pdf = render_pdf("collections/reports/catalogue.html", context, assets=_assets(material, cover))
        cache.set(key, pdf, KEPT_SECONDS)
    return pdf


def _printable(material: Material, user) -> Material:
    """``material`` without the pictures and pages that are not open and that ``user`` may not print."""
    images = _may_print(material.images, ArchiveImage, "", user)
    scans = _may_print([scan.pk for scan in material.scans.values()], PageScan, "unit__", user)
    return Material(
        {pk: image for pk, image in material.images.items() if pk in images},
        material.units,
        {place: scan for place, scan in material.scans.items() if scan.pk in scans},
    )


def _may_print(keys: Collection[int], model: type, prefix: str, user) -> set[int]:
    if not keys:
        return set()
    is_open = Q(**{f"{prefix}content_class": class_of(Rank.PUBLIC)})
    path = "path" if prefix else model.access_path
    rows = model.objects.filter(is_open | visible_q(user, prefix, Right.PRINT, path), pk__in=list(keys))
    return set(rows.values_list("pk", flat=True))


def _panels(page: ExhibitPage, material: Material) -> list[dict]:
    """The panels with what is shown of each; one of which nothing may be seen is left out."""
    panels = []
    for block in page.local_body:
        shown = block.block.shown(block.value, material) if isinstance(block.block, MaterialBlock) else {}
        pictures = [shown.get(name) for name in ("picture", "before", "after")] + shown.get("pictures", [])
        pictures = list(filter(None, pictures))
        if shown and not pictures and not any(shown.values()):
            continue
        panels.append({"kind": block.block_type, "value": block.value, "shown": shown, "pictures": pictures})
    return panels


def _assets(material: Material, cover: ArchiveImage | None) -> dict[str, Asset]:
    assets = {f"photo-{pk}": _rendition(image, PICTURE) for pk, image in material.images.items()}
    for scan in material.scans.values():
        try:
            assets[f"scan-{scan.pk}"] = Asset(page_jpeg(scan, SCAN_LONGEST), "image/jpeg")
        except UNREADABLE:
            continue  # the words stand without their page
    if cover:
        assets["cover"] = _rendition(cover, LARGE)
    return assets


def _rendition(image: ArchiveImage, spec: str) -> Asset:
    made = image.get_rendition(spec)
    with made.file.open("rb") as file:
        return Asset(file.read(), "image/jpeg" if made.file.name.lower().endswith((".jpg", ".jpeg")) else "image/png")


@door(PUBLIC, pk="unit")
@require_safe
def exhibit_catalogue(request: HttpRequest, pk: int) -> HttpResponse:
    """The catalogue of a public exhibit, for whoever may visit it."""
    page = visible(ExhibitPage.objects.live(), request.user).filter(pk=pk).first()
    if page is None:
        raise Http404
    answer = HttpResponse(catalogue_pdf(page, request.user), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(False, f"{page.slug}.pdf")
    answer["Cache-Control"] = "private, no-store"
    return answer
