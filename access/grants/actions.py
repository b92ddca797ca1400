"""Asking for access to a unit, deciding, giving without being asked, withdrawing.

Each is one transaction with its event; mail goes out once it is committed. Nobody decides for himself: not about his own
request, not to his own person, not to a group he is in. A unit the person may not know of is not there (``Http404``).
"""

import datetime as dt
from collections.abc import Collection

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fonds.audit import names
from fonds.audit.events import record

from ..decisions import may, require
from ..enums import Purpose, RequestState, Right
from ..models import AccessRequest, Grant, User
from ..roles import ADMINISTRATORS, DECIDE_PERMISSION
from . import notices
from .rules import check_days, check_reachable, check_reason, rights_as_fields, rights_of

WITHDRAW_PERMISSION = "access.change_grant"
OVERSEE_PERMISSION = "access.view_grant"

ASK = "request.ask"
TAKE_BACK = "request.take_back"
GRANT = "request.grant"
REFUSE = "request.refuse"
GIVE = "grant.give"
WITHDRAW = "grant.withdraw"
for _name, _label in (
    (ASK, gettext_lazy("Access asked for")),
    (TAKE_BACK, gettext_lazy("Access request taken back")),
    (GRANT, gettext_lazy("Access request granted")),
    (REFUSE, gettext_lazy("Access request refused")),
    (GIVE, gettext_lazy("Permission given")),
    (WITHDRAW, gettext_lazy("Permission withdrawn")),
):
    names.register(_name, _label)


@transaction.atomic
def ask(reader, unit, *, rights: Collection[str], purpose: str, purpose_text: str, until: dt.date) -> AccessRequest:
    """Ask that ``reader`` may have ``rights`` (of VIEW, COPY, PRINT) on ``unit`` until a day; the deciders are told.

    Raises ``Http404`` for a unit he may not know of, ``ValidationError`` for one that is sealed, that he may use
    already, for which a request waits, and for faulty values.
    """
    _require_person(reader)
    unit = _fresh(unit)
    require(reader, Right.CATALOGUE, unit)
    check_reachable(unit)
    fields = rights_as_fields(rights)
    if not fields["view"]:
        raise ValidationError({"rights": _("Choose what you need.")})
    if all(may(reader, right, unit) for right in Right if fields.get(right.value)):
        raise ValidationError(_("You may do all of this already."))
    check_days(timezone.localdate(), until, "until")
    purpose_text = purpose_text.strip()[:500]
    if not purpose_text:
        raise ValidationError({"purpose_text": _("Say what you need it for.")})
    User.objects.select_for_update().only("pk").get(pk=reader.pk)  # two windows of one reader ask one after the other
    if AccessRequest.objects.filter(reader=reader, unit=unit, state=RequestState.WAITING).exists():
        raise ValidationError(_("You have asked for this already; the request waits for its decision."))
    asked = AccessRequest.objects.create(
        reader=reader, unit=unit, purpose=Purpose(purpose), purpose_text=purpose_text, until=until, **fields
    )
    record(ASK, unit=unit, after=_shown(asked, until=until), detail={"request": asked.pk}, user=reader)
    notices.after_commit(notices.tell_deciders, asked)
    return asked


@transaction.atomic
def take_back(asked: AccessRequest, reader) -> AccessRequest:
    """Take back one's own request while it waits."""
    asked = _held(asked)
    if asked.reader_id != reader.pk:
        raise PermissionDenied
    _require_waiting(asked)
    asked.state = RequestState.TAKEN_BACK
    asked.save(update_fields=["state"])
    _record_step(TAKE_BACK, asked, reader)
    return asked


