"""The pages of the reading room: who gets in, what is said, what the register shows."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from fonds.collections.models import PageScan
from fonds.reading_room.actions import issue_certificate
from fonds.reading_room.enums import CertificateStatus
from fonds.reading_room.kept_files import issued_bytes
from fonds.reading_room.models import Certificate

from .conftest import close

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def issued(item, manager):
    return issue_certificate(item, pages=[1], purpose="=1+1", applicant="王建国", user=manager, language="zh-hans")


def test_a_manager_issues_from_the_form(item, manager, client):
    client.force_login(manager)
    address = reverse("certify", args=[item.pk])
    page = client.get(address)
    assert page.status_code == 200
    assert page.content.decode().count('name="pages"') == 3
    data = {"pages": ["1", "3"], "purpose": "办理变更登记", "applicant": "", "language": "en"}
    response = client.post(address, data)
    certificate = Certificate.objects.get()
    assert response.url == reverse("certificate", args=[certificate.number])
    assert certificate.language == "en"
    assert [entry["page"] for entry in certificate.pages] == [1, 3]
    done = client.get(response.url)
    assert reverse("certificate_pdf", args=[certificate.number]) in done.content.decode()


def test_all_pages_without_javascript(item, manager, client):
    client.force_login(manager)
    client.post(reverse("certify", args=[item.pk]), {"all_pages": "on", "purpose": "查询", "language": "zh-hans"})
    assert Certificate.objects.get().page_count == 3


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"purpose": "查询"}, "请至少选择一页"),
        ({"pages": ["1"], "purpose": ""}, "请填写用途"),
        ({"pages": ["9"], "purpose": "查询"}, "第 9 页"),
        ({"pages": ["x"], "purpose": "查询"}, "第 x 页"),
        ({"pages": ["1"], "purpose": "a\x01b"}, "控制字符"),
        ({"pages": ["1"], "purpose": "长" * 201}, "200"),
    ],
)
def test_faults_are_named_and_nothing_is_issued(item, manager, client, data, words):
    client.force_login(manager)
    response = client.post(reverse("certify", args=[item.pk]), {"language": "zh-hans", **data})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Certificate.objects.exists()


def test_an_item_without_scans_says_so(item, manager, client):
    PageScan.objects.all().delete()
    client.force_login(manager)
    page = client.get(reverse("certify", args=[item.pk]))
    assert "没有扫描页" in page.content.decode()
    response = client.post(reverse("certify", args=[item.pk]), {"all_pages": "on", "purpose": "查询", "language": "en"})
    assert response.status_code == 422
    assert not Certificate.objects.exists()


def test_who_may_not_print(item, editor, reader, client):
    address = reverse("certify", args=[item.pk])
    visitor = client.get(address)
    assert visitor.status_code == 302
    assert "/account/login/" in visitor.url
    for person in (editor, reader):
        client.force_login(person)
        for response in (client.get(address), client.post(address, {"pages": ["1"], "purpose": "x"})):
            assert response.status_code == 403
            assert "您无权出具档案证明" in response.content.decode()
    close(item)
    assert client.get(address).status_code == 404
    client.force_login(editor)
    assert client.get(address).status_code == 403
    assert not Certificate.objects.exists()


def test_reprint_gives_the_same_bytes(issued, manager, client):
    client.force_login(manager)
    address = reverse("certificate_pdf", args=[issued.number])
    first, second = client.get(address), client.get(address)
    assert first.content == second.content == issued_bytes(issued)
    assert first["Content-Type"] == "application/pdf"
    assert "no-store" in first["Cache-Control"]


def test_the_register_is_not_for_everyone(issued, editor, reader, client):
    pages = ["certificate", "certificate_pdf", "revoke_certificate"]
    for name in pages:
        assert client.get(reverse(name, args=[issued.number])).status_code == 302
    for person in (editor, reader):
        client.force_login(person)
        for name in pages:
            known = client.get(reverse(name, args=[issued.number]))
            unknown = client.get(reverse(name, args=["2000-0001"]))
            assert known.status_code == unknown.status_code == 403
            assert "王建国" not in known.content.decode()


def test_a_void_number_has_no_file(issued, manager, client):
    Certificate.objects.update(status=CertificateStatus.VOIDED, key="", sha256="", size=0)
    client.force_login(manager)
    assert client.get(reverse("certificate_pdf", args=[issued.number])).status_code == 403
    assert client.get(reverse("certificate", args=[issued.number])).status_code == 200


def test_revoking_in_the_browser(issued, manager, client):
    client.force_login(manager)
    address = reverse("revoke_certificate", args=[issued.number])
    assert client.get(address).status_code == 200
    assert "请填写撤销原因" in client.post(address, {"reason": ""}).content.decode()
    assert "没有此编号" in client.post(address, {"reason": "x", "replaced_by": "2000-0001"}).content.decode()
    assert "不能由其自身替代" in client.post(address, {"reason": "x", "replaced_by": issued.number}).content.decode()
    assert client.post(address, {"reason": "页码有误"}).status_code == 302
    issued.refresh_from_db()
    assert issued.status == CertificateStatus.REVOKED
    assert client.post(address, {"reason": "又"}).status_code == 422


def test_the_register_in_the_admin(issued, manager, editor, client, django_assert_max_num_queries):
    client.force_login(manager)
    client.get("/admin/certificates/")
    with django_assert_max_num_queries(30):
        page = client.get("/admin/certificates/", {"year": issued.year, "q": "王建国"})
    text = page.content.decode()
    assert issued.shown_number in text
    assert reverse("certificate_pdf", args=[issued.number]) in text
    assert issued.shown_number not in client.get("/admin/certificates/", {"status__exact": "revoked"}).content.decode()
    inspected = client.get(f"/admin/certificates/inspect/{issued.pk}/").content.decode()
    assert issued.sha256 in inspected
    for action in ("create/", f"edit/{issued.pk}/", f"delete/{issued.pk}/"):
        assert client.post(f"/admin/certificates/{action}").status_code in {302, 403, 404}
    assert Certificate.objects.count() == 1
    client.force_login(editor)
    assert client.get("/admin/certificates/").status_code in {302, 403}


def test_exports_hold_no_formulas(issued, manager, client):
    client.force_login(manager)
    book = load_workbook(io.BytesIO(client.get("/admin/certificates/", {"export": "xlsx"}).getvalue()))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert any(cell.value == "=1+1" and cell.data_type == "s" for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)
    lines = client.get("/admin/certificates/", {"export": "csv"}).getvalue().decode("utf-8-sig")
    assert "'=1+1" in lines


def test_the_register_as_printed_list(issued, manager, editor, client):
    address = reverse("printout", args=["certificate-register"])
    client.force_login(manager)
    response = client.post(address, {"kind": "xlsx", "year": issued.year, "status": ""})
    rows = list(load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    assert any(issued.shown_number in row for row in rows)
    assert client.post(address, {"kind": "pdf", "year": "", "status": ""}).content.startswith(b"%PDF")
    client.force_login(editor)
    assert client.get(address).status_code in {302, 403}
