"""The screens of the window: who reaches them, what they say, and what they cost."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fonds.access import roles
from fonds.archive_pages.models import ArchivePage, FilePage, ItemPage
from fonds.archive_pages.standing import refresh_standing
from fonds.collections.models import PageScan
from fonds.reading_room.desk import actions, approvals, prints, queue
from fonds.reading_room.desk.enums import ApprovalState, UseState
from fonds.reading_room.desk.forms import TypedDay
from fonds.reading_room.desk.models import DeskApproval, UseRequest, WindowSettings
from fonds.reading_room.kept_files import issued_bytes
from fonds.reading_room.models import Certificate
from fonds.reading_room.readers.models import Reader
from fonds.reading_room.uses.models import UseEntry
from tests.reading_room.conftest import close
from tests.reading_room.test_page_prints import text_of

from .conftest import GOOD_NUMBER

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def window(clerk, client, desk) -> Client:
    """The clerk's browser, sitting at the first desk."""
    client.force_login(clerk)
    client.post(reverse("desk_choose"), {"desk": desk.pk, "printer": "HP 3 楼"})
    return client


def address(name: str, served, *more) -> str:
    return reverse(name, args=[served.pk, *more])


def test_a_search_without_result_is_certified(window, served, item):
    page = address("desk_request", served)
    html = window.get(page, {"q": "越州市无此企业"}).content.decode()
    assert "以“越州市无此企业”检索" in html
    assert "未查到相关档案" not in window.get(page, {"q": item.title}).content.decode()  # nobody signs it by a slip
    form = {"token": window.get(page).context["token"], "none": "", "statement": ""}
    assert window.post(address("desk_print_basket", served), form).status_code == 422
    UseRequest.objects.filter(pk=served.pk).update(purpose=None)
    refused = window.post(address("desk_print_basket", served), form | {"statement": "已查全部目录"})
    assert (refused.status_code, "已查全部目录</textarea>" in refused.content.decode()) == (422, True)
    UseRequest.objects.filter(pk=served.pk).update(purpose=served.purpose)
    form["statement"] = "以“越州市无此企业”检索，未查到"
    printed = window.post(address("desk_print_basket", served), form, follow=True)
    assert window.post(address("desk_print_basket", served), form).status_code == 302
    certificate = Certificate.objects.get()
    assert certificate.shown_number in printed.content.decode()
    assert (certificate.kind, certificate.applicant, certificate.units.count()) == ("none", "王桂芳", 0)
    pdf = window.get(address("desk_print_pdf", served, served.prints.get().pk))
    assert pdf.content == issued_bytes(certificate)


def test_the_whole_visit(window, item, lists, desk):
    answer = window.post(reverse("desk_begin"), follow=True)
    served = UseRequest.objects.get()
    assert (served.state, served.desk) == (UseState.OPEN, desk)
    form = {"document_kind": lists["居民身份证"].pk, "number": "１１０１０１１９９００３０７１２６８", "name": "王桂芳",
            "kind": lists["公民个人"].pk}  # fmt: skip
    assert window.post(address("desk_register_reader", served), form).status_code == 302
    assert window.post(address("desk_purpose", served), {"purpose": lists["公证"].pk}).status_code == 302
    answer = window.get(address("desk_request", served), {"unit": item.pk, "page": 2})
    html = answer.content.decode()
    assert "110*************68" in html
    assert GOOD_NUMBER not in html
    assert window.post(address("desk_tick", served), {"page": 2}).status_code == 302
    html = window.get(address("desk_request", served)).content.decode()
    assert 'data-clock="' in html
    assert "打印篮：1 页" in html
    token = answer.context["token"]
    printed = window.post(address("desk_print_basket", served), {"token": token, "certify": ""}, follow=True)
    assert "HP 3 楼" in printed.content.decode()
    certificate = Certificate.objects.get()
    again = window.post(address("desk_print_basket", served), {"token": token, "certify": ""})
    assert (again.status_code, Certificate.objects.count()) == (302, 1)
    pdf = window.get(address("desk_print_pdf", served, served.prints.get().pk))
    assert pdf.content.startswith(b"%PDF-")
    assert pdf["X-Frame-Options"] == "SAMEORIGIN"
    assert window.post(address("desk_hand_over", served)).status_code == 302
    entry = UseEntry.objects.get()
    assert (entry.pages_certified, entry.pages_shown) == (1, 2)
    assert certificate.purpose == "公证"
    assert "已办结" in window.get(address("desk_request", served)).content.decode()


