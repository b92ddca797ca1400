"""The office on the screens: set up by a manager, chosen by the issuer, that of the desk at the window."""

import io

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse
from openpyxl import load_workbook

from fonds.access import roles
from fonds.archive_pages.models import ArchivePage
from fonds.reading_room.actions import issue_certificate
from fonds.reading_room.desk import actions, prints
from fonds.reading_room.desk.models import Desk
from fonds.reading_room.models import Certificate, IssuingOffice, NumberSeries
from fonds.reading_room.remote import actions as remote
from fonds.reading_room.remote.models import CopyState

pytestmark = [pytest.mark.once, pytest.mark.django_db]

OFFICES = "/admin/issuing_offices/"
HALL = {
    "name": "越州市政务服务大厅", "name_en": "Service Hall", "seal_text": "越州市政务服务大厅", "seal_name": "档案证明专用章",
    "signing_key": "", "number_pattern": "越政厅证〔{year}〕{number}号", "number_width": "4", "is_used": "on",
}  # fmt: skip


@pytest.fixture
def main():
    return IssuingOffice.objects.main()


@pytest.fixture
def hall(db):
    return IssuingOffice.objects.create(**{**HALL, "number_width": 4, "is_used": True})


@pytest.fixture
def of_the_hall(hall):
    """The group that alone may issue in the name of the hall."""
    group = Group.objects.create(name="Hall")
    hall.groups.add(group)
    return group


def number_of(made) -> str:
    return made.certificates.get().shown_number


def test_a_manager_sets_up_an_office(duty, client, main):
    client.force_login(duty)
    group = Group.objects.get(name=roles.CLERK)
    assert client.post(f"{OFFICES}new/", {**HALL, "groups": [group.pk]}).status_code == 302
    hall = IssuingOffice.objects.get(name=HALL["name"])
    assert (hall.is_main, list(hall.groups.all())) == (False, [group])
    assert client.get(f"{OFFICES}history/{hall.pk}/").status_code == 200
    page = client.post(f"{OFFICES}edit/{hall.pk}/", {**HALL, "number_pattern": main.number_pattern})
    assert "写法相同" in page.content.decode()
    out_of_use = {name: value for name, value in HALL.items() if name != "is_used"}
    assert client.post(f"{OFFICES}edit/{hall.pk}/", out_of_use).status_code == 302
    assert not IssuingOffice.objects.get(pk=hall.pk).is_used


def test_the_main_office_and_that_of_a_desk_stay_in_use(duty, client, main, hall, desk):
    client.force_login(duty)
    data = {name: value for name, value in HALL.items() if name != "is_used"}
    other = {**data, "name": "某室", "number_pattern": "某〔{year}〕{number}号"}
    assert "主要出证单位始终启用" in client.post(f"{OFFICES}edit/{main.pk}/", other).content.decode()
    Desk.objects.filter(pk=desk.pk).update(office=hall)
    assert desk.name in client.post(f"{OFFICES}edit/{hall.pk}/", data).content.decode()
    assert IssuingOffice.objects.filter(is_used=True).count() == 2


def test_nobody_deletes_an_office_and_nobody_else_changes_one(duty, clerk, client, hall):
    for who in (duty, clerk):
        client.force_login(who)
        assert client.post(f"{OFFICES}delete/{hall.pk}/").status_code in (302, 403, 404)
    assert client.post(f"{OFFICES}edit/{hall.pk}/", {**HALL, "name": "改名"}).status_code in (302, 403, 404)
    assert client.post(f"{OFFICES}new/", {**HALL, "name": "新"}).status_code in (302, 403, 404)
    assert list(IssuingOffice.objects.filter(is_main=False).values_list("name", flat=True)) == [HALL["name"]]


def test_the_list_of_offices_costs_the_same_however_many(duty, client, hall, django_assert_max_num_queries):
    client.force_login(duty)
    client.get(OFFICES)
    IssuingOffice.objects.bulk_create(
        IssuingOffice(name=f"第{number}室", seal_text="室", number_pattern=f"室{number}〔{{year}}〕{{number}}号")
        for number in range(30)
    )
    with django_assert_max_num_queries(16):
        assert "第29室" in client.get(OFFICES).content.decode()


def test_the_list_of_desks_shows_their_offices(duty, client, hall, desk, django_assert_max_num_queries):
    client.force_login(duty)
    assert "主要单位" in client.get("/admin/desks/").content.decode()
    Desk.objects.update(office=hall)
    with django_assert_max_num_queries(15):
        assert client.get("/admin/desks/").content.decode().count(HALL["name"]) == 3


def test_the_form_offers_a_choice_only_where_there_is_one(duty, clerk, client, item, main, hall, of_the_hall):
    address = reverse("certify", args=[item.pk])
    client.force_login(clerk)
    assert 'name="office"' not in client.get(address).content.decode()
    clerk.groups.add(of_the_hall)  # it ends his session
    client.force_login(clerk)
    page = client.get(address).content.decode()
    assert page.index(f'<option value="{main.pk}">') < page.index(f'<option value="{hall.pk}">')
    data = {"pages": ["1"], "purpose": "查询", "language": "zh-hans", "office": str(hall.pk), "token": "t"}
    assert client.post(address, data).status_code == 302
    assert client.post(address, {**data, "office": str(main.pk)}).status_code == 302
    assert Certificate.objects.get().issuing_office == hall


