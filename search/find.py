"""The search over the catalogue: every word a reader types must stand somewhere in the entry.

``find_units`` is the only door: what is behind it (a plain substring search over the folded text of entries) can be
replaced without a caller noticing. The matching units are read once, at most ``COUNT_LIMIT`` and one more, already in
order; count, facets and pages all come from that one read, so they never disagree and never tell of a unit that the
reader may not see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from fonds.access.decisions import is_archive_staff, visible
from fonds.access.enums import OpeningStatus
from fonds.archive_pages.models import ArchivePage, CodeRecord
from fonds.archive_pages.reference_codes import normalise_code

from .facets import Facet, count_facets
from .query import parse

COUNT_LIMIT = 1000
PAGE_SIZE = 20
SORTS = ("relevance", "newest", "oldest", "code")
READ = ("pk", "path", "category_id", "year", "retention_id", "department_id", "scan_count", "opening_status")


@dataclass
class Found:
    """What was found: one page of ``hits``, the ``count`` (``capped`` where there are more), facets over those."""

    hits: list[ArchivePage]
    count: int
    capped: bool
    facets: list[Facet]
    words: list[str]
    page: int = 1
    pages: int = 1
    filters: dict = field(default_factory=dict)


def find_units(
    query: str,
    user,
    *,
    filters: Mapping[str, str] | None = None,
    sort: str = "relevance",
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> Found:
    """The units that ``user`` may know of in which all words of ``query`` occur.

    ``filters`` narrows: ``fonds`` (code), ``category`` (code), ``year``, ``retention`` (code), ``department`` (code),
    ``scans`` (``1`` or ``0``), for staff ``status``; values that mean nothing are left out. An empty query with a filter lists that part of
    the archive; without either nothing is found.
    """
    words = parse(query).marks
    conditions = narrowing(filters or {}, staff=is_archive_staff(user))
    if not words and not conditions:
        return Found([], 0, False, [], words)
    units = visible(ArchivePage.objects.exclude(level="").live(), user)
    units = matching(units, words, query)
    for condition in conditions.values():
        units = units.filter(condition)
    rows = list(ordered(units, words, query, sort).values_list(*READ)[: COUNT_LIMIT + 1])
    capped = len(rows) > COUNT_LIMIT
    rows = rows[:COUNT_LIMIT]
    pages = max(1, -(-len(rows) // page_size))
    page = max(1, min(page, pages))
    shown = [row[0] for row in rows[(page - 1) * page_size : page * page_size]]
    return Found(
        hits=_in_order(shown),
        count=len(rows),
        capped=capped,
        facets=count_facets(rows, user),
        words=words,
        page=page,
        pages=pages,
        filters={name: (filters or {})[name] for name in conditions},
    )


def matching(units: QuerySet, words: list[str], query: str) -> QuerySet:
    """``units`` in which every one of ``words`` occurs, and the unit that ``query`` names by a code of former days."""
    everything = Q()
    for word in words:
        everything &= Q(search_text__contains=word)
    former = CodeRecord.objects.filter(code=normalise_code(query)[:100], is_current=False, page__isnull=False)
    return units.filter(everything | Q(pk__in=list(former.values_list("page_id", flat=True)[:1])))


def narrowing(filters: Mapping[str, str], *, staff: bool = False) -> dict[str, Q]:
    """The conditions that ``filters`` mean, by name; only ``staff`` may ask for an opening status."""
    conditions: dict[str, Q] = {}
    for name in ("category", "retention", "department"):
        if filters.get(name):
            conditions[name] = Q(**{f"{name}__code": filters[name]})
    if filters.get("fonds"):
        conditions["fonds"] = _in_fonds(filters["fonds"])
    if filters.get("year", "").isdecimal() and len(filters["year"]) <= 4:
        conditions["year"] = Q(year=int(filters["year"]))
    if filters.get("scans") in {"0", "1"}:
        conditions["scans"] = Q(scan_count__gt=0) if filters["scans"] == "1" else Q(scan_count=0)
    if staff and filters.get("status") in OpeningStatus.values:
        conditions["status"] = Q(opening_status=filters["status"])
    return conditions


def _in_fonds(code: str) -> Q:
    path = ArchivePage.objects.filter(reference_code=normalise_code(code)).values_list("path", flat=True).first()
    return Q(path__startswith=path) if path else Q(pk__in=[])


def ordered(units: QuerySet, words: list[str], query: str, sort: str) -> QuerySet:
    """``units`` in the order asked for; by relevance: the code itself, then words in the title, then the rest."""
    newest = F("date_start").desc(nulls_last=True)
    if sort == "newest":
        return units.order_by(newest, "sort_key", "path")
    if sort == "oldest":
        return units.order_by(F("date_start").asc(nulls_last=True), "sort_key", "path")
    if sort == "code" or not words:
        return units.order_by("sort_key", "path")
    in_title = Q()
    for word in words:
        in_title &= Q(title__icontains=word)
    rank = Case(
        When(Q(reference_code=normalise_code(query)[:100]), then=Value(0)),
        When(Q(title__iexact=query.strip()), then=Value(1)),
        When(in_title, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return units.order_by(rank, newest, "sort_key", "path")


def _in_order(pks: list[int]) -> list[ArchivePage]:
    found = ArchivePage.objects.select_related("retention").in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]
