"""Alarms: rules as rows, computed over the events that came since the last look, acknowledged by a person."""

import datetime as dt
from collections import defaultdict, deque
from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from . import names
from .break_glass import end_expired
from .enums import AlarmKind, Channel
from .events import now, record
from .models import Alarm, AlarmRule, Event

#: A late event (a slow transaction, the spool) has a smaller number than those seen before; so far back is looked again.
_OVERLAP = dt.timedelta(minutes=30)


def check_alarms() -> list[Alarm]:
    """Raise the alarms that the events since the last run call for; also ends break-glass rights that are over.

    Break-glass raises its alarm itself, at once.
    """
    end_expired()
    raised = []
    for rule in AlarmRule.objects.filter(is_active=True).exclude(kind=AlarmKind.BREAK_GLASS):
        with transaction.atomic():
            raised += _check(AlarmRule.objects.select_for_update().get(pk=rule.pk))
    return raised


@transaction.atomic
def acknowledge(alarm: Alarm, note: str, user) -> Alarm:
    """Close an alarm with a note. Raises ``ValidationError`` without a note or where someone was first."""
    note = note.strip()
    if not note:
        raise ValidationError({"note": _("Write what was found.")})
    changed = Alarm.objects.filter(pk=alarm.pk, acknowledged_at=None).update(
        acknowledged_at=now(), acknowledged_by=str(user)[:200], note=note
    )
    if not changed:
        raise ValidationError(_("This alarm is acknowledged already."))
    alarm.refresh_from_db()
    record(names.ACKNOWLEDGE, unit=alarm, subject=str(alarm), after={"note": note}, user=user)
    return alarm


def _check(rule: AlarmRule) -> list[Alarm]:
    newest = Event.objects.aggregate(newest=Max("id"))["newest"] or 0
    window = dt.timedelta(minutes=rule.window_minutes)
    last = Event.objects.filter(pk__lte=rule.checked_to).order_by("-id").first()
    since = last.at - window - _OVERLAP if last else None
    events = Event.objects.filter(id__lte=newest).order_by("at", "id")
    if since is not None:
        events = events.filter(at__gte=since)
    events, subject_of = _SELECTIONS[rule.kind](rule, events)
    raised = [
        _raise(rule, group)
        for group in _crowds(events.iterator(chunk_size=2000), subject_of, rule.threshold, window, _told(rule))
    ]
    AlarmRule.objects.filter(pk=rule.pk).update(checked_to=newest)
    return raised


def _crowds(
    events: Iterable[Event], subject_of: Callable, threshold: int, window: dt.timedelta, told: dict
) -> Iterable[list[Event]]:
    """Groups of events of one subject, each of ``threshold`` or more with no more than ``window`` from first to last.

    What follows within ``window`` of a group's end belongs to it. ``told`` has the last event of each subject's last
    alarm: events up to it are not counted again.
    """
    recent: dict[object, deque] = defaultdict(deque)
    open_groups: dict[object, list[Event]] = {}
    for event in events:
        subject = subject_of(event)
        if subject is None or event.pk <= told.get(subject, 0):
            continue
        group = open_groups.get(subject)
        if group and event.at - group[-1].at <= window:
            group.append(event)
            continue
        if group:
            yield open_groups.pop(subject)
        crowd = recent[subject]
        crowd.append(event)
        while event.at - crowd[0].at > window:
            crowd.popleft()
        if len(crowd) >= threshold:
            open_groups[subject] = list(crowd)
            crowd.clear()
    yield from open_groups.values()


def _told(rule: AlarmRule) -> dict:
    last = Alarm.objects.filter(rule=rule).values("actor_id", "address").annotate(last=Max("last_event"))
    return {(row["actor_id"], row["address"]): row["last"] for row in last}


def _by_address(event: Event):
    return (None, event.address) if event.address else (event.actor_id, "") if event.actor_id else None


def _by_person(event: Event):
    return (event.actor_id, "") if event.actor_id else None


def _refusals(rule: AlarmRule, events):
    return events.filter(action__in=names.REFUSALS), _by_address


def _downloads(rule: AlarmRule, events):
    return events.filter(action__in=names.DOWNLOADS), _by_person


def _night(rule: AlarmRule, events):
    def at_night(event: Event):
        hour = timezone.localtime(event.at).hour
        inside = (
            rule.from_hour <= hour < rule.to_hour
            if rule.from_hour <= rule.to_hour
            else hour >= rule.from_hour or hour < rule.to_hour
        )
        return _by_person(event) if inside else None

    return events.filter(channel=Channel.WEB, actor_id__isnull=False), at_night


_SELECTIONS = {AlarmKind.REFUSALS: _refusals, AlarmKind.DOWNLOADS: _downloads, AlarmKind.NIGHT: _night}


def _raise(rule: AlarmRule, group: list[Event]) -> Alarm:
    actor_id, address = _SELECTIONS[rule.kind](rule, Event.objects.none())[1](group[-1])
    alarm = Alarm.objects.create(
        rule=rule,
        kind=rule.kind,
        name=rule.name,
        actor_id=actor_id,
        actor_name=group[-1].actor_name if actor_id else "",
        address=address,
        count=len(group),
        first_event=min(event.pk for event in group),
        last_event=max(event.pk for event in group),
    )
    record(names.ALARM, unit=alarm, subject=str(alarm), detail={"events": [alarm.first_event, alarm.last_event]})
    return alarm
