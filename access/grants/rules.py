"""What every request and every grant must keep to. Each function raises ``ValidationError`` with a sentence."""

import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..classes import rank_of
from ..enums import Rank, Right

ASKABLE = (Right.VIEW, Right.COPY, Right.PRINT)


def last_day(first: dt.date | None = None) -> dt.date:
    """The last day until which a permission from ``first`` (today) may run (``FONDS_GRANT_MAX_DAYS``)."""
    return (first or timezone.localdate()) + dt.timedelta(days=settings.FONDS_GRANT_MAX_DAYS)


def rights_as_fields(rights: Collection[str]) -> dict[str, bool]:
    """``rights`` as the columns of a request or a grant; whoever takes or prints pages may see them too."""
    wanted = {Right(right) for right in rights}
    if wanted - set(ASKABLE):
        raise ValidationError(_("Only seeing, taking and printing the pages can be given."))
    return {"view": bool(wanted), "copy": Right.COPY in wanted, "print": Right.PRINT in wanted}


def rights_of(row) -> list[Right]:
    """The rights in a request or a grant."""
    return [right for right in ASKABLE if getattr(row, right.value)]


def check_days(starts_on: dt.date, ends_on: dt.date, field: str) -> None:
    """From today on at the earliest, not backwards, and no longer than the archive allows."""
    today = timezone.localdate()
    if starts_on < today:
        raise ValidationError({"starts_on": _("The first day has passed already.")})
    if ends_on < starts_on:
        message = _("This day has passed already.") if starts_on == today else _("It ends before it begins.")
        raise ValidationError({field: message})
    if ends_on > last_day(starts_on):
        words = {"date": date_format(last_day(starts_on)), "days": settings.FONDS_GRANT_MAX_DAYS}
        raise ValidationError({field: _("At most %(days)s days: until %(date)s.") % words})


def check_reachable(unit) -> None:
    """A permission is for a unit of the archive, and reaches nothing that is sealed."""
    if not unit.level:
        raise ValidationError(_("Permission is given for a fonds, series, file or item."))
    if is_sealed(unit):
        raise ValidationError(_("It is sealed: nobody can be given permission for it."))


def is_sealed(unit) -> bool:
    """Whether no permission reaches the unit's pages."""
    return Rank.SEALED in (rank_of(unit.content_class), rank_of(unit.catalogue_class))


def check_reason(reason: str) -> str:
    """A reason in words."""
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why.")})
    if len(reason) > 500:
        raise ValidationError({"reason": _("At most 500 characters.")})
    return reason
