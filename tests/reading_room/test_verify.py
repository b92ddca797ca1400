"""The verification page: valid, altered, revoked, void, unknown; and what it never says."""

import io
import random
import zlib

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.standing import refresh_standing
from fonds.reading_room import public_views
from fonds.reading_room.actions import issue_certificate, revoke_certificate
from fonds.reading_room.enums import CertificateStatus, Finding
from fonds.reading_room.kept_files import issued_bytes
from fonds.reading_room.models import Certificate
from fonds.reading_room.verification import LARGEST_FILE, CannotVerify, verify_file, verify_number

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def issued(item, manager):
    return issue_certificate(
        item, pages=[1, 2], purpose="办理变更登记", applicant="王建国", user=manager, language="zh-hans"
    )


def send(client, content: bytes, name: str = "copy.pdf"):
    return client.post(reverse("verify"), {"file": SimpleUploadedFile(name, content, "application/pdf")})


def finding(response) -> str:
    return response.content.decode().split('data-finding="')[1].split('"')[0]


def test_the_issued_file_is_valid(issued, client, django_assert_max_num_queries):
    pdf = issued_bytes(issued)
    with django_assert_max_num_queries(8):
        response = send(client, pdf)
    assert response.status_code == 200
    assert finding(response) == "valid"
    page = response.content.decode()
    assert issued.shown_number in page
    assert "关于企业登记管理工作的通知" in page
    assert "王建国" not in page
    assert "办理变更登记" not in page


def test_the_result_names_the_file_that_was_looked_at(issued, client):
    html = send(client, issued_bytes(issued), "收到的复制件.pdf").content.decode()
    assert "收到的复制件.pdf" in html
    assert issued.sha256 in html
    assert f"http://testserver/verify/{issued.number}/" in html


def test_no_changed_byte_is_valid(issued):
    pdf = issued_bytes(issued)
    dice = random.Random(7)
    places = {
        0,
        1,
        7,
        len(pdf) - 1,
        len(pdf) - 10,
        pdf.index(b"urn:fonds") + 25,
        *(dice.randrange(len(pdf)) for _n in range(3)),
    }
    for place in places:
        changed = bytearray(pdf)
        changed[place] ^= 0x01
        try:
            answer = verify_file(io.BytesIO(changed))
        except CannotVerify:
            continue
        assert answer.finding in {Finding.ALTERED, Finding.UNKNOWN}
    changed = bytearray(pdf)
    changed[len(pdf) // 2] ^= 0x20
    assert verify_file(io.BytesIO(changed)).finding == Finding.ALTERED
    assert verify_file(io.BytesIO(pdf + b"\n")).finding == Finding.ALTERED


@pytest.mark.parametrize("part", [0.999, 0.9, 0.5, 0.02])
def test_a_truncated_file_is_never_valid(issued, part):
    pdf = issued_bytes(issued)
    answer = verify_file(io.BytesIO(pdf[: int(len(pdf) * part)]))
    assert answer.finding in {Finding.ALTERED, Finding.UNKNOWN}


def test_a_file_written_anew_is_altered(issued):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(issued_bytes(issued))) as pdf:
        del pdf.pages[-1]
        metadata = pdf.Root.Metadata.read_bytes()
        pdf.Root.Metadata = pdf.make_stream(metadata, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        pdf.save(out, compress_streams=True, recompress_flate=True)
    answer = verify_file(out)
    assert answer.finding == Finding.ALTERED
    assert answer.certificate == issued


def test_a_compressed_mark_is_still_read(issued):
    packed = zlib.compress(f"<x>urn:fonds:certificate:{issued.number}</x>".encode())
    pdf = b"".join(
        [
            b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R /Metadata 3 0 R >>\nendobj\n",
            b"2 0 obj\n<< /Type /Pages /Kids [4 0 R] /Count 1 >>\nendobj\n",
            b"4 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>\nendobj\n3 0 obj\n",
            b"<< /Type /Metadata /Subtype /XML /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed),
            packed,
            b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R /Size 5 >>\n%%EOF\n",
        ]
    )
    assert b"urn:fonds" not in pdf
    assert verify_file(io.BytesIO(pdf)).finding == Finding.ALTERED


def test_another_pdf_is_unknown(client):
    out = io.BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(out)
    assert finding(send(client, out.getvalue())) == "unknown"


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "空"), (b"hello, this is text", "不是 PDF"), (b"\x00" * 5000, "不是 PDF"), (b"PK\x03\x04zip", "不是 PDF")],
)
def test_what_is_no_pdf_gets_a_sentence(client, content, words):
    response = send(client, content)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_broken_pdf_bytes_are_unknown(client):
    assert finding(send(client, b"%PDF-1.7\n" + b"\xff" * 3000)) == "unknown"


