"""Asking, deciding, giving, withdrawing: who may, what is refused, what is written down, who is told."""

import threading

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import Http404

from fonds.access import roles
from fonds.access.decisions import may, visible
from fonds.access.enums import Purpose, Rank, RequestState, Right
from fonds.access.grants import actions, notices
from fonds.access.models import AccessRequest, Grant
from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.standing import refresh_standing
from fonds.audit.models import Event

pytestmark = pytest.mark.django_db


def words(caught) -> str:
    return " ".join(caught.value.messages)


def seal(unit) -> None:
    ArchivePage.objects.filter(pk=unit.pk).update(content_rank=Rank.SEALED)
    refresh_standing(unit.path)
    unit.refresh_from_db()


def test_a_reader_asks_is_granted_and_sees(archive, people, ask, days, django_capture_on_commit_callbacks):
    unit = archive.closed
    assert may(people.officer, Right.CATALOGUE, unit)
    assert not may(people.officer, Right.VIEW, unit)
    with django_capture_on_commit_callbacks(execute=True):
        asked = ask(unit, rights=[Right.VIEW, Right.COPY])
    assert asked.state == RequestState.WAITING
    told = {message.to[0]: message for message in mail.outbox}
    assert set(told) == {"manager@fonds.example", "second@fonds.example"}
    assert unit.reference_code in told["manager@fonds.example"].body
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        grant = actions.grant_request(asked, people.manager, reason="用途正当", rights=[Right.VIEW], ends_on=days(10))
    assert (grant.view, grant.copy, grant.print, grant.ends_on) == (True, False, False, days(10))
    assert may(people.officer, Right.VIEW, unit)
    assert not may(people.officer, Right.COPY, unit)
    assert [message.to for message in mail.outbox] == [["officer@fonds.example"]]
    assert "用途正当" in mail.outbox[0].body
    assert notices.unseen(people.officer).count() == 1
    assert actions.mark_seen(people.officer) == 1
    assert notices.unseen(people.officer).count() == 0


def test_the_events_tell_before_and_after(archive, people, ask):
    asked = ask(archive.closed)
    actions.grant_request(asked, people.manager, reason="可以")
    actions.withdraw(asked.__class__.objects.get(pk=asked.pk).grant, people.security, reason="用完了")
    second = ask(archive.closed)
    actions.refuse_request(second, people.manager, reason="不行")
    third = ask(archive.closed)
    actions.take_back(third, people.officer)
    events = {event.action: event for event in Event.objects.filter(object_code=archive.closed.reference_code)}
    assert {"request.ask", "request.grant", "request.refuse", "request.take_back", "grant.withdraw"} <= set(events)
    granted = events["request.grant"]
    assert granted.before["state"] == "waiting"
    assert granted.after["state"] == "granted"
    assert granted.after["rights"] == ["view"]
    assert granted.actor_id == people.manager.pk
    assert events["request.refuse"].after == {"state": "refused", "reason": "不行"}
    assert events["grant.withdraw"].actor_id == people.security.pk


def test_a_unit_one_may_not_know_of_is_not_there(archive, people, ask):
    with pytest.raises(Http404):
        ask(archive.closed, reader=people.reader)
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"until": -1}, "until"),
        ({"until": 400}, "until"),
        ({"rights": []}, "rights"),
        ({"purpose_text": "  "}, "purpose_text"),
    ],
)
def test_faulty_requests_are_refused_beside_the_field(archive, ask, days, values, field):
    if "until" in values:
        values = {"until": days(values["until"])}
    with pytest.raises(ValidationError) as caught:
        ask(archive.closed, **values)
    assert list(caught.value.message_dict) == [field]


def test_the_longest_time_is_a_setting(archive, ask, days, settings):
    settings.FONDS_GRANT_MAX_DAYS = 7
    with pytest.raises(ValidationError) as caught:
        ask(archive.closed, until=days(8))
    assert "7" in words(caught)
    assert ask(archive.closed, until=days(7)).pk


def test_nobody_asks_twice_nor_for_what_he_has(archive, people, ask):
    ask(archive.closed)
    with pytest.raises(ValidationError) as caught:
        ask(archive.closed)
    assert "等待" in words(caught) or "waits" in words(caught)
    with pytest.raises(ValidationError):
        ask(archive.first)
    assert ask(archive.first, rights=[Right.COPY]).copy


def test_what_is_sealed_is_for_nobody(archive, people, ask, days):
    seal(archive.first)
    with pytest.raises(ValidationError):
        ask(archive.first)
    with pytest.raises(ValidationError):
        give(archive.first, people.manager, days, user=people.officer)
    waiting = ask(archive.third, rights=[Right.COPY])
    seal(archive.third)
    with pytest.raises(ValidationError):
        actions.grant_request(waiting, people.manager, reason="x")
    assert not Grant.objects.exists()


def test_nobody_decides_for_himself(archive, people, ask, days):
    people.manager.groups.set([Group.objects.get(name=roles.OFFICER), Group.objects.get(name=roles.MANAGER)])
    people.editor.groups.clear()
    own = AccessRequest.objects.create(
        reader=people.manager, unit=archive.closed, purpose_text="x", until=days(5), purpose=Purpose.WORK
    )
    for decide in (actions.grant_request, actions.refuse_request):
        with pytest.raises(ValidationError):
            decide(own, people.manager, reason="x")
    assert actions.refuse_request(own, people.second, reason="x").state == RequestState.REFUSED
    with pytest.raises(ValidationError):
        give(archive.closed, people.manager, days, user=people.manager)
    with pytest.raises(ValidationError):
        give(archive.closed, people.manager, days, group=Group.objects.get(name=roles.MANAGER))


