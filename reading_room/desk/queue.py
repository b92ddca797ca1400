"""Numbers of the day: drawn, called, begun. Many desks share one queue; each number is taken by one clerk."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fonds.audit.events import record

from .. import events
from .enums import TRANSITIONS, UseState
from .models import SERVE_PERMISSION, DayNumbers, Desk, UseRequest


def require_clerk(user) -> None:
    """Raise ``PermissionDenied`` for whoever does not serve at the window."""
    if not (user and user.is_active and user.has_perm(SERVE_PERMISSION)):
        raise PermissionDenied(_("Only the staff of the query window may do this."))


@transaction.atomic
def draw(token: str = "") -> UseRequest:
    """Draw the next number of the day; the same ``token`` (of a form sent twice) draws one."""
    numbers, known = _numbers_of_today(), None
    if token:
        known = UseRequest.objects.filter(token=token[:40]).first()
    if known:
        return known
    numbers.last += 1
    numbers.save(update_fields=["last"])
    return UseRequest.objects.create(
        day=numbers.day, number=numbers.last, drawn_at=timezone.now(), token=token[:40] or None
    )


def _numbers_of_today() -> DayNumbers:
    """The counter of today, locked: who draws or calls waits for the one before."""
    today = timezone.localdate()
    DayNumbers.objects.get_or_create(day=today)
    return DayNumbers.objects.select_for_update().get(day=today)


def change(request: UseRequest, state: UseState, only: Q | None = None, **values) -> None:
    """Write a change of state that ``TRANSITIONS`` allows, against what the database holds now, and ``only`` where that
    is so. Raises ``ValidationError`` where somebody else was first."""
    sources = [source for source, targets in TRANSITIONS.items() if state in targets]
    rows = UseRequest.objects.filter(only or Q(), pk=request.pk, state__in=sources)
    changed = rows.update(state=state, **values)
    request.refresh_from_db()
    if not changed:
        words = {"number": request.number, "state": request.get_state_display(), "clerk": request.clerk or "—"}
        raise ValidationError(_("Number %(number)s: %(state)s (%(clerk)s).") % words)


@transaction.atomic
def call(request: UseRequest, user, desk: Desk) -> UseRequest:
    """Call a number to ``desk``; of two clerks at once the second gets a ``ValidationError``."""
    require_clerk(user)
    change(request, UseState.CALLED, called_at=timezone.now(), clerk=user, desk=desk)
    record(events.CALL, unit=request, subject=request.shown_number, user=user, detail={"desk": desk.name})
    return request


@transaction.atomic
def call_next(user, desk: Desk) -> UseRequest | None:
    """Call the number that waits longest; ``None`` where nobody waits. A clerk calls one number at a time: until its
    reader came, or was let go, it is the same one."""
    _numbers_of_today()
    called = UseRequest.objects.filter(day=timezone.localdate(), state=UseState.CALLED, clerk_id=user.pk).first()
    if called:
        return called
    for waiting in waiting_today():
        try:
            with transaction.atomic():
                return call(waiting, user, desk)
        except ValidationError:
            continue
    return None


@transaction.atomic
def put_back(request: UseRequest, user) -> UseRequest:
    """Let a number wait on that ``user`` called: nobody came."""
    require_clerk(user)
    change(request, UseState.WAITING, only=Q(clerk_id=user.pk), called_at=None, clerk=None, desk=None)
    return request


@transaction.atomic
def begin(user, desk: Desk, request: UseRequest | None = None, token: str = "") -> UseRequest:
    """Begin to serve a number, or a reader who comes without one: the clock starts. What ``user`` serves already goes
    on; the same ``token`` draws one number. Raises ``ValidationError`` for the number of another clerk."""
    require_clerk(user)
    request = request or draw(token)
    mine, now = Q(clerk_id=user.pk) | Q(state=UseState.WAITING), timezone.now()
    called_at = request.called_at or now
    try:
        change(request, UseState.OPEN, only=mine, clerk=user, desk=desk, begun_at=now, called_at=called_at)
    except ValidationError:
        if request.state == UseState.OPEN and request.clerk_id == user.pk:
            return request
        if request.state != UseState.CALLED:
            raise
        words = {"number": request.number, "clerk": request.clerk, "desk": request.desk}
        raise ValidationError(_("Number %(number)s was called by %(clerk)s to %(desk)s.") % words) from None
    record(events.BEGIN, unit=request, subject=request.shown_number, user=user, detail={"desk": desk.name})
    return request


def waiting_today() -> QuerySet[UseRequest]:
    """The numbers of today that wait, the first drawn first."""
    return UseRequest.objects.filter(day=timezone.localdate(), state=UseState.WAITING).order_by("number")


def open_of(user) -> QuerySet[UseRequest]:
    """What ``user`` is serving, or has called: it reopens where it was, also the next day."""
    mine = UseRequest.objects.filter(clerk_id=user.pk, state__in=[UseState.CALLED, UseState.OPEN])
    return mine.select_related("reader", "desk").order_by("day", "number")


@dataclass(frozen=True)
class Board:
    """What the screen in the waiting room tells: numbers called to which desk, and how many wait how long."""

    called: list[UseRequest]
    waiting: list[int]
    longest: dt.timedelta

    @property
    def minutes(self) -> int:
        """How many minutes the first one waits."""
        return int(self.longest.total_seconds() // 60)


def board() -> Board:
    """The state of the queue now: two queries."""
    called = UseRequest.objects.filter(day=timezone.localdate(), state=UseState.CALLED).select_related("desk")
    waiting = list(waiting_today())
    longest = dt.timedelta(seconds=waiting[0].waited_seconds) if waiting else dt.timedelta()
    return Board(list(called.order_by("-called_at")[:8]), [each.number for each in waiting], longest)