@transaction.atomic
def grant_request(
    asked: AccessRequest,
    approver,
    *,
    reason: str,
    rights: Collection[str] | None = None,
    ends_on: dt.date | None = None,
    starts_on: dt.date | None = None,
) -> Grant:
    """Grant a request: the reader gets ``rights`` (those asked for, or fewer) from ``starts_on`` (today) to ``ends_on``.

    Of two approvers at once the first decides, the other gets a ``ValidationError``. Raises ``PermissionDenied``
    without the permission to decide, ``Http404`` where the approver may not know of the unit.
    """
    asked, reason = _decidable(asked, approver), check_reason(reason)
    check_reachable(asked.unit)
    _check_holder(asked.reader, None, approver)
    fields = rights_as_fields(rights_of(asked) if rights is None else rights)
    if not fields["view"]:
        raise ValidationError({"rights": _("Choose what is granted, or refuse.")})
    if any(given and not getattr(asked, name) for name, given in fields.items()):
        raise ValidationError({"rights": _("More than was asked for cannot be granted.")})
    starts_on, ends_on = starts_on or timezone.localdate(), ends_on or asked.until
    check_days(starts_on, ends_on, "ends_on")
    grant = Grant.objects.create(
        user=asked.reader, unit=asked.unit, purpose=asked.purpose, purpose_text=asked.purpose_text, approver=approver,
        starts_on=starts_on, ends_on=ends_on, reason=reason, **fields,
    )  # fmt: skip
    _decide(asked, RequestState.GRANTED, approver, reason, grant)
    _record_step(GRANT, asked, approver, _shown(grant, **{"from": starts_on, "until": ends_on}))
    notices.after_commit(notices.tell_decision, asked)
    return grant


@transaction.atomic
def refuse_request(asked: AccessRequest, approver, *, reason: str) -> AccessRequest:
    """Refuse a request, with the reason the reader is told; raises as ``grant_request``."""
    asked, reason = _decidable(asked, approver), check_reason(reason)
    _decide(asked, RequestState.REFUSED, approver, reason)
    _record_step(REFUSE, asked, approver)
    notices.after_commit(notices.tell_decision, asked)
    return asked


@transaction.atomic
def give(
    unit,
    approver,
    *,
    user=None,
    group: Group | None = None,
    rights: Collection[str],
    purpose: str,
    purpose_text: str = "",
    starts_on: dt.date | None = None,
    ends_on: dt.date,
    reason: str,
) -> Grant:
    """Give a person or a group a permission nobody asked for. Without ``rights`` it shows the entries alone.

    Raises ``PermissionDenied`` without the permission to decide, ``Http404`` where the approver may not know of the
    unit, ``ValidationError`` for himself, for a group he is in, for a sealed unit and for faulty values.
    """
    _require_decider(approver)
    unit, reason = _fresh(unit), check_reason(reason)
    require(approver, Right.CATALOGUE, unit)
    check_reachable(unit)
    _check_holder(user, group, approver)
    starts_on = starts_on or timezone.localdate()
    check_days(starts_on, ends_on, "ends_on")
    grant = Grant.objects.create(
        user=user, group=group, unit=unit, purpose=Purpose(purpose), purpose_text=purpose_text.strip()[:500],
        starts_on=starts_on, ends_on=ends_on, reason=reason, approver=approver, **rights_as_fields(rights),
    )  # fmt: skip
    after = _shown(grant, **{"from": starts_on, "until": ends_on})
    record(GIVE, unit=unit, after=after, detail={"grant": grant.pk, "holder": holder_of(grant)}, user=approver)
    if user is not None:
        notices.after_commit(notices.tell_given, grant)
    return grant


@transaction.atomic
def withdraw(grant: Grant, user, *, reason: str) -> Grant:
    """End a grant at once. Whoever may change grants may do it (managers, security administrators)."""
    if not (user and user.is_active and user.has_perm(WITHDRAW_PERMISSION)):
        raise PermissionDenied
    grant, reason = Grant.objects.select_for_update().get(pk=grant.pk), check_reason(reason)
    require(user, Right.CATALOGUE, grant.unit)
    if grant.withdrawn_at:
        raise ValidationError(_("This permission has been withdrawn already."))
    if grant.ends_on < timezone.localdate():
        raise ValidationError(_("This permission has ended already."))
    grant.withdrawn_at, grant.withdrawn_by, grant.withdrawal_reason = timezone.now(), user, reason
    grant.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    before = _shown(grant, **{"from": grant.starts_on, "until": grant.ends_on})
    detail = {"grant": grant.pk, "holder": holder_of(grant), "reason": reason}
    record(WITHDRAW, unit=grant.unit, before=before, after={"withdrawn": True}, detail=detail, user=user)
    if grant.user_id:
        notices.after_commit(notices.tell_withdrawn, grant)
    return grant