def give(unit, approver, days, **values) -> Grant:
    wanted = {"rights": [Right.VIEW], "purpose": Purpose.WORK, "ends_on": days(30), "reason": "工作需要", **values}
    return actions.give(unit, approver, **wanted)


def test_who_decides_and_who_withdraws(archive, people, ask, days):
    asked = ask(archive.closed)
    for person in (people.officer, people.editor, people.security, people.reader):
        with pytest.raises(PermissionDenied):
            actions.grant_request(asked, person, reason="x")
        with pytest.raises(PermissionDenied):
            give(archive.closed, person, days, user=people.reader)
    grant = give(archive.closed, people.manager, days, user=people.officer)
    for person in (people.officer, people.editor):
        with pytest.raises(PermissionDenied):
            actions.withdraw(grant, person, reason="x")
    with pytest.raises(ValidationError):
        actions.withdraw(grant, people.security, reason=" ")
    assert actions.withdraw(grant, people.security, reason="调离").withdrawn_by == people.security
    assert not may(people.officer, Right.VIEW, archive.closed)
    with pytest.raises(ValidationError):
        actions.withdraw(grant, people.manager, reason="again")


def test_the_approver_must_know_of_the_unit(archive, people, ask, days):
    asked = ask(archive.closed)
    people.manager.groups.first().clearance.__class__.objects.filter(group__name=roles.MANAGER).update(catalogue_rank=0)
    with pytest.raises(Http404):
        actions.grant_request(asked, people.manager, reason="x")
    with pytest.raises(Http404):
        give(archive.closed, people.manager, days, user=people.officer)
    assert notices.deciders(asked) == []


def test_more_than_was_asked_for_cannot_be_granted(archive, people, ask, days):
    asked = ask(archive.closed)
    with pytest.raises(ValidationError):
        actions.grant_request(asked, people.manager, reason="x", rights=[Right.VIEW, Right.COPY])
    with pytest.raises(ValidationError):
        actions.grant_request(asked, people.manager, reason="x", rights=[])
    with pytest.raises(ValidationError):
        actions.grant_request(asked, people.manager, reason="x", ends_on=days(-1))
    asked.refresh_from_db()
    assert asked.state == RequestState.WAITING


def test_a_grant_for_a_series_shows_what_is_in_it_for_its_time(archive, people, days):
    group = Group.objects.create(name="History project")
    people.reader.groups.add(group)
    grant = give(archive.series, people.manager, days, group=group, starts_on=days(0), ends_on=days(3))
    items = ArchivePage.objects.filter(level="item")
    assert visible(items, people.reader, right=Right.VIEW).count() == 3
    assert may(people.reader, Right.VIEW, archive.closed)
    Grant.objects.filter(pk=grant.pk).update(starts_on=days(-5), ends_on=days(-1))
    assert not may(people.reader, Right.CATALOGUE, archive.closed)
    with pytest.raises(ValidationError):
        actions.withdraw(grant, people.manager, reason="x")


@pytest.mark.parametrize(
    "values",
    [{}, {"starts_on": -1, "user": "officer"}, {"starts_on": 9, "ends_on": 8, "user": "officer"}, {"user": "security"}],
)
def test_faulty_grants_are_refused(archive, people, days, values):
    for name in ("starts_on", "ends_on"):
        if name in values:
            values = {**values, name: days(values[name])}
    if "user" in values:
        values = {**values, "user": getattr(people, values["user"])}
    with pytest.raises(ValidationError):
        give(archive.closed, people.manager, days, **values)
    assert not Grant.objects.exists()


def test_only_its_reader_takes_a_request_back_and_only_while_it_waits(archive, people, ask):
    asked = ask(archive.closed)
    with pytest.raises(PermissionDenied):
        actions.take_back(asked, people.reader)
    assert actions.take_back(asked, people.officer).state == RequestState.TAKEN_BACK
    with pytest.raises(ValidationError):
        actions.take_back(asked, people.officer)
    with pytest.raises(ValidationError):
        actions.grant_request(asked, people.manager, reason="x")


def test_a_mail_names_no_unit_that_its_reader_may_no_longer_know_of(archive, people, ask):
    asked = ask(archive.closed)
    people.officer.groups.clear()
    actions.refuse_request(asked, people.manager, reason="x")
    asked.refresh_from_db()
    notices.tell_decision(asked)
    assert archive.closed.title not in mail.outbox[-1].body
    assert archive.closed.reference_code not in mail.outbox[-1].body


@pytest.mark.django_db(transaction=True)
def test_of_two_approvers_at_once_exactly_one_decides(people, ask, archive):
    asked = ask(archive.closed)
    outcomes, start = [], threading.Barrier(2)

    def decide(person, action):
        try:
            start.wait()
            action(AccessRequest.objects.get(pk=asked.pk), person, reason="x")
            outcomes.append("decided")
        except ValidationError as error:
            outcomes.append(" ".join(error.messages))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=(people.manager, actions.grant_request)),
        threading.Thread(target=decide, args=(people.second, actions.refuse_request)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("decided") == 1
    asked.refresh_from_db()
    assert any(str(asked.decided_by) in outcome for outcome in outcomes if outcome != "decided")
    assert Grant.objects.count() == (asked.state == RequestState.GRANTED)
    assert Event.objects.filter(action__in=["request.grant", "request.refuse"]).count() == 1