def test_what_was_typed_stays_where_it_is_refused(window, lists):
    window.post(reverse("desk_begin"))
    served = UseRequest.objects.get()
    form = {"document_kind": lists["居民身份证"].pk, "number": "110101199003071269", "name": "王桂芳"}
    answer = window.post(address("desk_register_reader", served), form)
    html = answer.content.decode()
    assert (answer.status_code, Reader.objects.count()) == (422, 0)
    assert "校验码不符" in html
    assert 'value="王桂芳"' in html
    form |= {"number": GOOD_NUMBER, "letter_number": "88"}
    assert "介绍信有效期" in window.post(address("desk_register_reader", served), form).content.decode()
    form |= {"letter_until": "2020-01-01", "organisation": "律所"}
    assert "介绍信已过期" in window.post(address("desk_register_reader", served), form).content.decode()
    assert Reader.objects.count() == 0  # nothing is half done
    html = window.post(address("desk_register_reader", served), form | {"letter_until": "3月5日"}).content.decode()
    assert ("请按年月日填写" in html, "请填写介绍信有效期" in html) == (True, False)


@pytest.mark.parametrize(
    "typed", ["20261231", "2026-12-31", "2026.12.31", "2026/12/31", "2026年12月31日", "２０２６１２３１"]
)
def test_the_day_of_a_letter_is_read_as_hands_write_it(typed):
    assert TypedDay().clean(typed) == dt.date(2026, 12, 31)


@pytest.mark.parametrize(("typed", "field", "value", "missing"), [
    ("１１０１０１１９９００３０７１２６８", "number", GOOD_NUMBER, "name"), ("李四海", "name", "李四海", "number")])  # fmt: skip
def test_who_is_not_known_is_registered_with_what_was_typed(window, typed, field, value, missing):
    window.post(reverse("desk_begin"))
    answer = window.post(address("desk_find_reader", UseRequest.objects.get()), {"wanted": typed})
    assert answer.context["reader_form"][field].value() == value
    assert f'data-next-field="{missing}"' in answer.content.decode()


def test_a_reader_is_found_by_number_without_any_address_bearing_it(window, visitor):
    window.post(reverse("desk_begin"))
    served = UseRequest.objects.get()
    answer = window.post(address("desk_find_reader", served), {"wanted": GOOD_NUMBER})
    assert "王桂芳" in answer.content.decode()
    assert window.post(address("desk_choose_reader", served), {"reader": visitor.pk}).status_code == 302
    served.refresh_from_db()
    assert served.reader == visitor
    assert window.post(address("desk_choose_reader", served), {"reader": "x"}).status_code == 404


def test_nobody_else_sees_or_changes_the_basket(served, person, client, item, clerk):
    actions.tick(served, item, [1], clerk)
    for name, role in (("other", roles.CLERK), ("boss", roles.MANAGER), ("officer", roles.OFFICER)):
        client.force_login(person(name, role))
        answer = client.get(address("desk_request", served))
        assert answer.status_code == 403
        assert item.title not in answer.content.decode()
        assert client.post(address("desk_tick", served), {"page": 2}).status_code == 403
        assert client.post(address("desk_hand_over", served)).status_code == 403
    client.logout()
    assert client.get(address("desk_request", served)).status_code == 302
    assert served.items.filter(ticked_at=None).count() == 0


