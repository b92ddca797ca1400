"""The public page of one photograph."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from fonds.access.decisions import require, visible
from fonds.access.doors import door
from fonds.access.enums import Right
from fonds.archive_pages.models import CodeRecord
from fonds.archive_pages.reference_codes import normalise_code

from .curation import LARGE, MEDIUM, THUMBNAIL, event_groups, neighbours, photos_shown_to
from .enums import ObjectRole
from .models import ArchiveImage, CollectionPage
from .sharing import photo_data


@door(decides_itself="curation.photos_shown_to", pk="photo")
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """A photograph with its six elements, its record and its neighbours in the collection ``?in=`` or its group."""
    image = get_object_or_404(photos_shown_to(request.user).prefetch_renditions(LARGE, MEDIUM), pk=pk)
    require(request.user, Right.VIEW, image)
    within = _collection(request)
    previous, following = neighbours(image, request.user, within)
    group = next(iter(event_groups([image], request.user).values()), None)
    context = {
        "photo": image,
        "structured": photo_data(image, request),
        "within": within,
        "group": group,
        "marks": image.marks.select_related("person"),
        "negatives": image.unit.digital_objects.filter(role=ObjectRole.NEGATIVE) if image.unit else [],
        "tags": image.tags.all(),
        "related": related_records(image, request.user),
        "previous": previous,
        "next": following,
        "large": LARGE,
        "medium": MEDIUM,
        "thumbnail": THUMBNAIL,
    }
    return render(request, "collections/photo.html", context)


def _collection(request: HttpRequest) -> CollectionPage | None:
    wanted = request.GET.get("in", "")
    if not wanted:
        return None
    if not wanted.isdecimal() or len(wanted) > 18:
        raise Http404
    return get_object_or_404(visible(CollectionPage.objects.live(), request.user), pk=int(wanted))


def related_records(image: ArchiveImage, user) -> list[dict]:
    """The records 参见号 names: with their page where ``user`` may see it, as a bare code where the archive has no
    such record, and not at all where there is one that may not be seen."""
    codes = [normalise_code(code) for code in re.split(r"[；;,，、\s]+", image.see_also) if code]
    if not codes:
        return []
    pages = {row.code: row.page for row in CodeRecord.objects.filter(code__in=codes).select_related("page")}
    shown = []
    for code in codes:
        page = pages.get(code)
        if code not in pages:
            shown.append({"code": code, "page": None})
        elif page and visible(type(page).objects.live().filter(pk=page.pk), user).exists():
            shown.append({"code": code, "page": page})
    return shown
