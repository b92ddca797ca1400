"""Certificates over several records, statements and searches without result: what is printed, kept and who gets in."""

import io
import subprocess
import zipfile

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import reverse

from fonds.archive_pages.models import ItemPage
from fonds.reading_room.actions import issue
from fonds.reading_room.enums import CertificateStatus, Finding
from fonds.reading_room.forms import read_pages
from fonds.reading_room.kept_files import issued_bytes
from fonds.reading_room.models import Certificate, as_ranges
from fonds.reading_room.verification import verify_file, verify_number

from .conftest import add_page, close, jpeg

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def second(series):
    unit = series.add_child(
        instance=ItemPage(title="关于表彰的决定", reference_code="J037-WS·2008-D30-BGS-0002", opening_status="open")
    )
    add_page(unit, 1, jpeg("SECOND ONE"))
    add_page(unit, 2, jpeg("SECOND TWO", width=877, height=620))
    return ItemPage.objects.get(pk=unit.pk)


def text_of(pdf: bytes) -> list[str]:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def test_one_copy_of_two_records(item, second, manager):
    certificate = issue([(item, [1, 3]), (second, [2, 1])], purpose="诉讼", user=manager, language="zh-hans")
    assert certificate.unit is None
    assert certificate.page_count == 4
    assert [part["pages"] for part in certificate.parts] == [[1, 3], [1, 2]]
    assert certificate.pages[2] == {"unit": second.pk, "page": 1, "sha256": second.page_scans.get(number=1).sha256}
    assert {unit.pk for unit in certificate.units.all()} == {item.pk, second.pk}
    cover, contents, *sheets = text_of(issued_bytes(certificate))
    assert "等 2 件" in cover.replace("\n", "")
    for words in ("目录", "J037-WS·2008-D30", "表彰"):
        assert words in contents
    assert len(sheets) == 4
    assert "BGS-0001" in sheets[0]
    assert "BGS-0002" in sheets[3]
    assert verify_file(io.BytesIO(issued_bytes(certificate))).finding == Finding.VALID
    with pikepdf.open(io.BytesIO(issued_bytes(certificate))) as pdf:
        assert all("/RidingSeal" in page.resources["/XObject"] for page in pdf.pages)


def test_the_register_hides_a_copy_of_which_one_record_is_hidden(item, second, manager, reader):
    certificate = issue([(item, [1]), (second, [1])], purpose="诉讼", user=manager)
    assert certificate in Certificate.objects.known_to(reader)
    assert verify_number(certificate.number).unit_is_open
    close(second)
    assert certificate not in Certificate.objects.known_to(reader)
    assert certificate in Certificate.objects.known_to(manager)
    assert not verify_number(certificate.number).unit_is_open


def test_rights_on_every_record(item, second, manager, editor, reader):
    with pytest.raises(PermissionDenied):
        issue([(item, [1]), (second, [1])], purpose="x", user=editor)
    close(second)
    second = ItemPage.objects.get(pk=second.pk)
    with pytest.raises(Http404):
        issue([(item, [1]), (second, [1])], purpose="x", user=reader)
    with pytest.raises(PermissionDenied):
        issue([], kind="none", statement="x", purpose="x", user=reader)
    assert not Certificate.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "none", "parts": [], "statement": " "}, "statement"),
        ({"kind": "none", "parts": [], "statement": "a\x07"}, "statement"),
        ({"kind": "none", "parts": [], "statement": "字" * 1001}, "statement"),
        ({"kind": "statement", "statement": ""}, "statement"),
        ({"parts": []}, "pages"),
        ({"kind": "none", "statement": "x"}, "__all__"),
    ],
)
def test_bad_input_takes_no_number(item, manager, values, field):
    parts = values.pop("parts", [(item, [1])])
    with pytest.raises(ValidationError) as fault:
        issue(parts, purpose="查询", user=manager, **values)
    assert field in (fault.value.message_dict if hasattr(fault.value, "error_dict") else {"__all__": 1})
    assert not Certificate.objects.exists()


def test_a_record_named_twice_and_too_many_pages(item, second, manager, monkeypatch):
    from fonds.reading_room import certifiable

    with pytest.raises(ValidationError):
        issue([(item, [1]), (item, [2])], purpose="x", user=manager)
    monkeypatch.setattr(certifiable, "MOST_PAGES", 3)
    with pytest.raises(ValidationError):
        issue([(item, [1, 2]), (second, [1, 2])], purpose="x", user=manager)
    assert not Certificate.objects.exists()


def test_each_kind_has_its_series_and_words(item, manager):
    copy = issue([(item, [1])], purpose="查询", user=manager, language="zh-hans")
    statement = issue(
        [(item, [])], kind="statement", statement="该企业于2008年3月12日登记。", purpose="公证", user=manager,
        language="zh-hans",
    )  # fmt: skip
    none = issue([], kind="none", statement="全宗J037\n1990—2008年", purpose="社保", user=manager, language="zh-hans")
    year = copy.year
    assert [each.number for each in (copy, statement, none)] == [f"{year}-0001", f"{year}-Z0001", f"{year}-W0001"]
    assert none.shown_number == f"越市监档证〔{year}〕W0001号"
    pages = text_of(issued_bytes(none))
    assert len(pages) == 1
    assert "未查到相关档案" in pages[0].replace("\n", "")
    assert "1990—2008年" in pages[0]
    assert "该企业于2008年3月12日登记" in text_of(issued_bytes(statement))[0]
    for each in (statement, none):
        assert verify_number(each.shown_number).certificate == each
        with pikepdf.open(io.BytesIO(issued_bytes(each))) as pdf:
            assert "/RidingSeal" not in pdf.pages[0].resources.get("/XObject", {})


