"""Break-glass: all rights for one account for a few hours, in an emergency, with an event, an alarm and a mail."""

import datetime as dt
import logging

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import names
from .enums import AlarmKind
from .events import name_of, now, record
from .models import Alarm, AlarmRule, Elevation

logger = logging.getLogger(__name__)


class NotGiven(Exception):
    """The rights were not given; the message says why."""


def break_glass(username: str, reason: str, hours: float | None = None) -> Elevation:
    """Make the account ``username`` a superuser for ``hours`` (``FONDS_BREAK_GLASS_HOURS``); it ends by itself.

    Raises ``NotGiven`` without a reason, for an account that is unknown, inactive or a superuser already. The audit
    administrators are told by mail when it is done.
    """
    hours = settings.FONDS_BREAK_GLASS_HOURS if hours is None else hours
    if not reason.strip():
        raise NotGiven(_("State why all rights are needed."))
    if not 0 < hours <= 24:
        raise NotGiven(_("All rights can be given for 24 hours at most."))
    with transaction.atomic():
        users = get_user_model().objects.select_for_update()
        user = users.filter(**{get_user_model().USERNAME_FIELD: username}).first()
        if user is None or not user.is_active:
            raise NotGiven(_("There is no active account called %s.") % username)
        end_expired(user)
        if is_running(user.pk):
            raise NotGiven(_("The account %s has all rights already.") % username)
        elevation = Elevation.objects.create(
            user_id=user.pk,
            username=username,
            reason=reason.strip()[:500],
            until=now() + dt.timedelta(hours=hours),
            was_staff=user.is_staff,
        )
        user.is_superuser = user.is_staff = True
        user.save(update_fields=["is_superuser", "is_staff"])
        _raise_alarm(user, elevation)
        transaction.on_commit(lambda: _tell(elevation))
    return elevation


def is_running(user_id: int) -> bool:
    """Whether the account has all rights now."""
    return Elevation.objects.filter(user_id=user_id, ended_at=None, until__gt=now()).exists()


def end_expired(user=None) -> int:
    """Take back the rights whose time is over (of ``user`` alone where given); how many accounts."""
    over = Elevation.objects.filter(ended_at=None, until__lte=now())
    if user is not None:
        over = over.filter(user_id=user.pk)
    count = 0
    for elevation in over:
        count += end(elevation, user)
    return count


@transaction.atomic
def end(elevation: Elevation, user=None) -> bool:
    """Take back the rights of one elevation now; whether it was still running. ``user`` is the instance in use, which
    is brought up to date."""
    if not Elevation.objects.filter(pk=elevation.pk, ended_at=None).update(ended_at=now()):
        return False
    account = get_user_model().objects.filter(pk=elevation.user_id).first()
    if account is None:
        return True
    account.is_superuser, account.is_staff = False, elevation.was_staff
    account.save(update_fields=["is_superuser", "is_staff"])
    if user is not None and user.pk == account.pk:
        user.is_superuser, user.is_staff = account.is_superuser, account.is_staff
    record(names.BREAK_GLASS_END, unit=account, subject=str(account), detail={"reason": elevation.reason})
    return True


def _raise_alarm(user, elevation: Elevation) -> None:
    detail = {"reason": elevation.reason, "until": elevation.until}
    event = record(
        names.BREAK_GLASS,
        unit=user,
        subject=str(user),
        before={"is_superuser": False},
        after={"is_superuser": True},
        detail=detail,
    )
    rule = AlarmRule.objects.filter(kind=AlarmKind.BREAK_GLASS).first()
    alarm = Alarm.objects.create(
        rule=rule,
        kind=AlarmKind.BREAK_GLASS,
        name=rule.name if rule else str(AlarmKind.BREAK_GLASS.label),
        actor_id=user.pk,
        actor_name=name_of(user),
        count=1,
        first_event=event.pk,
        last_event=event.pk,
    )
    record(names.ALARM, unit=alarm, subject=str(alarm), detail={"events": [event.pk, event.pk]})


def _tell(elevation: Elevation) -> None:
    """Mail to the audit administrators. The rights stand already, so a mail server that fails stops nothing: it is
    logged, and the alarm is on their home page."""
    people = get_user_model().objects.with_perm(
        "audit.view_event", include_superusers=False, backend="django.contrib.auth.backends.ModelBackend"
    )
    addresses = sorted({person.email for person in people if person.email})
    text = _("All rights were given to the account %(name)s until %(until)s. Reason: %(reason)s") % {
        "name": elevation.username,
        "until": f"{timezone.localtime(elevation.until):%Y-%m-%d %H:%M}",
        "reason": elevation.reason,
    }
    try:
        send_mail(_("Break-glass in the archive"), text, None, addresses)
    except OSError:
        logger.exception("the audit administrators could not be told of break-glass %s", elevation.pk)
