"""Who can see a unit, and why; what a person can see. For managers and security administrators."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..classes import LAST_OWNED, OWNED, rank_of
from ..decisions import visible_q
from ..enums import OpeningStatus, Rank, Right
from ..models import Clearance, Grant, User
from ..sight import GRANTABLE, Sight, sight_of

CHAIN = (
    "pk", "path", "depth", "level", "title", "reference_code", "live", "opening_status", "closed_until", "secrecy",
    "catalogue_rank", "content_rank", "catalogue_class", "content_class", "department_id",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Why an entry, or the pages, are at the rank they are: ``page`` is where that rank comes from."""

    rank: Rank
    page: object
    reasons: Sequence[str]
    is_own: bool


@dataclass(frozen=True)
class Reach:
    """How far the clearance of one group reaches a unit; ``people`` counts its active members whom it lets in."""

    group: object
    entry: bool
    pages: bool
    copy: bool
    prints: bool
    people: int
    own_department_only: bool


def unit_model() -> type:
    """The model of the pages of the tree, which stands in a room above this one."""
    return Grant._meta.get_field("unit").related_model


def chain_of(unit) -> list:
    """The pages from the top of the site down to ``unit``."""
    step = type(unit).steplen
    paths = [unit.path[:end] for end in range(step * 2, len(unit.path) + 1, step)]
    return list(unit_model().objects.filter(path__in=paths).only(*CHAIN).order_by("depth"))


def sources_of(chain: list) -> tuple[Source, Source]:
    """Where the ranks in force of the entry and of the pages of the last in ``chain`` come from."""
    return _source(chain, "catalogue"), _source(chain, "content")


def _source(chain: list, kind: str) -> Source:
    unit = chain[-1]
    rank = rank_of(getattr(unit, f"{kind}_class"))
    page = next(page for page in chain if rank_of(getattr(page, f"{kind}_class")) >= rank)
    return Source(rank, page, list(_reasons(page, kind, rank)), page.pk == unit.pk)


def _reasons(page, kind: str, rank: Rank):
    """What raises ``page`` itself to ``rank``; content stands under the rank of the entry too."""
    if rank == Rank.PUBLIC:
        return
    entry = kind == "catalogue"
    if getattr(page, f"{kind}_rank") >= rank:
        yield _("its own rank: %(rank)s") % {"rank": rank.label}
    if page.secrecy.startswith(("机密", "绝密")):
        yield _("secrecy mark %(mark)s") % {"mark": page.secrecy}
    if not page.live and rank <= Rank.RESTRICTED:
        yield _("not published")
    floor = settings.FONDS_UNOPENED_CATALOGUE_RANK if entry else settings.FONDS_UNOPENED_CONTENT_RANK
    if floor >= rank:
        if page.opening_status != OpeningStatus.OPEN:
            yield _("opening status: %(status)s") % {"status": page.get_opening_status_display()}
        if page.closed_until and page.closed_until >= timezone.localdate():
            yield _("closed until %(date)s") % {"date": date_format(page.closed_until)}
    if not entry and rank_of(page.catalogue_class) >= rank:
        yield _("the rank of its entry")


def reaches(unit) -> list[Reach]:
    """The groups whose clearance lets their members see the entry of ``unit``, with how many people that are."""
    owner = unit.owner_department_id
    active = Q(group__user__is_active=True)
    rows = Clearance.objects.select_related("group").annotate(
        people=Count("group__user", filter=active, distinct=True),
        own_people=Count("group__user", filter=active & Q(group__user__department_id=owner or 0), distinct=True),
    )
    return [reach for row in rows if (reach := _reach(row, unit)).entry]


def _reach(row: Clearance, unit) -> Reach:
    owned = OWNED <= unit.catalogue_class <= LAST_OWNED
    sight = Sight(
        Rank(row.catalogue_rank), Rank(row.content_rank), row.all_departments, unit.owner_department_id,
        row.may_copy, row.may_print,
    )  # fmt: skip
    limited = owned and not row.all_departments
    return Reach(
        row.group,
        sight.reaches(unit.catalogue_class, Right.CATALOGUE),
        sight.reaches(unit.content_class, Right.VIEW),
        sight.reaches(unit.content_class, Right.COPY),
        sight.reaches(unit.content_class, Right.PRINT),
        row.own_people if limited else row.people,
        limited or (OWNED <= unit.content_class <= LAST_OWNED and not row.all_departments),
    )


def grants_covering(unit, today: dt.date | None = None) -> QuerySet[Grant]:
    """Every grant in force for ``unit`` or a page above it; none where it is sealed."""
    if unit.catalogue_class > GRANTABLE:
        return Grant.objects.none()
    step = type(unit).steplen
    paths = [unit.path[:end] for end in range(step, len(unit.path) + 1, step)]
    rows = Grant.objects.active(today).filter(unit__path__in=paths)
    return rows.select_related("user", "group", "unit", "approver").order_by("unit__depth", "ends_on", "pk")


def clearances_of(person: User) -> list[Clearance]:
    """The clearances of the groups of ``person``."""
    return list(Clearance.objects.filter(group__user=person).select_related("group"))


def counts_for(person: User) -> list[tuple[Rank, int, int]]:
    """By rank in force: of how many units ``person`` may see the entry, and of how many the pages. One query."""
    rows = (
        unit_model()
        .objects.exclude(level="")
        .order_by()
        .values_list("catalogue_class", "content_class")
        .annotate(
            entries=Count("pk", filter=visible_q(person, right=Right.CATALOGUE)),
            pages=Count("pk", filter=visible_q(person, right=Right.VIEW)),
        )
    )
    entries, pages = dict.fromkeys(Rank, 0), dict.fromkeys(Rank, 0)
    for catalogue_class, content_class, seen, read in rows:
        entries[rank_of(catalogue_class)] += seen
        pages[rank_of(content_class)] += read
    return [(rank, entries[rank], pages[rank]) for rank in Rank]


def sight_in_words(person: User) -> list[str]:
    """The sum of a person's clearances in sentences."""
    sight = sight_of(person)
    words = {"entries": sight.catalogue.label, "pages": sight.content.label}
    lines = [_("Entries up to “%(entries)s”, pages up to “%(pages)s”.") % words]
    if sight.all_departments:
        lines.append(_("Of all departments."))
    elif Rank.DEPARTMENT in (sight.catalogue, sight.content):
        lines.append(_("Of the own department only."))
    return lines
