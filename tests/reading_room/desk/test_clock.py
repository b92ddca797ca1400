"""The clock of the machine at the window: set back in the middle of a visit, at midnight, at New Year."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fonds.reading_room.desk import actions, prints, queue
from fonds.reading_room.desk.basket import basket_of
from fonds.reading_room.desk.enums import PrintKind, UseState
from fonds.reading_room.desk.models import UseRequest
from fonds.reading_room.enums import CertificateStatus
from fonds.reading_room.models import Certificate
from fonds.reading_room.uses.models import UseEntry
from fonds.reading_room.uses.statistics import totals

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def window(clerk, client, desk) -> Client:
    client.force_login(clerk)
    client.post(reverse("desk_choose"), {"desk": desk.pk, "printer": ""})
    return client


@pytest.fixture
def clock(monkeypatch, client, clerk):
    """``clock(month, day, hour, minute)``: sets the clock to that local time of this year; month 13 is January of the
    next. The clerk signs in anew: sessions end by the clock too."""
    year = timezone.localdate().year

    def set_to(month: int, day: int, hour: int, minute: int = 0) -> dt.datetime:
        moment = dt.datetime(
            year + (month > 12), (month - 1) % 12 + 1, day, hour, minute, tzinfo=timezone.get_default_timezone()
        )
        monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(dt.UTC))
        client.force_login(clerk)
        return moment

    return set_to


def test_set_back_between_every_two_steps(window, clock, item, visitor, lists, clerk):
    clock(12, 1, 12)
    window.post(reverse("desk_draw"), {"token": "one"})
    clock(12, 1, 11)
    assert (queue.board().minutes, queue.waiting_today().get().waited_seconds) == (0, 0)
    assert window.get(reverse("desk")).status_code == 200
    window.post(reverse("desk_call"))
    clock(12, 1, 10)
    window.post(reverse("desk_begin"), {"request": UseRequest.objects.get().pk})
    clock(12, 1, 9)
    served = UseRequest.objects.get()
    assert 'data-clock="0"' in window.get(reverse("desk_request", args=[served.pk])).content.decode()
    actions.set_reader(served, visitor, clerk)
    actions.set_purpose(served, lists["公证"], clerk)
    actions.show(served, item, [], clerk)
    actions.tick(served, item, [1], clerk)
    clock(12, 1, 8)
    assert window.post(reverse("desk_print_basket", args=[served.pk]), {"token": "t", "certify": ""}).status_code == 302
    clock(12, 1, 7)
    assert window.post(reverse("desk_hand_over", args=[served.pk])).status_code == 302
    entry = UseEntry.objects.get()
    assert (entry.seconds, entry.waited_seconds, entry.ended_at >= entry.began_at) == (0, 0, True)
    assert (entry.pages_certified, totals(UseEntry.objects.all()).seconds) == (1, 0)
    assert Certificate.objects.get().status == CertificateStatus.VALID


def test_numbers_begin_anew_at_local_midnight(window, clock):
    clock(12, 1, 23, 59)
    for token in ("a", "b"):
        window.post(reverse("desk_draw"), {"token": token})
    clock(12, 2, 0, 1)
    window.post(reverse("desk_draw"), {"token": "c"})
    clock(12, 1, 23, 58)  # set back over midnight: the day before is counted on
    window.post(reverse("desk_draw"), {"token": "d"})
    clock(12, 2, 0, 2)
    window.post(reverse("desk_draw"), {"token": "e"})
    drawn = UseRequest.objects.order_by("day", "number").values_list("day__day", "number")
    assert list(drawn) == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]
    assert [each.number for each in queue.waiting_today()] == [1, 2]  # nobody of yesterday waits any more


def test_what_is_open_since_yesterday(window, clock, served, item, clerk):
    clock(12, 1, 16)
    UseRequest.objects.filter(pk=served.pk).update(
        day=timezone.localdate(), begun_at=timezone.now(), drawn_at=timezone.now(), called_at=timezone.now()
    )
    clock(12, 2, 9)
    queue.draw()
    address = reverse("desk_request", args=[served.pk])
    assert address in window.get(reverse("desk")).content.decode()
    window.get(address, {"unit": item.pk})
    assert window.post(reverse("desk_hand_over", args=[served.pk])).status_code == 302
    entry = UseEntry.objects.get()
    assert (entry.number, entry.seconds) == (f"{timezone.localdate().year}1201-001", 17 * 3600)
    assert UseRequest.objects.get(day__day=2).state == UseState.WAITING


def test_the_year_of_a_number_is_the_local_one(window, clock, served, item, clerk):
    year = timezone.localdate().year
    numbers = []
    for moment in ((12, 31, 23, 59), (13, 1, 0, 1), (12, 31, 23, 58)):  # in UTC all three are of the old year
        clock(*moment)
        actions.tick(served, item, [1], clerk)
        token = prints.new_token()
        window.post(reverse("desk_print_basket", args=[served.pk]), {"token": token, "certify": ""})
        numbers.append(prints.certificates_of(served)[-1].number)
    assert numbers == [f"{year}-0001", f"{year + 1}-0001", f"{year + 1}-0002"]
    clock(13, 1, 0, 2)
    assert queue.draw().shown_number == f"{year + 1}0101-001"


@pytest.mark.parametrize("hour", [9, 15])
def test_what_was_stopped_is_found_also_by_a_clock_set_back(window, clock, served, item, clerk, hour):
    """Stopped at noon; the clock now says 9 or 15: at once the pages are back, and nothing keeps the request open."""
    noon = clock(12, 1, 12)
    actions.tick(served, item, [1, 2], clerk)
    lines = basket_of(served, clerk)
    prints._claim(served, PrintKind.CERTIFIED, "stopped", lines)
    prints._take_out(lines)
    served.prints.update(made_at=noon)
    clock(12, 1, hour)
    assert "打印篮：2 页" in window.get(reverse("desk_request", args=[served.pk])).content.decode()
    assert window.post(reverse("desk_hand_over", args=[served.pk])).status_code == 302
    assert (served.prints.count(), UseEntry.objects.get().pages_certified) == (0, 0)
