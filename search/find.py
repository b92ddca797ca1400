"""The search over entries, page texts, transcripts and photographs: every word a reader types must stand in the entry,
on one page, in one transcript, or in what is said of one photograph.

``find_units`` is the only door. The matching units are read once, at most ``COUNT_LIMIT`` and one more, already in
order; count, facets and pages all come from that one read, so they never disagree. Whether the reader may know of a
unit, and may see its pages, is part of each statement before anything is counted or left out.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from fonds.access.decisions import visible
from fonds.access.enums import Right
from fonds.archive_pages.folding import fold
from fonds.archive_pages.models import ArchivePage

from .engines import among, engine
from .facets import Facet, count_facets
from .narrowing import narrowing
from .page_hits import PageHit, best_pages
from .photographs import PhotoHit, best_photographs, units_of_photographs
from .query import LINE, Question, parse
from .state import require_current
from .transcripts import MomentHit, best_moments, units_of_transcripts

COUNT_LIMIT = 1000
PAGE_SIZE = 20
SORTS = ("relevance", "newest", "oldest", "code")
READ = (
    "pk", "path", "category_id", "year", "retention_id", "department_id", "scan_count", "opening_status", "level",
    "date_start", "sort_key",
)  # fmt: skip
Place = PageHit | MomentHit | PhotoHit
_DATE, _KEY = READ.index("date_start"), READ.index("sort_key")


@dataclass
class Found:
    """What was found: one page of ``hits`` with the best pages of each (``page_hits``, by key), the ``count``
    (``capped`` where there are more), facets over those. ``words`` are the folded fragments to mark."""

    hits: list[ArchivePage]
    count: int
    capped: bool
    facets: list[Facet]
    words: list[str]
    page: int = 1
    pages: int = 1
    filters: dict = field(default_factory=dict)
    page_hits: dict[int, list[Place]] = field(default_factory=dict)


def find_units(
    query: str,
    user,
    *,
    filters: Mapping[str, str] | None = None,
    sort: str = "relevance",
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> Found:
    """The units that ``user`` may know of in whose entry all words of ``query`` occur, or on one of whose pages, where
    he may see those.

    ``filters`` narrows: ``fonds`` (code), ``category`` (code), ``year``, ``retention`` (code), ``department`` (code),
    ``level``, ``scans`` (``1`` or ``0``), for staff ``status``; values that mean nothing are left out. An empty query
    with a filter lists that part of the archive; without either nothing is found. Raises ``state.OldIndex``.
    """
    require_current()
    question = parse(query)
    conditions = narrowing(filters or {}, user)
    if not question and not conditions:
        return Found([], 0, False, [], [])
    units = visible(ArchivePage.objects.exclude(level="").live(), user)
    narrowed = [*conditions.values(), *_years(question)]
    for condition in narrowed:
        units = units.filter(condition)
    rows = gather(question, units, user, sort, few=bool(narrowed))
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
        words=question.marks,
        page=page,
        pages=pages,
        filters={name: (filters or {})[name] for name in conditions},
        page_hits=_places(question, shown, user) if question.words and shown else {},
    )


def gather(question: Question, units: QuerySet, user, sort: str = "relevance", *, few: bool = False) -> list[tuple]:
    """``READ`` of those of ``units`` that answer ``question``, in order, at most ``COUNT_LIMIT`` and one more; ``few``
    where a reader has narrowed ``units``."""
    asked, unwanted = _of_entry(question)
    wanted = Q()
    for term in question.words:
        wanted &= engine().entries(term)
    entries = units.filter(asked & wanted & unwanted)
    rows = list(ordered(entries, question, sort).values_list(*READ)[: COUNT_LIMIT + 1])
    if not question.words or len(rows) > COUNT_LIMIT:
        return rows
    viewable = visible(units.filter(asked & unwanted), user, right=Right.VIEW)
    known = {row[0] for row in rows}
    density = _units_of_pages(question, viewable, known, few or bool(question.of_entry))
    for elsewhere in (
        units_of_transcripts(question, viewable, COUNT_LIMIT + 1),
        units_of_photographs(question, viewable, user, COUNT_LIMIT + 1),
    ):
        density.update({unit: count for unit, count in elsewhere.items() if unit not in known})
    if not density:
        return rows
    more = list(units.filter(among(density)).values_list(*READ))
    if sort == "relevance":
        return [*rows, *sorted(more, key=lambda row: (-density[row[0]], *_newest(row)))][: COUNT_LIMIT + 1]
    return sorted([*rows, *more], key=_SORT_KEYS[sort])[: COUNT_LIMIT + 1]


def _units_of_pages(question: Question, units: QuerySet, known: set[int], few: bool) -> Counter:
    """The units not ``known`` yet with pages that answer ``question``, and on how many of the newest it does; not more
    units than are to be counted, those with most pages."""
    density: Counter = Counter()
    most = COUNT_LIMIT + 1 - len(known)
    with closing(engine().pages_by_unit(question, units, few=few)) as lots:
        for lot in lots:
            density.update({unit: count for unit, count in lot.items() if unit not in known})
            if len(density) >= most:
                break
    return Counter(dict(sorted(density.items(), key=lambda row: (-row[1], -row[0]))[:most]))


def _places(question: Question, unit_ids: list[int], user) -> dict[int, list[Place]]:
    """The best pages, the moments of recordings and the photographs in these units."""
    places = best_pages(question, unit_ids, user)
    for others in (best_moments, best_photographs):
        for unit, more in others(question, unit_ids, user).items():
            places[unit] = [*places.get(unit, []), *more]
    return places


def _of_entry(question: Question) -> tuple[Q, Q]:
    """What is asked of the entry itself, of pages' units too, and what must not occur in it."""
    asked, unwanted = Q(), Q()
    for term in question.of_entry:
        condition = engine().entries(term)
        asked &= ~condition if term.negated else condition
    for term in question.unwanted:
        unwanted &= ~engine().entries(term)
    return asked, unwanted


def _years(question: Question) -> list[Q]:
    first, last = question.years or (None, None)
    return [Q(year__gte=first)] * (first is not None) + [Q(year__lte=last)] * (last is not None)


def ordered(units: QuerySet, question: Question, sort: str) -> QuerySet:
    """``units`` in the order asked for; by relevance: the code or number itself, then words in the title, then the
    rest."""
    newest = F("date_start").desc(nulls_last=True)
    if sort == "newest":
        return units.order_by(newest, "sort_key", "path")
    if sort == "oldest":
        return units.order_by(F("date_start").asc(nulls_last=True), "sort_key", "path")
    if sort == "code" or not question.words:
        return units.order_by("sort_key", "path")
    whole = fold(question.text)[:200]
    in_title = Q()
    for term in question.words:
        in_title &= Q(indexed__title__contains=term.text)
    rank = Case(
        When(Q(indexed__code__contains=f"{LINE}{whole}{LINE}") | Q(indexed__number=whole), then=Value(0)),
        When(indexed__title=whole, then=Value(1)),
        When(in_title, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return units.order_by(rank, newest, "sort_key", "path")


def _newest(row: tuple) -> tuple:
    return (-(row[_DATE] or date.min).toordinal(), row[_KEY])


_SORT_KEYS = {
    "newest": _newest,
    "oldest": lambda row: ((row[_DATE] or date.max).toordinal(), row[_KEY]),
    "code": lambda row: (row[_KEY], row[1]),
}


def _in_order(pks: list[int]) -> list[ArchivePage]:
    found = {unit.pk: unit for unit in ArchivePage.objects.filter(pk__in=pks).specific()}
    return [found[pk] for pk in pks if pk in found]
