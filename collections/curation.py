"""What curated pages show, and to whom: the photographs of a collection, covers, neighbours.

Every picture and unit is asked for with the reader's rights (``fonds.access.decisions.visible``), counts and facets
too. The number of queries does not grow with the number of photographs.
"""

from dataclasses import dataclass, field
from itertools import groupby

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import ExtractYear
from django.http import HttpRequest
from taggit.models import TaggedItem

from fonds.access.decisions import visible
from fonds.archive_pages.models import ArchivePage
from fonds.reports.charts import columns

from .models import ArchiveImage, CollectionIndexPage, CollectionPage, ExhibitIndexPage
from .models.curation import CuratedPage
from .models.photographs import set_aside
from .photographs.terms import with_narrower
from .place_map import PlaceMap, drawn, positions_of
from .sharing import collection_data

PER_PAGE = 48
THUMBNAIL = "fill-400x300|jpegquality-80"
CARD = "fill-800x500|jpegquality-80"
LARGE = "max-1600x1600|jpegquality-85"
MEDIUM = "max-900x900|jpegquality-82"
GROUPINGS = ("all", "event", "year", "place")
TAGS_SHOWN = 40


def photos_shown_to(user) -> QuerySet:
    """All photographs ``user`` may see, with their unit, ready for a listing."""
    return visible(ArchiveImage.objects.all(), user).select_related("unit")


def collection_photos(page: CollectionPage, user) -> QuerySet:
    """The photographs of ``page`` that ``user`` may see: first those chosen by hand in their order, then those the
    rule brings, by time and number. A photograph appears once."""
    chosen = [place.image_id for place in page.chosen_photos.all()]
    rule = _rule_of(page)
    wanted = Q(pk__in=chosen)
    if rule is not None:
        wanted |= Q(pk__in=ArchiveImage.objects.filter(rule).values("pk"))
    places = [When(pk=pk, then=Value(place)) for place, pk in enumerate(chosen)]
    rank = Case(*places, default=Value(len(chosen)), output_field=IntegerField()) if places else Value(0)
    return photos_shown_to(user).filter(wanted).annotate(rank=rank).order_by("rank", *BY_TIME)


BY_TIME = ("taken_start", "photo_number", "pk")


def _rule_of(page: CollectionPage) -> Q | None:
    """The rule of ``page``: every filled line must apply; ``None`` where no line is filled. A controlled tag stands for
    all below it; a double in whose place another photograph is kept stays out."""
    lines = []
    if names := [tag.name for tag in page.rule_tags.all()]:
        lines.append(Q(tags__name__in=with_narrower(names)))
    if page.rule_group_id:
        lines.append(Q(unit__path__startswith=page.rule_group.path))
    if page.rule_from:
        lines.append(Q(taken_start__gte=page.rule_from))
    if page.rule_until:
        lines.append(Q(taken_start__lte=page.rule_until))
    rule = Q()
    for line in lines:
        rule &= line
    return rule & ~Q(pk__in=set_aside()) if lines else None


@dataclass
class Section:
    """Photographs under one heading: an event group, a year, or none."""

    heading: str
    note: str = ""
    group: ArchivePage | None = None
    photos: list[ArchiveImage] = field(default_factory=list)


def collection_grid(page: CollectionPage, request: HttpRequest) -> dict:
    """The template variables of a collection: one page of its grid in sections, tags and years with their counts."""
    photos = collection_photos(page, request.user)
    grouping = request.GET.get("by") if request.GET.get("by") in GROUPINGS else "all"
    tag, year = request.GET.get("tag", "").replace("\0", "").strip(), request.GET.get("year", "")
    total, tags, years = _facets(photos)
    if tag:
        photos = photos.filter(pk__in=ArchiveImage.objects.filter(tags__name=tag).values("pk"))
    if year.isdecimal() and len(year) == 4 and int(year):  # no calendar has a year 0
        photos = photos.filter(taken_start__year=int(year))
    place_map = None
    if grouping == "place":
        place_map, photos = _on_map(photos, request.GET.get("spot", ""))
    if grouping == "event":
        photos = photos.order_by("unit__path", *BY_TIME)
    elif grouping == "year":
        photos = photos.order_by(*BY_TIME)
    paginator = Paginator(photos.prefetch_renditions(THUMBNAIL), PER_PAGE)
    paginator.count = photos.count() if tag or year or place_map else total
    shown = paginator.get_page(request.GET.get("page"))
    shown.shown_numbers = near(shown)
    return {
        "trail": trail_of(page),
        "cover": covers_of([page], request.user).get(page.cover_id),
        "structured": collection_data(page, total, request),
        "time_line": columns([(str(taken), number) for taken, number in years]),
        "photos": shown,
        "sections": _sections(list(shown), grouping, request.user),
        "place_map": place_map,
        "spot": request.GET.get("spot", ""),
        "grouping": grouping,
        "tag": tag,
        "year": year,
        "tags": tags,
        "years": years,
        "total": total,
        "thumbnail": THUMBNAIL,
    }