def test_thirty_records_cost_few_queries(item, series, manager, django_assert_max_num_queries):
    parts = []
    for number in range(10, 22):
        unit = series.add_child(
            instance=ItemPage(
                title="登记",
                reference_code=f"J037-WS·2008-D30-BGS-{number:04}",
                opening_status="open",
                date_text="2008",
            )
        )
        add_page(unit, 1, jpeg(f"U{number}"))
        parts.append((ItemPage.objects.get(pk=unit.pk), [1]))
    issue(parts[:2], purpose="x", user=manager)
    with django_assert_max_num_queries(70):
        whole = issue(parts, purpose="x", user=manager)
    assert len(whole.parts) == len(parts)


def test_the_form_of_several(item, second, manager, client):
    client.force_login(manager)
    address = reverse("certify_several")
    page = client.get(address, {"unit": [item.pk, second.pk], f"pages_{item.pk}": "1-2"}).content.decode()
    assert f'name="pages_{item.pk}" value="1-2"' in page
    data = {"unit": [item.pk, second.pk], f"pages_{item.pk}": "１～２", "together": "1", "purpose": "诉讼",
            "language": "zh-hans", "token": "t1"}  # fmt: skip
    response = client.post(address, data)
    certificate = Certificate.objects.get()
    assert response.url == reverse("certificate", args=[certificate.number])
    assert [part["pages"] for part in certificate.parts] == [[1, 2], [1, 2]]
    assert client.post(address, data).url == response.url
    assert Certificate.objects.count() == 1
    assert client.get(response.url).status_code == 200
    bad = client.post(address, {**data, f"pages_{item.pk}": "x", "token": "t2"})
    assert bad.status_code == 422
    assert "1-3, 5" in bad.content.decode()


def test_more_records_than_can_be_certified_at_once_are_told(item, second, manager, client, monkeypatch):
    from fonds.reading_room import batch_views

    monkeypatch.setattr(batch_views, "MOST_UNITS", 1)
    client.force_login(manager)
    response = client.get(reverse("certify_several"), {"unit": [item.pk, second.pk]})
    assert response.status_code == 422
    assert "最多 1 件" in response.content.decode()


def test_one_for_each_in_a_zip(item, second, manager, editor, client):
    client.force_login(manager)
    data = {"unit": [item.pk, second.pk], "together": "", "purpose": "诉讼", "language": "zh-hans", "token": "t3"}
    response = client.post(reverse("certify_several"), data)
    assert client.get(response.url).status_code == 200
    query = response.url.partition("?")[2]
    address = f"{reverse('certificates_zip')}?{query}"
    content = b"".join(client.get(address).streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        entries = Certificate.objects.order_by("serial")
        assert bundle.namelist() == [f"{each.number}.pdf" for each in entries]
        assert [bundle.read(name) for name in bundle.namelist()] == [issued_bytes(each) for each in entries]
    assert {each.status for each in entries} == {CertificateStatus.VALID}
    client.force_login(editor)
    assert client.get(address).status_code == 403


def test_the_file_takes_the_right_to_all_pages(item, second, manager, client):
    certificate = issue([(item, [1]), (second, [1])], purpose="x", user=manager)
    client.force_login(manager)
    address = reverse("certificate_pdf", args=[certificate.number])
    assert client.get(address).status_code == 200
    second.specific_class.objects.filter(pk=second.pk).update(secrecy="绝密")
    from fonds.archive_pages.models import ArchivePage
    from fonds.archive_pages.standing import refresh_standing

    refresh_standing(ArchivePage.objects.get(pk=second.pk).path)
    assert client.get(address).status_code in {403, 404}


def test_nothing_found_from_its_form(manager, editor, item, client):
    client.force_login(manager)
    address = reverse("certify_none")
    assert client.get(address).status_code == 200
    assert client.post(address, {"purpose": "x", "language": "en"}).status_code == 422
    response = client.post(address, {"purpose": "x", "language": "en", "statement": "Fonds J037"})
    assert Certificate.objects.get().statement == "Fonds J037"
    assert client.get(response.url).status_code == 200
    client.force_login(editor)
    assert client.get(address).status_code == 403


def test_a_statement_from_the_form_of_a_record(item, manager, client):
    client.force_login(manager)
    data = {"kind": "statement", "statement": "已登记", "purpose": "公证", "language": "zh-hans", "token": "t"}
    client.post(reverse("certify", args=[item.pk]), data)
    assert (Certificate.objects.get().kind, Certificate.objects.get().page_count) == ("statement", 0)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("", []), ("1-3, 5", [1, 2, 3, 5]), ("２～４、１", [1, 2, 3, 4]), ("7", [7]), ("1 – 2;2", [1, 2])],
)
def test_pages_as_typed(text, numbers):
    assert read_pages(text) == numbers


@pytest.mark.parametrize("text", ["x", "3-1", "1-99999", "-2", "1..3"])
def test_pages_that_cannot_be_read(text):
    with pytest.raises(ValueError, match="1-3, 5"):
        read_pages(text)


def test_ranges():
    assert as_ranges([5, 1, 2, 3]) == "1–3, 5"
    assert as_ranges([]) == ""
