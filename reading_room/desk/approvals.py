"""Approval of what is not open: by a duty manager on the spot, with his password, or remotely from a work list."""

from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from fonds.access.accounts import counters
from fonds.access.accounts.second_factor import needs_factor
from fonds.access.decisions import may, require, visible
from fonds.access.enums import Purpose, Right
from fonds.access.grants import actions as grants
from fonds.access.grants.rules import is_sealed
from fonds.access.roles import DECIDE_PERMISSION
from fonds.access.sight import forget
from fonds.audit.events import record

from .. import events
from .actions import lock_open, require_served_by
from .entitlement import entitlement
from .enums import ApprovalState, UseState
from .models import DeskApproval, UseRequest

TRIES, WITHIN = (
    10,
    600,
)  # passwords typed by one clerk in ten minutes; failures count for the lock-out of the account too


@transaction.atomic
def ask(request: UseRequest, unit, user) -> DeskApproval:
    """Ask the duty managers whether the reader of ``request`` may see ``unit`` and all below it."""
    require_served_by(request, user)
    _check_askable(request, unit, user)
    if entitlement(request, unit, user).may_show:
        raise ValidationError(_("It is approved already."))
    try:
        with transaction.atomic():
            approval = DeskApproval.objects.create(request=request, unit_id=unit.pk)
    except IntegrityError as error:
        raise ValidationError(_("This has been asked already and waits for its decision.")) from error
    record(events.ASK_APPROVAL, unit=unit, user=user, detail=_detail(approval))
    return approval


@sensitive_variables()
def approve_on_the_spot(
    request: UseRequest, unit, user, *, login: str, password: str, reason: str = "", code: str = "", http=None
) -> DeskApproval:
    """A duty manager who stands at the desk approves with his name and password (and the code of his second factor,
    where he needs one). Nothing is signed in by it. Raises ``ValidationError`` with one sentence for a wrong name, a
    wrong password and a lacking permission alike."""
    require_served_by(request, user)
    _check_askable(request, unit, user)
    given = _given(request, unit, user)
    if given:
        return given
    number, remaining = counters.count(f"desk-approval:{user.pk}", WITHIN)
    if number > TRIES:
        raise ValidationError(
            _("Too many wrong passwords at this desk. Try again in %(minutes)s minutes, or ask remotely.")
            % {"minutes": remaining // 60 + 1}
        )
    manager = authenticate(http, username=login.strip()[:150], password=password)
    if manager is None or not manager.has_perm(DECIDE_PERMISSION) or not _has_factor(manager, code):
        record(events.APPROVAL_FAILED, unit=unit, user=user, detail={"request": request.shown_number})
        raise ValidationError(_("Name, password or code is wrong, or the person may not approve."))
    with transaction.atomic():
        lock_open(request)
        given = _given(request, unit, user)
        if given:
            return given
        approval, _created = request.approvals.get_or_create(unit_id=unit.pk, state=ApprovalState.WAITING)
        return grant(approval, manager, reason=reason or _("Approved at the window."), on_the_spot=True)


def _given(request: UseRequest, unit, user) -> DeskApproval | None:
    """The approval by which ``unit`` may be shown already: the key was pressed twice."""
    known = entitlement(request, unit, user)
    return known.approval if known.may_show else None


def _has_factor(manager, code: str) -> bool:
    """Whether ``code`` is the manager's second factor, where one is demanded of him."""
    if not needs_factor(manager):
        return True
    from allauth.mfa.models import Authenticator

    rows = Authenticator.objects.filter(user=manager, type=Authenticator.Type.TOTP)
    return any(row.wrap().validate_code(code.strip()) for row in rows)


@transaction.atomic
def grant(approval: DeskApproval, approver, *, reason: str, on_the_spot: bool = False) -> DeskApproval:
    """Grant: the reader may see the record in this request. Where the record is closed to the clerk himself, he gets a
    permission of use for today."""
    reason = _decidable(approval, approver, reason)
    request, unit = approval.request, approval.unit
    _decide(approval, ApprovalState.GRANTED, approver, reason, on_the_spot)
    clerk = request.clerk
    if not (may(clerk, Right.VIEW, unit) and may(clerk, Right.PRINT, unit)):
        approval.grant = grants.give(
            unit, approver, user=clerk, rights=[Right.VIEW, Right.PRINT], purpose=Purpose.OTHER,
            purpose_text=f"{request.shown_number} {request.purpose_text}"[:500], ends_on=timezone.localdate(),
            reason=reason,
        )  # fmt: skip
        approval.save(update_fields=["grant"])
        forget(clerk)
    record(events.APPROVE, unit=unit, user=approver, detail={**_detail(approval), "on the spot": on_the_spot})
    return approval


@transaction.atomic
def refuse(approval: DeskApproval, approver, *, reason: str) -> DeskApproval:
    """Refuse, with the reason the clerk is told."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    reason = _decidable(approval, approver, reason)
    _decide(approval, ApprovalState.REFUSED, approver, reason, False)
    record(events.REFUSE, unit=approval.unit, user=approver, detail={**_detail(approval), "reason": reason})
    return approval


def waiting_for(user) -> QuerySet[DeskApproval]:
    """What waits for the decision of ``user``: of records he may know of, in requests that are open; not of requests he
    serves himself."""
    if not user.has_perm(DECIDE_PERMISSION):
        return DeskApproval.objects.none()
    rows = DeskApproval.objects.filter(state=ApprovalState.WAITING, request__state=UseState.OPEN)
    rows = rows.exclude(request__clerk_id=user.pk)
    return visible(rows, user, "unit__").order_by("asked_at")


def known_to(user) -> QuerySet[DeskApproval]:
    """The approvals of records that ``user`` may know of."""
    return visible(DeskApproval.objects.select_related("unit", "request__clerk", "request__reader"), user, "unit__")


def _check_askable(request: UseRequest, unit, user) -> None:
    require(user, Right.CATALOGUE, unit)
    if request.reader_id is None:
        raise ValidationError(_("Register the reader first: an approval is for a person."))
    if request.purpose_id is None:
        raise ValidationError(_("Choose the purpose first: an approval is for a purpose."))
    if is_sealed(unit):
        raise ValidationError(_("It is sealed: nobody can approve its use."))
    if unit.is_open:
        raise ValidationError(_("It is open: no approval is needed."))


def _decidable(approval: DeskApproval, approver, reason: str) -> str:
    if not (approver and approver.is_active and approver.has_perm(DECIDE_PERMISSION)):
        raise PermissionDenied
    require(approver, Right.CATALOGUE, approval.unit)
    if approval.request.clerk_id == approver.pk:
        raise ValidationError(_("Nobody approves what he serves himself."))
    lock_open(approval.request)
    return " ".join(reason.split())[:200]


def _decide(approval: DeskApproval, state: str, approver, reason: str, on_the_spot: bool) -> None:
    """Of two deciders the first one decides."""
    changed = DeskApproval.objects.filter(pk=approval.pk, state=ApprovalState.WAITING).update(
        state=state, decided_by=approver, decided_at=timezone.now(), reason=reason, on_the_spot=on_the_spot
    )
    approval.refresh_from_db()
    if not changed:
        words = {"state": approval.get_state_display(), "person": approval.decided_by}
        raise ValidationError(_("This waits no longer: %(state)s (%(person)s).") % words)


def _detail(approval: DeskApproval) -> dict:
    request = approval.request
    return {"request": request.shown_number, "reader": str(request.reader), "purpose": request.purpose_text}