def test_no_file_and_a_too_large_one(client, monkeypatch):
    assert client.post(reverse("verify")).status_code == 422
    monkeypatch.setattr(public_views, "LARGEST_FILE", 10)
    monkeypatch.setattr(public_views, "FORM_ROOM", 10)
    response = send(client, b"x" * 100)
    assert response.status_code == 413
    assert "MB" in response.content.decode()


def test_the_limit_holds_while_reading():
    class Endless(io.RawIOBase):
        def seek(self, *args):
            return 0

        def read(self, size=-1):
            return b"0" * size

    with pytest.raises(CannotVerify):
        verify_file(Endless())
    assert LARGEST_FILE == 150 * 1024**2


@pytest.mark.parametrize("spelling", ["{number}", "{shown}", " {number} ", "（{year}）1", "[{year}]0001号"])
def test_numbers_in_any_spelling(issued, client, spelling):
    typed = spelling.format(number=issued.number, shown=issued.shown_number, year=issued.year)
    response = client.get(reverse("verify"), {"number": typed}, follow=True)
    assert response.redirect_chain[0][0] == reverse("verify_number", args=[issued.number])
    assert finding(response) == "valid"


def test_addresses_with_a_number(issued, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert finding(client.get(reverse("verify_number", args=[issued.number]))) == "valid"
    assert finding(client.get(reverse("verify_number", args=[issued.shown_number]))) == "valid"
    assert finding(client.get(reverse("verify_number", args=["2026-9999"]))) == "unknown"
    assert client.get(reverse("verify_number", args=["no-number"])).status_code == 422
    assert client.get(reverse("verify"), {"number": "\x00"}).status_code == 422


def test_check_codes(issued, client):
    address = reverse("verify_number", args=[issued.number])
    good = client.get(address, {"code": issued.check_code.lower().replace("-", " ")})
    assert finding(good) == "valid"
    assert "校验码与此编号相符" in good.content.decode()
    assert finding(client.get(address, {"code": "AAAA-AAAA"})) == "altered"


def test_a_closed_record_is_not_named(issued, client, item):
    ArchivePage.objects.filter(pk=item.pk).update(opening_status="controlled")
    refresh_standing(ArchivePage.objects.get(pk=item.pk).path)
    page = client.get(reverse("verify_number", args=[issued.number])).content.decode()
    assert "关于企业登记管理工作的通知" not in page
    assert "BGS-0001" not in page
    assert issued.shown_number in page


def test_a_draft_record_is_not_named(issued, item):
    ArchivePage.objects.filter(pk=item.pk).update(live=False)
    assert not verify_number(issued.number).unit_is_open


def test_revoked_by_number_and_by_file(issued, client, manager, item):
    other = issue_certificate(item, pages=[1], purpose="更正", user=manager)
    revoke_certificate(issued, reason="申请人姓名有误", user=manager, replaced_by=other)
    page = client.get(reverse("verify_number", args=[issued.number]))
    assert finding(page) == "revoked"
    assert other.shown_number in page.content.decode()
    assert "姓名有误" not in page.content.decode()
    assert finding(send(client, issued_bytes(issued))) == "revoked"


@pytest.mark.parametrize(("status", "found"), [("voided", "voided"), ("issuing", "unknown")])
def test_numbers_that_were_never_handed_out(issued, client, status, found):
    Certificate.objects.update(status=CertificateStatus(status), size=0, sha256="", key="")
    page = client.get(reverse("verify_number", args=[issued.number]))
    assert finding(page) == found
    assert "关于企业登记管理工作的通知" not in page.content.decode()


def test_english(issued, client):
    client.cookies["django_language"] = "en"
    page = client.get(reverse("verify_number", args=[issued.number])).content.decode()
    assert "it is in force" in page
    assert '<h2 id="finding">Valid</h2>' in page
