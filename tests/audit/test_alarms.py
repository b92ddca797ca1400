"""Alarms come when the rules say so, once; break-glass ends by itself."""

import datetime as dt
from io import StringIO

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from fonds.access.models import User
from fonds.audit import names
from fonds.audit.alarms import acknowledge, check_alarms
from fonds.audit.break_glass import break_glass, end_expired
from fonds.audit.enums import AlarmKind, Channel
from fonds.audit.models import Alarm, AlarmRule, Elevation, Event

pytestmark = pytest.mark.once

NOON = dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC)  # 12:00 in Shanghai
NIGHT = dt.datetime(2026, 3, 2, 16, 30, tzinfo=dt.UTC)  # 00:30


@pytest.fixture
def rule(db):
    """Only one rule in force: ``rule(kind, **values)``."""
    AlarmRule.objects.all().delete()
    return lambda kind, **values: AlarmRule.objects.create(kind=kind, name="rule", **values)


def happen(action: str, start: dt.datetime, count: int, every: float = 1, **values) -> None:
    for number in range(count):
        at = start + dt.timedelta(minutes=number * every)
        Event(**{"action": action, "at": at, "channel": Channel.WEB, **values}).save()


@pytest.mark.parametrize(
    ("kind", "action", "start", "count", "every", "raised"),
    [
        (AlarmKind.REFUSALS, names.SIGN_IN_FAILED, NOON, 5, 1, 1),
        (AlarmKind.REFUSALS, names.SIGN_IN_FAILED, NOON, 4, 1, 0),
        (AlarmKind.REFUSALS, names.REFUSED, NOON, 5, 3, 0),
        (AlarmKind.REFUSALS, names.SIGN_IN, NOON, 9, 1, 0),
        (AlarmKind.REFUSALS, names.REFUSED, NOON, 40, 1, 1),
        (AlarmKind.DOWNLOADS, names.ORIGINAL, NOON, 5, 1, 1),
        (AlarmKind.DOWNLOADS, names.LOOK, NOON, 5, 1, 0),
        (AlarmKind.NIGHT, names.LOOK, NIGHT, 5, 1, 1),
        (AlarmKind.NIGHT, names.LOOK, NOON, 5, 1, 0),
    ],
)
def test_a_rule_raises_its_alarm(rule, kind, action, start, count, every, raised):
    rule(kind, threshold=5, window_minutes=10)
    happen(action, start, count, every, actor_id=7, actor_name="周编辑", address="203.0.113.5")
    assert len(check_alarms()) == raised
    assert check_alarms() == []
    assert Alarm.objects.count() == raised


def test_events_of_different_people_are_not_counted_together(rule):
    rule(AlarmKind.DOWNLOADS, threshold=4, window_minutes=10)
    for person in range(3):
        happen(names.ORIGINAL, NOON, 3, actor_id=person + 1)
    assert check_alarms() == []


def test_a_second_wave_raises_a_second_alarm_also_across_runs(rule):
    rule(AlarmKind.REFUSALS, threshold=5, window_minutes=10)
    happen(names.REFUSED, NOON, 3, address="203.0.113.5")
    assert check_alarms() == []
    happen(names.REFUSED, NOON + dt.timedelta(minutes=4), 2, address="203.0.113.5")
    assert [alarm.count for alarm in check_alarms()] == [5]
    happen(names.REFUSED, NOON + dt.timedelta(hours=3), 5, address="203.0.113.5")
    assert [alarm.address for alarm in check_alarms()] == ["203.0.113.5"]


def test_a_rule_out_of_force_raises_nothing(rule):
    rule(AlarmKind.REFUSALS, threshold=1, is_active=False)
    happen(names.REFUSED, NOON, 3, address="203.0.113.5")
    assert check_alarms() == []


def test_an_alarm_is_acknowledged_once_with_a_note(rule, auditor, newest):
    rule(AlarmKind.REFUSALS, threshold=1)
    happen(names.REFUSED, NOON, 1, address="203.0.113.5")
    alarm = check_alarms()[0]
    with pytest.raises(ValidationError):
        acknowledge(alarm, "  ", auditor)
    acknowledge(alarm, "A reader forgot the password.", auditor)
    assert (newest().action, newest().after["note"]) == (names.ACKNOWLEDGE, "A reader forgot the password.")
    with pytest.raises(ValidationError):
        acknowledge(Alarm.objects.get(), "again", auditor)
    assert Alarm.objects.get().acknowledged_by == str(auditor)


def test_break_glass_gives_rights_for_some_hours(auditor, monkeypatch, django_capture_on_commit_callbacks):
    keeper = User.objects.create_user("keeper", password="a-long-word-kept")
    with django_capture_on_commit_callbacks(execute=True):
        call_command("break_glass", "keeper", reason="the server room is flooded", stdout=StringIO())
    keeper.refresh_from_db()
    assert keeper.is_superuser
    event = Event.objects.get(action=names.BREAK_GLASS)
    assert event.detail["reason"] == "the server room is flooded"
    assert Alarm.objects.get().kind == AlarmKind.BREAK_GLASS
    assert [message.to for message in mail.outbox] == [["auditor@example.org"]]
    assert end_expired() == 0
    late = timezone.now() + dt.timedelta(hours=5)
    monkeypatch.setattr("fonds.audit.break_glass.now", lambda: late)
    check_alarms()
    keeper.refresh_from_db()
    assert not keeper.is_superuser
    assert not keeper.is_staff
    assert Event.objects.filter(action=names.BREAK_GLASS_END).count() == 1
    assert Elevation.objects.get().ended_at


def test_rights_that_are_over_end_at_sign_in(db, client, monkeypatch):
    keeper = User.objects.create_user("keeper", password="a-long-word-kept")
    break_glass("keeper", "flood", hours=1)
    late = timezone.now() + dt.timedelta(hours=2)
    monkeypatch.setattr("fonds.audit.break_glass.now", lambda: late)
    assert client.login(username="keeper", password="a-long-word-kept")
    keeper.refresh_from_db()
    assert not keeper.is_superuser


@pytest.mark.parametrize(
    ("username", "reason", "hours"),
    [
        ("nobody", "flood", 4),
        ("keeper", "  ", 4),
        ("keeper", "flood", 0),
        ("keeper", "flood", 25),
        ("root", "flood", 4),
    ],
)
def test_break_glass_is_refused(db, username, reason, hours):
    User.objects.create_user("keeper")
    User.objects.create_superuser("root")
    with pytest.raises(CommandError):
        call_command("break_glass", username, reason=reason, hours=hours)
    assert not User.objects.get(username="keeper").is_superuser
    assert not Elevation.objects.exclude(reason="test").exists()
    assert not Alarm.objects.exists()
