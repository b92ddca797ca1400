"""The audit administrator's pages: who may see them, what they show, what they cost."""

import csv
import io
import json

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from fonds.audit import names
from fonds.audit.events import record
from fonds.audit.models import Alarm, Event
from fonds.audit.sealing import seal

pytestmark = [pytest.mark.once, pytest.mark.django_db]
PAGES = ["audit_events", "audit_seals", "audit_alarms"]


@pytest.fixture
def many(db, auditor):
    """A hundred and thirty events: of the auditor and of nobody, on two units, from two addresses."""
    for number in range(130):
        Event(
            action=names.LOOK if number % 2 else names.ORIGINAL,
            channel="web",
            actor_id=auditor.pk if number % 3 else None,
            actor_name="auditor" if number % 3 else "",
            address=f"203.0.113.{number % 2}",
            object_code=f"J037-WS·2008-Y-BGS-000{number % 2}",
            object_title=f"=cmd|{number}",
            request_id="a" * 32 if number == 5 else "",
        ).save()


@pytest.fixture
def alarm(db):
    return Alarm.objects.create(
        kind="refusals", name="多次被拒绝", address="203.0.113.1", count=20, first_event=1, last_event=20
    )


@pytest.mark.parametrize("name", PAGES)
def test_only_who_may_see_events_comes_in(name, auditor_client, django_user_model):
    address = reverse(name)
    assert auditor_client.get(address).status_code == 200
    assert Client().get(address).status_code == 302
    other = django_user_model.objects.create_user("other")
    client = Client()
    client.force_login(other)
    assert client.get(address).status_code in (302, 403)


def test_staff_without_the_permission_see_neither_menu_nor_page(client, django_user_model):
    from django.contrib.auth.models import Permission

    other = django_user_model.objects.create_user("other")
    other.user_permissions.add(*Permission.objects.filter(codename="access_admin"))
    client.force_login(other)
    assert reverse("audit_events") not in client.get("/admin/").content.decode()
    for name in PAGES:
        assert client.get(reverse(name), follow=False).status_code in (302, 403)


def numbers(response) -> list[int]:
    return [event.pk for event in response.context["page"].events]


def test_pages_follow_each_other_without_gap_in_both_directions(many, auditor_client):
    address = reverse("audit_events")
    seen, place, pages = [], "", []
    while place is not None:
        response = auditor_client.get(address, {"place": place, "action": names.LOOK})
        pages.append(numbers(response))
        seen += numbers(response)
        last, place = response, response.context["page"].older
    expected = list(Event.objects.filter(action=names.LOOK).order_by("-at", "-id").values_list("pk", flat=True))
    assert seen == expected
    assert len(pages) == 2
    back = auditor_client.get(address, {"place": last.context["page"].newer, "action": names.LOOK})
    assert numbers(back) == pages[0]


@pytest.mark.parametrize("place", ["", "nonsense", "-1.x", "+99999999999999999999.1", "-²³.1", "-9.9.9"])
def test_nonsense_for_a_place_is_the_beginning_or_nothing(many, auditor_client, place):
    assert auditor_client.get(reverse("audit_events"), {"place": place}).status_code == 200


def test_a_listing_costs_the_same_wherever_it_is(many, auditor_client, django_assert_max_num_queries):
    address = reverse("audit_events")
    auditor_client.get(address)
    place = auditor_client.get(address).context["page"].older
    for query in ({}, {"place": place}, {"person": "auditor", "code": "J037*", "since": "2020-01-01"}):
        with django_assert_max_num_queries(13):
            assert auditor_client.get(address, query).status_code == 200
    with django_assert_max_num_queries(13):
        auditor_client.get(reverse("audit_event", args=[Event.objects.latest("id").pk]))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"address": "203.0.113.1"}, 65),
        ({"code": "J037-WS·2008-Y-BGS-0001"}, 65),
        ({"code": "J037-WS*"}, 130),
        ({"code": "J03"}, 0),
        ({"action": names.LOOK}, 65),
        ({"person": "auditor", "address": "203.0.113.1"}, 43),
        ({"person": "no such person"}, 0),
        ({"request": "a" * 32}, 1),
        ({"since": "2999-01-01"}, 0),
        ({"until": "1999-01-01"}, 0),
        ({"until": "9999-12-31", "address": "203.0.113.1"}, 65),
        ({"since": "not a date", "address": "203.0.113.1"}, 65),
        ({"action": "no.such", "address": "203.0.113.1"}, 65),
        ({"person": "9" * 30}, 0),
        ({"number": "9" * 18}, 0),
        ({"number": "12x", "address": "203.0.113.1"}, 65),
        ({"number": "9" * 30, "address": "203.0.113.1"}, 65),
    ],
)
def test_the_filter(many, auditor_client, query, count):
    response = auditor_client.get(reverse("audit_event_export", args=["csv"]), query)
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert len(rows) - 1 == count
    assert auditor_client.get(reverse("audit_events"), query).status_code == 200


