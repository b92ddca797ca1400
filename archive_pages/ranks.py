"""Setting who may see a unit and all below it: its own ranks of entry and pages, and the day until which it is closed."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from fonds.access.classes import rank_of
from fonds.access.decisions import may, require, visible_q
from fonds.access.enums import Rank, Right
from fonds.access.roles import RANK_PERMISSION

from .models import ArchivePage
from .standing import refresh_standing

SET_RANKS = "archive_pages.set_ranks"
LONGEST_CLOSURE = 200  # years


@dataclass(frozen=True)
class Change:
    """How many units stand at ``rank`` before and after, by the rank of their entries and of their pages."""

    rank: Rank
    entries_before: int
    entries_after: int
    pages_before: int
    pages_after: int

    @property
    def changes(self) -> bool:
        return (self.entries_before, self.pages_before) != (self.entries_after, self.pages_after)


def may_set_ranks(user, unit: ArchivePage) -> bool:
    """Whether ``user`` may set the ranks of ``unit``: has the permission and may know of it."""
    allowed = bool(user and user.is_active and user.has_perm(RANK_PERMISSION))
    return bool(unit.level) and allowed and may(user, Right.CATALOGUE, unit)


def set_ranks(
    unit: ArchivePage, *, catalogue_rank: int, content_rank: int, closed_until: dt.date | None, reason: str, user
) -> ArchivePage:
    """Give ``unit`` its own ranks and last closed day, at once and for all below it; nobody sees a half of it.

    The stricter of this and what stands above goes on winning. Raises ``PermissionDenied`` without the permission,
    ``Http404`` for a unit ``user`` may not know of, ``ValidationError`` for faulty values and without a reason.
    """
    values = {"catalogue_rank": catalogue_rank, "content_rank": content_rank, "closed_until": closed_until}
    return set_ranks_of([unit], reason=reason, user=user, **values)[0]


@transaction.atomic
def set_ranks_of(
    units: Iterable[ArchivePage],
    *,
    catalogue_rank: int,
    content_rank: int,
    closed_until: dt.date | None,
    reason: str,
    user,
) -> list[ArchivePage]:
    """The same for several units: all or none. The units as they are afterwards, in the order of the tree."""
    if not user.is_active or not user.has_perm(RANK_PERMISSION):
        raise PermissionDenied
    values = {
        "catalogue_rank": Rank(catalogue_rank),
        "content_rank": Rank(content_rank),
        "closed_until": check_closure(closed_until),
    }
    reason = reason.strip()[:500]
    if not reason:
        raise ValidationError({"reason": _("Say why.")})
    keys = [unit.pk for unit in units]
    held = list(ArchivePage.objects.select_for_update().filter(pk__in=keys).exclude(level="").order_by("path"))
    for unit in held:
        require(user, Right.CATALOGUE, unit)
    for unit in held:
        _write(unit, values, reason, user)
    return list(ArchivePage.objects.filter(pk__in=keys).order_by("path"))


def check_closure(day: dt.date | None) -> dt.date | None:
    """A last closed day that lies ahead and within reason, or none."""
    today = timezone.localdate()
    if day is not None and day < today:
        raise ValidationError({"closed_until": _("This day has passed: the unit would be open already.")})
    if day is not None and day.year > today.year + LONGEST_CLOSURE:
        words = {"years": LONGEST_CLOSURE}
        raise ValidationError({"closed_until": _("At most %(years)s years from now.") % words})
    return day


def preview_ranks(
    unit: ArchivePage, user, *, catalogue_rank: int, content_rank: int, closed_until: dt.date | None
) -> list[Change]:
    """What ``set_ranks`` would change, by rank in force of ``unit`` and all below it that ``user`` may know of; nothing
    is changed by it.

    The change is made inside a savepoint and taken back, so the answer is that of the same statements.
    """
    below = ArchivePage.objects.filter(path__startswith=unit.path).exclude(level="").order_by()
    known = below.exclude(pk__in=list(below.exclude(visible_q(user)).values_list("pk", flat=True)))
    before = _count(known)
    with transaction.atomic():
        ArchivePage.objects.filter(pk=unit.pk).update(
            catalogue_rank=catalogue_rank, content_rank=content_rank, closed_until=check_closure(closed_until)
        )
        refresh_standing(unit.path)
        after = _count(known)
        transaction.set_rollback(True)
    return [
        Change(
            rank, before["catalogue", rank], after["catalogue", rank], before["content", rank], after["content", rank]
        )
        for rank in Rank
    ]


def _write(unit: ArchivePage, values: dict, reason: str, user) -> None:
    changed = {name: value for name, value in values.items() if getattr(unit, name) != value}
    ArchivePage.objects.filter(pk=unit.pk).update(**values)
    refresh_standing(unit.path)
    data = {
        name: {"old": _shown(name, getattr(unit, name)), "new": _shown(name, value)} for name, value in changed.items()
    }
    # The entry becomes an event with before and after in the same transaction (fonds.audit.wagtail_log).
    log(unit, SET_RANKS, user=user, data={**data, "reason": reason, "below": unit.get_descendants().count()})


def _shown(name: str, value) -> str:
    if name == "closed_until":
        return value.isoformat() if value else ""
    return Rank(value).name.lower()


def _count(units: QuerySet[ArchivePage]) -> Counter:
    """``units`` by (kind, rank in force)."""
    found: Counter = Counter()
    for entry, pages, number in units.values_list("catalogue_class", "content_class").annotate(number=Count("pk")):
        found["catalogue", rank_of(entry)] += number
        found["content", rank_of(pages)] += number
    return found
