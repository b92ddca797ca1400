"""Several people, and several windows of one person, at the same moment; on both databases."""

import re
import threading

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from fonds.access import roles
from fonds.access.enums import Rank
from fonds.access.models import Grant
from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.ranks import set_ranks
from fonds.audit.verification import verify
from fonds.reading_room.desk import actions, approvals, queue
from fonds.reading_room.desk.enums import ApprovalState, UseState
from fonds.reading_room.desk.models import DeskApproval, DeskPrint, UseRequest
from fonds.reading_room.models import Certificate, NumberSeries
from fonds.reading_room.readers.models import Reader
from fonds.reading_room.remote import actions as remote
from fonds.reading_room.remote.models import CopyRequest, CopyState
from fonds.reading_room.uses.models import UseEntry

from .conftest import GOOD_NUMBER

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def at_once(*presses: tuple) -> list:
    """The answers to ``presses`` (client, name of the address, its arguments, form), sent at the same moment."""
    answers, ready = [None] * len(presses), threading.Barrier(len(presses))

    def press(place: int, client: Client, name: str, arguments: list, form: dict) -> None:
        try:
            ready.wait(10)
            answers[place] = client.post(reverse(name, args=arguments), form)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(place, *each)) for place, each in enumerate(presses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert all(answer is not None and answer.status_code < 500 for answer in answers), answers
    return answers


def test_numbers_are_drawn_called_and_begun_by_one(clerk, person, window_of):
    other = person("other", roles.CLERK)
    one, two = window_of(clerk), window_of(other)
    at_once(*[(window_of(clerk), "desk_draw", [], {"token": token}) for token in ("a", "a", "b", "b", "c", "d")])
    assert list(UseRequest.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]

    at_once(*[(client, "desk_call", [], {}) for client in (one, two, window_of(clerk), window_of(other))])
    called = UseRequest.objects.filter(state=UseState.CALLED)
    assert {(each.number, each.clerk) for each in called} in ({(1, clerk), (2, other)}, {(1, other), (2, clerk)})

    waiting = UseRequest.objects.get(number=3)
    at_once(*[(client, "desk_begin", [], {"request": waiting.pk}) for client in (one, two)])
    waiting.refresh_from_db()
    assert (waiting.state, waiting.clerk in {clerk, other}) == (UseState.OPEN, True)

    last = UseRequest.objects.get(number=4)  # called to one desk and begun at another
    at_once((one, "desk_begin", [], {"request": last.pk}), (two, "desk_let_go", [last.pk], {}))
    last.refresh_from_db()
    assert (last.state, last.clerk) in [(UseState.OPEN, clerk), (UseState.LEFT, None)]

    at_once(*[(window_of(clerk), "desk_begin", [], {"token": "walk-in"}) for _press in range(3)])
    assert UseRequest.objects.filter(number__gt=4).count() == 1
    assert verify().is_sound


def test_a_called_number_stays_with_who_called_it(clerk, person, window_of, desk):
    request = queue.call(queue.draw(), clerk, desk)
    foreign = window_of(person("other", roles.CLERK))
    for form in ({}, {"again": ""}):
        told = foreign.post(reverse("desk_let_go", args=[request.pk]), form, follow=True).content.decode()
        assert "clerk" in told
    request.refresh_from_db()
    assert (request.state, request.clerk) == (UseState.CALLED, clerk)
    window_of(clerk).post(reverse("desk_let_go", args=[request.pk]), {"again": ""})
    request.refresh_from_db()
    assert (request.state, request.clerk) == (UseState.WAITING, None)


def test_one_reader_is_registered_at_two_desks(clerk, person, window_of, desk, lists):
    other = person("other", roles.CLERK)
    form = {"document_kind": lists["居民身份证"].pk, "number": GOOD_NUMBER, "name": "王桂芳"}
    served = [(window_of(user), queue.begin(user, desk)) for user in (clerk, other)]
    answers = at_once(*[(client, "desk_register_reader", [request.pk], form) for client, request in served])
    assert Reader.objects.count() == 1
    for answer, (client, request) in zip(answers, served, strict=True):
        if answer.status_code == 422:  # it says so, and the next press finds the reader
            assert "另一窗口登记" in answer.content.decode()
            assert client.post(reverse("desk_register_reader", args=[request.pk]), form).status_code == 302
    assert set(UseRequest.objects.values_list("reader", flat=True)) == {Reader.objects.get().pk}


def test_a_page_is_ticked_and_looked_at_from_two_windows(clerk, window_of, served, item):
    actions.show(served, item, [], clerk)
    at_once(*[(window_of(clerk), "desk_tick", [served.pk], {"page": [1, 2, 3]}) for _press in range(4)])
    assert served.items.exclude(ticked_at=None).count() == served.items.count() == 3


@pytest.fixture
def restricted(item, duty):
    set_ranks(item, catalogue_rank=Rank.PUBLIC, content_rank=Rank.RESTRICTED, closed_until=None, reason="x", user=duty)
    return ArchivePage.objects.get(pk=item.pk)


def test_of_two_approvals_one_decides(clerk, duty, person, window_of, served, restricted):
    approval = approvals.ask(served, restricted, clerk)
    deputy = person("deputy", roles.MANAGER)
    at_once(
        (window_of(duty), "desk_decide", [approval.pk], {"decision": "grant"}),
        (window_of(duty), "desk_decide", [approval.pk], {"decision": "grant"}),
        (window_of(deputy), "desk_decide", [approval.pk], {"decision": "refuse", "reason": "第三方信息"}),
    )
    approval.refresh_from_db()
    assert approval.state in {ApprovalState.GRANTED, ApprovalState.REFUSED}
    assert Grant.objects.count() == (approval.state == ApprovalState.GRANTED)
    assert approval.decided_by == (duty if approval.state == ApprovalState.GRANTED else deputy)


def test_approval_on_the_spot_pressed_twice_and_after_the_reader_left(clerk, duty, window_of, served, restricted):
    actions.show(served, restricted, [], clerk)
    form = {"login": "duty", "password": "ink-and-paper"}
    at_once(*[(window_of(clerk), "desk_approve", [served.pk], form) for _press in range(3)])
    assert (DeskApproval.objects.count(), Grant.objects.count()) == (1, 1)
    DeskApproval.objects.all().delete()
    Grant.objects.all().delete()
    approval = approvals.ask(served, restricted, clerk)
    at_once(
        (window_of(clerk), "desk_leave", [served.pk], {}),
        (window_of(duty), "desk_decide", [approval.pk], {"decision": "grant"}),
    )
    assert not approvals.waiting_for(duty).exists()
    approval.refresh_from_db()
    assert Grant.objects.count() == (approval.state == ApprovalState.GRANTED)
    DeskApproval.objects.update(state=ApprovalState.WAITING)
    before = Grant.objects.count()
    told = window_of(duty).post(reverse("desk_decide", args=[approval.pk]), {"decision": "grant"}, follow=True)
    assert "已结束" in told.content.decode()
    assert Grant.objects.count() == before


def test_the_basket_is_certified_once(clerk, window_of, served, item):
    """The key pressed twice in one window_of, and once in another, while somebody hands over in a third."""
    actions.tick(served, item, [1, 2], clerk)
    presses = [(window_of(clerk), "desk_print_basket", [served.pk], {"token": token}) for token in ("a", "a", "a", "b")]
    answers = at_once(*presses, (window_of(clerk), "desk_hand_over", [served.pk], {}))
    served.refresh_from_db()
    certified = Certificate.objects.count()
    assert certified <= 1
    assert DeskPrint.objects.count() == certified == sum(NumberSeries.objects.values_list("last", flat=True))
    if served.state == UseState.OPEN:
        made = DeskPrint.objects.get()
        leads = {answer.url for answer in answers if answer.status_code == 302 and "/prints/" in answer.url}
        assert leads == {reverse("desk_print", args=[served.pk, made.pk])}
        assert window_of(clerk).get(reverse("desk_print_pdf", args=[served.pk, made.pk])).content.startswith(b"%PDF")
        at_once(*[(window_of(clerk), "desk_hand_over", [served.pk], {}) for _press in range(3)])
    entry = UseEntry.objects.get()
    assert entry.pages_certified == 2 * certified  # what was printed is in the register, whatever came first
    assert verify().is_sound


def test_a_copy_from_afar_is_asked_issued_and_fetched_once(clerk, person, window_of, item):
    far, other = person("林读者", roles.READER), person("other", roles.CLERK)
    far.email = "lin@example.org"
    far.save()
    form = {"pages": "1", "purpose": "rights", "purpose_text": "房产过户"}
    at_once(*[(window_of(far), "ask_copy", [item.pk], form) for _press in range(3)])
    asked = CopyRequest.objects.get()
    at_once(*[(window_of(user), "desk_remote_decide", [asked.pk], {"issue": ""}) for user in (clerk, other, clerk)])
    asked.refresh_from_db()
    assert (asked.state, asked.certificate) == (CopyState.ISSUED, Certificate.objects.get())
    (letter,) = [each for each in mail.outbox if each.to == ["lin@example.org"]]
    (token,) = re.findall(r"/requests/copies/fetch/([^/\s]+)/", letter.body)
    answers = at_once(*[(window_of(far), "fetch_copy", [token], {}) for _press in range(4)])
    assert sorted(answer.status_code for answer in answers) == [200, 403, 403, 403]
    assert sum(answer.content.startswith(b"%PDF-") for answer in answers) == 1


def test_taken_back_while_it_is_issued(clerk, person, window_of, item):
    far = person("林读者", roles.READER)
    asked = remote.ask_copy(far, ArchivePage.objects.get(pk=item.pk), pages="1", purpose="rights", purpose_text="x")
    at_once(
        (window_of(far), "take_back_copy", [asked.pk], {}),
        (window_of(clerk), "desk_remote_decide", [asked.pk], {"issue": ""}),
        (window_of(clerk), "desk_remote_decide", [asked.pk], {"refuse": "", "reason": "请到窗口办理"}),
    )
    asked.refresh_from_db()
    assert asked.state in {CopyState.TAKEN_BACK, CopyState.ISSUED, CopyState.REFUSED}
    assert Certificate.objects.count() == (asked.state == CopyState.ISSUED) == bool(asked.certificate)