def test_the_number_in_a_watermark_leads_to_its_event(many, auditor_client):
    wanted = Event.objects.filter(action=names.LOOK).first()
    response = auditor_client.get(reverse("audit_events"), {"number": str(wanted.pk)})
    assert numbers(response) == [wanted.pk]
    assert reverse("audit_event", args=[wanted.pk]) in response.content.decode()
    assert "只有数字" in auditor_client.get(reverse("audit_events"), {"number": "12x"}).content.decode()


def test_an_export_is_an_event_and_holds_no_formula(many, auditor_client, newest):
    response = auditor_client.get(reverse("audit_event_export", args=["xlsx"]), {"action": names.LOOK})
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert sheet.max_row == 66
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert newest(names.EVENT_EXPORT).detail == {"filter": {"action": names.LOOK}}
    lines = b"".join(auditor_client.get(reverse("audit_event_export", args=["csv"])).streaming_content).decode(
        "utf-8-sig"
    )
    fields = [field for row in csv.reader(io.StringIO(lines)) for field in row]
    assert not [field for field in fields if field.startswith(("=", "+", "-", "@"))]
    assert "'=cmd|1" in fields
    assert auditor_client.get("/admin/audit/events/export.exe").status_code == 404


def test_one_event_shows_before_and_after(auditor_client, archive):
    event = record(
        "archive_pages.renumber", unit=archive.first, before={"code": "<A>", "same": 1}, after={"code": "B", "same": 1}
    )
    page = auditor_client.get(reverse("audit_event", args=[event.pk])).content.decode()
    assert "<del>&lt;A&gt;</del>" in page
    assert "<ins>B</ins>" in page
    assert "same" not in page
    assert auditor_client.get(reverse("audit_event", args=[10**9])).status_code == 404


def test_seals_are_shown_verified_and_exported(many, auditor_client, newest):
    seal()
    page = auditor_client.get(reverse("audit_seals"))
    assert len(page.context["seals"]) == 1
    checked = auditor_client.post(reverse("audit_seals"))
    assert checked.context["report"].is_sound
    exported = auditor_client.get(reverse("audit_seal_export", args=[1, "json"]))
    assert json.loads(exported.content)["number"] == 1
    assert newest().action == names.SEAL_EXPORT
    printed = auditor_client.get(reverse("audit_seal_export", args=[1, "txt"])).content.decode()
    assert json.loads(exported.content)["hash"] in printed
    assert auditor_client.get(reverse("audit_seal_export", args=[2, "json"])).status_code == 404
    assert auditor_client.get(reverse("audit_seal_export", args=[1, "exe"])).status_code == 404


def test_an_alarm_is_on_the_home_page_until_it_is_acknowledged(auditor_client, alarm):
    assert "多次被拒绝" in auditor_client.get("/admin/").content.decode()
    address = reverse("audit_alarm_acknowledge", args=[alarm.pk])
    assert auditor_client.get(address).status_code == 405
    auditor_client.post(address, {"note": ""})
    assert Alarm.objects.get().acknowledged_at is None
    auditor_client.post(address, {"note": "忘记密码"})
    assert Alarm.objects.get().note == "忘记密码"
    assert "多次被拒绝" not in auditor_client.get("/admin/").content.decode()
    assert "忘记密码" in auditor_client.get(reverse("audit_alarms"), {"state": "all"}).content.decode()


def test_alarms_cost_the_same_for_one_and_for_forty(auditor_client, alarm, django_assert_max_num_queries):
    for _number in range(40):
        Alarm.objects.create(kind="night", name="夜间", count=1, first_event=1, last_event=1)
    with django_assert_max_num_queries(13):
        alarms = auditor_client.get(reverse("audit_alarms"))
    with django_assert_max_num_queries(13):
        seals = auditor_client.get(reverse("audit_seals"))
    assert alarms.content.decode().count("夜间") >= 40
    assert seals.status_code == 200


def test_rules_are_edited_in_the_admin_and_that_is_an_event(staff, newest):
    client = Client()
    client.force_login(staff)
    assert client.get(reverse("alarm_rules:index")).status_code == 200
    values = {"name": "规则", "kind": "refusals", "is_active": "on", "threshold": 3, "window_minutes": 5}
    bad = client.post(reverse("alarm_rules:add"), {**values, "from_hour": 25, "to_hour": 6})
    assert bad.status_code == 200
    client.post(reverse("alarm_rules:add"), {**values, "from_hour": 22, "to_hour": 6})
    assert (newest().action, newest().object_type) == ("wagtail.create", "audit.alarmrule")