def test_the_second_clerk_at_one_number_gets_a_sentence(served, person, client):
    client.force_login(person("other", roles.CLERK))
    html = client.get(address("desk_request", served)).content.decode()
    assert "由clerk（1号窗口）接待" in html
    answer = client.post(reverse("desk_begin"), {"request": served.pk}, follow=True)
    assert "请先选择窗口" in answer.content.decode()


def test_what_may_not_be_known_of_is_not_there(served, window, item, duty):
    assert window.get(address("desk_request", served), {"unit": item.pk}).status_code == 200
    ArchivePage.objects.filter(pk=item.pk).update(catalogue_class=30000, content_class=30000)
    hidden = window.get(address("desk_request", served), {"unit": item.pk})
    missing = window.get(address("desk_request", served), {"unit": 987654321})
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert item.title not in window.get(address("desk_request", served)).content.decode()


def test_approval_on_the_spot_and_from_the_work_list(served, window, item, duty, client):
    close(item)
    html = window.get(address("desk_request", served), {"unit": item.pk}).content.decode()
    assert "经值班负责人批准" in html
    assert "/files/scans/" not in html
    wrong = window.post(address("desk_approve", served), {"login": "duty", "password": "wrong", "spot": ""})
    assert (wrong.status_code, "不正确" in wrong.content.decode()) == (422, True)
    assert ('value="duty"' in wrong.content.decode(), "wrong" in wrong.content.decode()) == (True, False)
    window.post(address("desk_approve", served), {"remote": ""})
    approval = DeskApproval.objects.get()
    assert window.get(address("desk_state", served)).json() == {"waiting": 1, "decided": 0}
    assert window.post(reverse("desk_decide", args=[approval.pk]), {"decision": "grant"}).status_code == 403
    boss = Client()
    boss.force_login(duty)
    assert item.title in boss.get(reverse("desk_approvals")).content.decode()
    boss.post(reverse("desk_decide", args=[approval.pk]), {"decision": "grant", "reason": "本人档案"})
    approval.refresh_from_db()
    assert (approval.state, approval.decided_by) == (ApprovalState.GRANTED, duty)
    assert window.get(address("desk_state", served)).json() == {"waiting": 0, "decided": 1}
    assert "/files/scans/" in window.get(address("desk_request", served)).content.decode()


def test_the_readers_screen_shows_what_the_clerk_shows_and_no_more(served, window, item, duty):
    scan = item.page_scans.get(number=1)
    window.get(address("desk_request", served), {"unit": item.pk, "page": 1})
    assert window.get(reverse("desk_mirror_state")).json()["pages"] == []
    window.post(address("desk_set_mirror", served), {"on": ""})
    shown = window.get(reverse("desk_mirror_state")).json()["pages"]
    assert [page["picture"] for page in shown][0] == reverse("scan_preview", args=[scan.pk])
    html = window.get(reverse("desk_mirror")).content.decode()
    assert served.reader.name not in html
    close(item)
    assert window.get(reverse("desk_mirror_state")).json()["pages"] == []


def test_the_mark_on_the_readers_screen_and_the_receipt(served, window, item, clerk, client):
    settings = WindowSettings.load()
    settings.marks_screen = settings.charges = True
    settings.price_of_page = "0.50"
    settings.save()
    assert window.get(address("desk_receipt", served)).status_code == 404
    window.get(address("desk_request", served), {"unit": item.pk, "page": 1})
    window.post(address("desk_set_mirror", served), {"on": ""})
    mark = window.get(reverse("desk_mirror_state")).json()["mark"]
    assert mark.startswith(f"王桂芳 {served.shown_number}")
    actions.tick(served, item, [1, 2], clerk)
    prints.print_copies(served, clerk, prints.new_token())
    actions.hand_over(served, clerk)
    words = text_of(window.get(address("desk_receipt", served)).content)
    assert "收据" in words
    assert "¥1.00" in words
    assert "王桂芳" in words


