"""What stands around a unit when a reader looks at it: where it is, what comes before and after, what it refers to.

Everything here passes ``visible``: an ancestor, neighbour or related record the reader may not see shows nothing.
"""

import re

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.models import Site

from fonds.access.decisions import is_archive_staff, may, visible
from fonds.access.enums import Right

from .description import areas
from .enums import Level
from .listings import list_children
from .models import ArchivePage
from .page_strip import PageStrip
from .reference_codes import normalise_code

RELATED_LIMIT = 50
NEAR = 40
# Two walks along the index, of NEAR rows each; PostgreSQL would read the whole table for an OR of two subqueries.
NEAR_SQL = " UNION ALL ".join(
    f"SELECT id FROM (SELECT id FROM {ArchivePage._meta.db_table} WHERE depth = %s AND sort_key {side} %s"
    f" ORDER BY sort_key {order} LIMIT {NEAR}) AS near_{name}"
    for name, side, order in (("before", "<=", "DESC"), ("after", ">=", "ASC"))
)
PICTURE = "max-1600x1200"
THUMBNAIL = "fill-400x300|jpegquality-80"
SHOWN = (
    "pk", "title", "url_path", "reference_code", "path", "depth", "numchild", "level", "content_type", "locale",
    "catalogue_class", "content_class",
)  # fmt: skip
_BETWEEN_CODES = re.compile(r"[;；,，、\s]+")


def unit_context(unit: ArchivePage, request: HttpRequest) -> dict:
    """The template context of a fonds, series, file or item page."""
    user = request.user
    before, after = neighbours(unit, user)
    context = {
        "trail": trail(unit, user),
        "areas": areas(unit, staff=is_archive_staff(user)),
        "citation": citation(unit, request),
        "may_certify": bool(unit.scan_count) and may(user, Right.CERTIFY, unit),
        "previous": before,
        "next": after,
    }
    if unit.level == Level.ITEM:
        context["strip"] = PageStrip(unit, request.GET) if may(user, Right.VIEW, unit) else None
        context["photos"] = photographs(unit, user)
        context["related"] = related(unit, user)
    else:
        context["listing"] = list_children(unit, user, request.GET)
        if unit.level == Level.FILE:
            context["pictures"] = pictures_of(context["listing"].rows, user)
    return context


def trail(page: ArchivePage, user) -> list[ArchivePage]:
    """The pages above ``page`` that the reader may see, from the list of fonds down (home is not among them)."""
    step = ArchivePage.steplen
    above = [page.path[:end] for end in range(step * 3, len(page.path), step)]
    if not above:
        return []
    pages = ArchivePage.objects.filter(path__in=above).live().only(*SHOWN)
    return list(visible(pages, user).order_by("path"))


def neighbours(unit: ArchivePage, user) -> tuple[ArchivePage | None, ArchivePage | None]:
    """The units before and after ``unit`` among its siblings, by the order of their codes.

    Siblings follow each other in the index of depth and code, so a few rows on either side nearly always hold them,
    however many siblings there are. Only at the ends of a series, or beside a long run of closed units, the whole
    series is asked.
    """
    near = visible(ArchivePage.objects.live(), user).filter(pk__in=RawSQL(NEAR_SQL, [unit.depth, unit.sort_key] * 2))
    family = unit.path[: -ArchivePage.steplen]
    # The family is picked out here, so that the database does not take its thousands of rows for the better start.
    before, after = _around(unit, [page for page in near.only(*SHOWN, "sort_key") if page.path.startswith(family)])
    siblings = visible(ArchivePage.objects.sibling_of(unit, inclusive=False).live(), user).only(*SHOWN)
    if not (before or after or siblings.exists()):
        return None, None
    before = before or siblings.filter(_beyond(unit, "lt")).order_by("-sort_key", "-path").first()
    after = after or siblings.filter(_beyond(unit, "gt")).order_by("sort_key", "path").first()
    return before, after


def _around(unit: ArchivePage, pages: list[ArchivePage]) -> tuple[ArchivePage | None, ArchivePage | None]:
    """The nearest of ``pages`` before and after ``unit``."""
    place = (unit.sort_key, unit.path)
    earlier = [page for page in pages if (page.sort_key, page.path) < place]
    later = [page for page in pages if (page.sort_key, page.path) > place]
    by_place = {"key": lambda page: (page.sort_key, page.path), "default": None}
    return max(earlier, **by_place), min(later, **by_place)


def _beyond(unit: ArchivePage, side: str) -> Q:
    return Q(**{f"sort_key__{side}": unit.sort_key}) | Q(sort_key=unit.sort_key, **{f"path__{side}": unit.path})


def related(unit: ArchivePage, user) -> QuerySet | list:
    """The records that ``see_also`` names, by their present codes or older ones."""
    codes = [normalise_code(code) for code in _BETWEEN_CODES.split(getattr(unit, "see_also", "")) if code]
    if not codes:
        return []
    named = Q(reference_code__in=codes) | Q(code_records__code__in=codes)
    pages = ArchivePage.objects.filter(named).exclude(pk=unit.pk).live().only(*SHOWN)
    return visible(pages, user).distinct().order_by("path")[:RELATED_LIMIT]


def photographs(unit: ArchivePage, user) -> QuerySet:
    """The photographs of ``unit`` that the reader may see, with what their pictures on the page need."""
    return (
        visible(unit.photos.all(), user, right=Right.VIEW).prefetch_renditions(PICTURE).order_by("photo_number", "pk")
    )


def pictures_of(units: list[ArchivePage], user) -> list[tuple[ArchivePage, object]]:
    """Those of ``units`` that have a photograph the reader may see, each with its first one; for a group of photos."""
    photo_model = ArchivePage._meta.get_field("photos").related_model
    found = visible(photo_model.objects.filter(unit__in=units), user, right=Right.VIEW).prefetch_renditions(THUMBNAIL)
    first = {photo.unit_id: photo for photo in found.order_by("-photo_number", "-pk")}
    return [(unit, first[unit.pk]) for unit in units if unit.pk in first]


def citation(unit: ArchivePage, request: HttpRequest) -> str:
    """How to cite a unit: who keeps it, its code, title, creator and date."""
    site = Site.find_for_request(request)
    keeper = site.site_name if site and site.site_name else "Fonds"
    title = _("“%(title)s”") % {"title": unit.title}
    parts = [keeper, unit.reference_code, title, unit.document_number, unit.creator, unit.date_text]
    return _(", ").join(part for part in parts if part)