def mark_seen(reader) -> int:
    """Note that ``reader`` has seen the decisions on his requests; how many were new to him."""
    return notices.unseen(reader).update(seen_at=timezone.now())


def holder_of(grant: Grant) -> str:
    """Who holds a grant, in words."""
    return str(grant.user or grant.group)


def _held(asked: AccessRequest) -> AccessRequest:
    """The request as it is now, held until the transaction ends."""
    return AccessRequest.objects.select_for_update().get(pk=asked.pk)


def _fresh(unit):
    return Grant._meta.get_field("unit").related_model.objects.get(pk=unit.pk)


def _require_person(user) -> None:
    if not (user and user.is_authenticated and user.is_active):
        raise PermissionDenied


def _require_decider(approver) -> None:
    if not (approver and approver.is_active and approver.has_perm(DECIDE_PERMISSION)):
        raise PermissionDenied


def _require_waiting(asked: AccessRequest) -> None:
    if asked.state != RequestState.WAITING:
        words = {"state": RequestState(asked.state).label, "person": asked.decided_by or asked.reader}
        raise ValidationError(_("This request waits no longer: %(state)s (%(person)s).") % words)


def _decidable(asked: AccessRequest, approver) -> AccessRequest:
    _require_decider(approver)
    asked = _held(asked)
    require(approver, Right.CATALOGUE, asked.unit)
    if asked.reader_id == approver.pk:
        raise ValidationError(_("Nobody decides about his own request."))
    _require_waiting(asked)
    return asked


def _check_holder(user, group: Group | None, approver) -> None:
    if (user is None) == (group is None):
        raise ValidationError(_("Name a person or a group, one of the two."))
    if user is not None and user.pk == approver.pk:
        raise ValidationError({"user": _("Nobody gives a permission to himself.")})
    if user is not None and not user.is_active:
        raise ValidationError({"user": _("This account is not active.")})
    if group is not None and group.user_set.filter(pk=approver.pk).exists():
        raise ValidationError({"group": _("Nobody gives a permission to a group he is in.")})
    groups = [group] if group is not None else list(user.groups.all())
    if {each.name for each in groups}.intersection(ADMINISTRATORS):
        raise ValidationError(_("An administrator is given no access to records."))


def _decide(asked: AccessRequest, state: str, approver, reason: str, grant: Grant | None = None) -> None:
    asked.state, asked.decided_by, asked.decided_at = state, approver, timezone.now()
    asked.reason, asked.grant, asked.seen_at = reason, grant, None
    asked.save(update_fields=["state", "decided_by", "decided_at", "reason", "grant", "seen_at"])


def _record_step(action: str, asked: AccessRequest, user, more: dict | None = None) -> None:
    before = {"state": RequestState.WAITING.value, **_shown(asked, until=asked.until)}
    after = {"state": str(asked.state), **({"reason": asked.reason} if asked.reason else {}), **(more or {})}
    detail = {"request": asked.pk, "reader": str(asked.reader)}
    record(action, unit=asked.unit, before=before, after=after, detail=detail, user=user)


def _shown(row, **days: dt.date) -> dict:
    """Rights, purpose and days of a request or a grant as values of an event."""
    shown = {"rights": [right.value for right in rights_of(row)], "purpose": str(row.purpose)}
    return {**shown, "purpose_text": row.purpose_text, **{name: day.isoformat() for name, day in days.items()}}