@pytest.mark.parametrize("office", ["hall", "999999", "x"])
def test_a_form_that_names_an_office_one_may_not_use_issues_nothing(clerk, client, item, of_the_hall, hall, office):
    client.force_login(clerk)
    data = {"pages": ["1"], "purpose": "查询", "language": "zh-hans", "office": {"hall": hall.pk}.get(office, office)}
    page = client.post(reverse("certify", args=[item.pk]), data)
    assert page.status_code == 422
    assert ("您不能以" if office == "hall" else "没有这个") in page.content.decode()
    assert not NumberSeries.objects.exists()


def test_several_records_and_no_record_in_the_name_chosen(duty, client, item, hall):
    client.force_login(duty)
    said = {"purpose": "查询", "language": "zh-hans", "office": hall.pk}
    for together in ("1", ""):
        data = {**said, "unit": item.pk, f"pages_{item.pk}": "1", "together": together}
        assert client.post(reverse("certify_several"), data).status_code == 302
    assert client.post(reverse("certify_none"), {**said, "statement": "未查到"}).status_code == 302
    assert [each.issuing_office for each in Certificate.objects.all()] == [hall] * 3


def test_a_desk_certifies_in_the_name_of_its_office(served, clerk, item, hall, main, desk):
    year_and = {"main": "越市监档证〔", "hall": "越政厅证〔"}
    actions.tick(served, ArchivePage.objects.get(pk=item.pk), [1], clerk)
    assert number_of(prints.certify(served, clerk, prints.new_token())).startswith(year_and["main"])
    Desk.objects.filter(pk=desk.pk).update(office=hall)
    served.refresh_from_db()
    actions.tick(served, ArchivePage.objects.get(pk=item.pk), [2], clerk)
    token = prints.new_token()
    made = prints.certify(served, clerk, token)
    assert number_of(made).startswith(year_and["hall"])
    assert number_of(prints.certify_none(served, clerk, prints.new_token(), "未查到")).startswith(year_and["hall"])
    Desk.objects.filter(pk=desk.pk).update(office=None)
    served.refresh_from_db()
    assert prints.certify(served, clerk, token) == made


def test_a_clerk_who_may_not_issue_for_the_desk_is_told_and_keeps_the_basket(
    served, clerk, client, item, hall, of_the_hall, desk
):
    Desk.objects.filter(pk=desk.pk).update(office=hall)
    served.refresh_from_db()
    actions.tick(served, ArchivePage.objects.get(pk=item.pk), [1], clerk)
    with pytest.raises(ValidationError, match="您不能以"):
        prints.certify(served, clerk, prints.new_token())
    assert not NumberSeries.objects.exists()
    assert served.items.exclude(ticked_at=None).count() == 1
    client.force_login(clerk)
    assert HALL["name"] in client.get(reverse("desk_request", args=[served.pk])).content.decode()


def test_a_copy_from_afar_is_issued_in_the_name_chosen(person, duty, client, item, hall):
    far = person("林读者", roles.READER)
    unit = ArchivePage.objects.get(pk=item.pk)
    asked = remote.ask_copy(far, unit, pages="1", purpose="rights", purpose_text="申报")
    client.force_login(duty)
    assert f'<option value="{hall.pk}">' in client.get(reverse("desk_remote")).content.decode()
    address = reverse("desk_remote_decide", args=[asked.pk])
    client.post(address, {"issue": "", "office": "999999"})
    asked.refresh_from_db()
    assert asked.state == CopyState.WAITING
    client.post(address, {"issue": "", "office": hall.pk})
    asked.refresh_from_db()
    assert asked.certificate.issuing_office == hall


def test_the_register_by_office(duty, client, item, main, hall):
    client.force_login(duty)
    made = [issue_certificate(item, pages=[1], purpose="查询", user=duty, office=office) for office in (main, hall)]
    page = client.get("/admin/certificates/", {"issuing_office": hall.pk}).content.decode()
    assert made[1].shown_number in page
    assert made[0].shown_number not in page
    assert made[0].shown_number in client.get("/admin/certificates/", {"issuing_office": "x"}).content.decode()
    printout = reverse("printout", args=["certificate-register"])
    answer = client.post(printout, {"kind": "xlsx", "year": "", "status": "", "issuing_office": hall.pk})
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert any(made[1].shown_number in row for row in rows)
    assert not any(made[0].shown_number in row for row in rows)


def test_with_one_office_nothing_speaks_of_offices(duty, client, item):
    client.force_login(duty)
    issue_certificate(item, pages=[1], purpose="查询", user=duty)
    assert "issuing_office=" not in client.get("/admin/certificates/").content.decode()
    assert (
        'name="issuing_office"' not in client.get(reverse("printout", args=["certificate-register"])).content.decode()
    )
    assert 'name="office"' not in client.get(reverse("desk_remote")).content.decode()


def test_what_the_register_and_the_forms_cost(duty, client, item, hall, django_assert_max_num_queries):
    client.force_login(duty)
    for number in range(4):
        issue_certificate(item, pages=[1], purpose="查询", user=duty, office=hall if number % 2 else None)
    client.get("/admin/certificates/")
    with django_assert_max_num_queries(30):  # as before there were several offices
        register = client.get("/admin/certificates/")
    with django_assert_max_num_queries(40):
        form = client.get(reverse("certify", args=[item.pk]))
    assert (register.status_code, form.status_code) == (200, 200)
