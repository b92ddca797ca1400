"""Two people at the same moment: real threads with a connection each, on both databases."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from fonds.access.decisions import visible
from fonds.access.enums import Purpose, Rank, RequestState, Right
from fonds.access.grants import actions
from fonds.access.models import AccessRequest, Grant, User
from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.ranks import set_ranks
from fonds.audit.models import Event

pytestmark = pytest.mark.django_db(transaction=True)
WANTED = {"rights": [Right.VIEW], "purpose": Purpose.WORK, "purpose_text": "核查"}


def at_once(*works) -> list:
    """Run ``works`` in threads that begin together; what each returned, or the exception it raised."""
    start, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work) -> None:
        try:
            start.wait(timeout=10)
            outcomes[place] = work()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


def ask(person, unit) -> AccessRequest:
    until = timezone.localdate() + dt.timedelta(days=3)
    return actions.ask(User.objects.get(pk=person.pk), unit, until=until, **WANTED)


def test_of_two_approvers_who_send_their_forms_at_once_one_decides(archive, people, visit):
    """One grants, the other refuses: one decision, one event, at most one permission, and each is told which it was."""
    asked = ask(people.officer, archive.closed)
    first, second = visit("manager"), visit("second")
    address = f"/admin/access/requests/{asked.pk}/"
    until = str(asked.until)
    statuses = at_once(
        lambda: first.post(address, {"rights": ["view"], "ends_on": until, "reason": "可以"}).status_code,
        lambda: second.post(address, {"decision": "refuse", "reason": "不可"}).status_code,
    )
    assert sorted(statuses) == [200, 302]  # the other finds his form again, with the sentence of what was decided
    asked.refresh_from_db()
    decided = Event.objects.filter(action__in=["request.grant", "request.refuse"])
    assert decided.count() == 1
    assert asked.state in (RequestState.GRANTED, RequestState.REFUSED)
    assert Grant.objects.count() == (asked.state == RequestState.GRANTED)


def test_two_grants_at_once_are_one(archive, people):
    asked = ask(people.officer, archive.closed)
    outcomes = at_once(
        lambda: actions.grant_request(AccessRequest.objects.get(pk=asked.pk), people.manager, reason="x"),
        lambda: actions.grant_request(AccessRequest.objects.get(pk=asked.pk), people.second, reason="x"),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Grant", "ValidationError"]
    assert Grant.objects.count() == 1


def test_two_windows_of_one_reader_ask_once(archive, people):
    outcomes = at_once(lambda: ask(people.officer, archive.closed), lambda: ask(people.officer, archive.closed))
    assert sum(isinstance(outcome, ValidationError) for outcome in outcomes) == 1
    assert AccessRequest.objects.count() == 1


def test_a_grant_withdrawn_twice_at_once_is_withdrawn_once(archive, people):
    grant = actions.grant_request(ask(people.officer, archive.closed), people.manager, reason="x")
    outcomes = at_once(
        lambda: actions.withdraw(Grant.objects.get(pk=grant.pk), people.manager, reason="甲"),
        lambda: actions.withdraw(Grant.objects.get(pk=grant.pk), people.second, reason="乙"),
    )
    assert sum(isinstance(outcome, ValidationError) for outcome in outcomes) == 1
    assert Event.objects.filter(action="grant.withdraw").count() == 1


def test_nobody_sees_half_of_a_closing(archive, people):
    """While a series is being closed, a visitor sees all of it or nothing of it."""
    seen: list[int] = []

    def look() -> int:
        items = ArchivePage.objects.filter(level="item", path__startswith=archive.series.path)
        return visible(items, None).count()

    values = {"catalogue_rank": Rank.RESTRICTED, "content_rank": Rank.RESTRICTED, "closed_until": None}
    before = look()
    with transaction.atomic():
        set_ranks(archive.series, reason="整理", user=people.manager, **values)
        seen += at_once(look, look)
    assert seen == [before, before]
    assert before == 2
    assert look() == 0