def test_the_board_tells_numbers_and_nothing_else(served, client, desk, clerk):
    queue.draw()
    queue.call_next(clerk, desk)
    client.logout()
    html = client.get(reverse("desk_board")).content.decode()
    assert "1号窗口" in html
    assert served.reader.name not in html
    assert "clerk" not in html


def test_a_request_reopens_where_it_was(served, window, item):
    window.get(address("desk_request", served), {"q": "企业登记", "unit": item.pk, "page": 3})
    html = window.get(address("desk_request", served)).content.decode()
    assert 'value="企业登记"' in html
    assert "第 3 页，共 3 页" in html
    assert address("desk_request", served) in window.get(reverse("desk")).content.decode()


def test_the_screen_costs_the_same_with_2000_pages(served, window, item, django_assert_max_num_queries):
    window.get(address("desk_request", served), {"q": "企业", "unit": item.pk})
    scan = item.page_scans.first()
    PageScan.objects.bulk_create(
        PageScan(unit_id=item.pk, number=number, master=scan.master, sha256=scan.sha256, width=620, height=877)
        for number in range(4, 2001)
    )
    ArchivePage.objects.filter(pk=item.pk).update(scan_count=2000)
    actions.tick(served, item, list(range(1, 200)), served.clerk)
    with django_assert_max_num_queries(46):
        html = window.get(address("desk_request", served), {"unit": item.pk, "page": 1000}).content.decode()
    assert html.count("<img") < 40


def test_a_file_leads_to_the_records_in_it(served, window, series):
    dossier = series.add_child(
        instance=FilePage(title="恒丰商贸登记档案", reference_code="J037-WS·2008·Y-0001", opening_status="open")
    )
    inside = dossier.add_child(
        instance=ItemPage(title="章程", reference_code="J037-WS·2008·Y-0001-001", opening_status="open")
    )
    refresh_standing(series.path)
    html = window.get(address("desk_request", served), {"unit": dossier.pk}).content.decode()
    assert f"?unit={inside.pk}" in html
    html = window.get(address("desk_request", served), {"unit": inside.pk}).content.decode()
    assert "请调取原件" in html
    assert f'href="?unit={dossier.pk}&amp;from={inside.pk}"' in html
    window.post(address("desk_original", served))
    assert served.items.get(unit_id=inside.pk).page == actions.ORIGINAL


def test_english_has_every_word(served, window, item):
    window.cookies["django_language"] = "en"
    html = window.get(address("desk_request", served), {"unit": item.pk, "q": "zz"}).content.decode()
    assert "Certify and print" in html
    assert "Notary" in html


def entries(first: int, last: int) -> None:
    now = timezone.now()
    UseEntry.objects.bulk_create(
        UseEntry(number=f"N{number}", day=timezone.localdate(), began_at=now, ended_at=now, seconds=60, purpose="公证")
        for number in range(first, last)
    )


def test_the_lists_cost_the_same_however_long_they_are(window, duty, visitor, desk, item, lists, clerk):
    boss = Client()
    boss.force_login(duty)
    close(item)
    unit = ArchivePage.objects.get(pk=item.pk)

    def ask() -> None:
        request = queue.begin(clerk, desk)
        actions.set_reader(request, visitor, clerk)
        actions.set_purpose(request, lists["公证"], clerk)
        approvals.ask(request, unit, clerk)

    def cost() -> list[int]:
        counts = []
        for client, name in ((window, "desk"), (window, "desk_board"), (window, "desk_uses"), (boss, "desk_approvals"),
                             (window, "desk_readers")):  # fmt: skip
            with CaptureQueriesContext(connection) as captured:
                assert client.get(reverse(name)).status_code == 200
            counts.append(len(captured))
        return counts

    ask()
    queue.draw()
    entries(0, 3)
    cost()
    few = cost()
    for _number in range(8):
        ask()
        queue.draw()
    entries(3, 40)
    assert cost() == few
    assert max(few) <= 20