def _on_map(photos: QuerySet, spot: str) -> tuple[PlaceMap | None, QuerySet]:
    """The map of ``photos``, and those of the chosen spot, or all that are on the map; without a map all of them."""
    place_map = drawn(positions_of(photos))
    if place_map is None:
        return None, photos
    chosen = [each for each in place_map.spots if str(each.number) == spot] or place_map.spots
    return place_map, photos.filter(pk__in=[pk for each in chosen for pk in each.photos])


def _facets(photos: QuerySet) -> tuple[int, list[tuple[str, int]], list[tuple[int, int]]]:
    """The number of ``photos``, their tags with counts (most used first), their years with counts."""
    keys = photos.order_by().values("pk")
    dated = ArchiveImage.objects.filter(pk__in=keys).annotate(taken_year=ExtractYear("taken_start"))
    years = dict(dated.order_by().values_list("taken_year").annotate(number=Count("pk")))
    tagged = TaggedItem.objects.filter(
        content_type__app_label="fonds_collections",
        content_type__model="archiveimage",
        object_id__in=keys,
    )
    counted = tagged.values_list("tag__name").annotate(number=Count("pk")).order_by("-number", "tag__name")
    return sum(years.values()), list(counted[:TAGS_SHOWN]), sorted((year, n) for year, n in years.items() if year)


def trail_of(page: CuratedPage) -> list[CuratedPage]:
    """The index page above ``page`` for the breadcrumb, titled in the reader's language."""
    model = CollectionIndexPage if isinstance(page, CollectionPage) else ExhibitIndexPage
    index = model.objects.filter(path=page.path[: -page.steplen]).first()
    if index is None:
        return []
    index.title = index.local_title
    return [index]


def near(page: Page) -> list[int]:
    """The page numbers worth a link: the first, the last and those around the present one."""
    last = page.paginator.num_pages
    return sorted({1, last, *range(max(1, page.number - 2), min(last, page.number + 2) + 1)})


def _sections(photos: list[ArchiveImage], grouping: str, user) -> list[Section]:
    if grouping == "year":
        runs = groupby(photos, key=lambda photo: photo.taken_start.year if photo.taken_start else None)
        return [Section(str(year or ""), photos=list(run)) for year, run in runs]
    if grouping != "event":
        return [Section("", photos=photos)] if photos else []
    groups = event_groups(photos, user)
    runs = groupby(photos, key=lambda photo: groups.get(photo.unit.path[: -photo.unit.steplen] if photo.unit else ""))
    return [
        Section(group.title if group else "", group.date_text if group else "", group, list(run)) for group, run in runs
    ]


def event_groups(photos: list[ArchiveImage], user) -> dict[str, ArchivePage]:
    """The units right above the units of ``photos`` (the event groups 组) that ``user`` may know of, by path. One query."""
    paths = {photo.unit.path[: -photo.unit.steplen] for photo in photos if photo.unit}
    groups = visible(ArchivePage.objects.filter(path__in=paths, level="file"), user)
    return {page.path: page for page in groups} if paths else {}


def neighbours(photo: ArchiveImage, user, within: CollectionPage | None = None) -> tuple:
    """The photographs before and after ``photo`` that ``user`` may see: in the collection ``within``, else in its
    event group; ``None`` at either end."""
    if within is not None:
        order = list(collection_photos(within, user).values_list("pk", flat=True))
    elif photo.unit:
        group = photo.unit.path[: -photo.unit.steplen]
        siblings = photos_shown_to(user).filter(unit__path__startswith=group).order_by("unit__path", "pk")
        order = list(siblings.values_list("pk", flat=True))
    else:
        return None, None
    if photo.pk not in order:
        return None, None
    place = order.index(photo.pk)
    wanted = [order[place - 1] if place else None, order[place + 1] if place + 1 < len(order) else None]
    found = photos_shown_to(user).prefetch_renditions(THUMBNAIL).in_bulk([pk for pk in wanted if pk])
    return found.get(wanted[0]), found.get(wanted[1])


def covers_of(pages: list, user) -> dict[int, ArchiveImage]:
    """The covers of ``pages`` that ``user`` may see, by key. Two queries at most."""
    wanted = {page.cover_id for page in pages if page.cover_id}
    if not wanted:
        return {}
    shown = visible(ArchiveImage.objects.filter(pk__in=wanted), user).prefetch_renditions(CARD, LARGE)
    return {image.pk: image for image in shown}


def shown_children(index, model, request: HttpRequest) -> dict:
    """The template variables of an index page: its live children that may be seen, with their covers, in pages."""
    children = visible(model.objects.child_of(index).live(), request.user).order_by("path")
    shown = Paginator(children, PER_PAGE // 4).get_page(request.GET.get("page"))
    shown.shown_numbers = near(shown)
    pages = list(shown)
    covers = covers_of(pages, request.user)
    return {"pages": shown, "cards": [(page, covers.get(page.cover_id)) for page in pages], "card": CARD}
