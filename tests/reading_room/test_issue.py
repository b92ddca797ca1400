"""Issuing certified copies: the PDF, the register, and what may not be certified."""

import hashlib
import io
import subprocess

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import storages
from wagtail.models import ModelLogEntry

from fonds.collections.models import PageScan
from fonds.reading_room.actions import issue_certificate, revoke_certificate
from fonds.reading_room.enums import CertificateStatus
from fonds.reading_room.kept_files import KeptFileDamaged, issued_bytes, keep
from fonds.reading_room.models import Certificate, CertificateKept, IssuingOffice

from .conftest import add_page, jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(item, manager):
    return issue_certificate(
        item, pages=[1, 3], purpose="办理变更登记", applicant="王建国", user=manager, language="zh-hans"
    )


def text_of(pdf: bytes, *options: str) -> str:
    return subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def test_the_pdf_holds_cover_and_footers(issued):
    pages = text_of(issued_bytes(issued)).split("\f")[:-1]
    assert len(pages) == 3
    cover = pages[0].replace("\n", "").replace(" ", "")
    for words in ("档案复制件证明", "越市监档证〔", "关于企业登记管理工作的通知", "J037-WS·2008-D30-BGS-0001", "办理变更登记", "王建国",
                  "绍工商〔2008〕15号", f"/verify/{issued.number}/", issued.check_code, "越州市工商行政管理局"):  # fmt: skip
        assert words in cover
    assert "第1页" in pages[1].replace(" ", "")
    assert "共2页" in pages[2].replace(" ", "")


def test_english_certificate(item, manager):
    certificate = issue_certificate(item, pages=[2], purpose="court case", user=manager, language="en")
    pages = text_of(issued_bytes(certificate)).split("\f")
    assert "Certified copy" in pages[0]
    assert "page 1 of 1" in pages[1]
    assert certificate.office.startswith("Archive Room")


def test_scans_keep_their_bytes(issued, item):
    masters = [scan.master.open().read() for scan in item.page_scans.filter(number__in=[1, 3])]
    with pikepdf.open(io.BytesIO(issued_bytes(issued))) as pdf:
        pictures = [page.resources["/XObject"]["/Scan"].read_raw_bytes() for page in pdf.pages[1:]]
        assert [float(pdf.pages[2].mediabox[2]) > float(pdf.pages[2].mediabox[3])] == [True]
        seals = {page.resources["/XObject"]["/Seal"].objgen for page in pdf.pages[1:]}
    assert pictures == masters
    assert len(seals) == 1


def test_it_is_pdf_a(issued):
    with pikepdf.open(io.BytesIO(issued_bytes(issued))) as pdf:
        assert pdf.pdf_version == "1.7"
        assert pdf.open_metadata().pdfa_status == "2B"
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        for page in pdf.pages:
            assert all(len(page.resources.get(name, {"x": 1})) for name in ("/Pattern", "/Shading"))
            assert "/Interpolate" not in str(page.obj)
    fonts = subprocess.run(["pdffonts", "-"], input=issued_bytes(issued), capture_output=True, check=True)
    rows = fonts.stdout.decode().splitlines()[2:]
    assert rows
    assert all(" yes yes yes " in row for row in rows)
    assert all("CJK" in row or "WenKai" in row or "Fonds-Serif" in row for row in rows)


def test_a_turned_scan_and_other_colours(item, manager):
    exif_turn = (
        b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
    )
    turned = jpeg("TURNED", width=877, height=620, exif=exif_turn)
    add_page(item, 4, turned)
    add_page(item, 5, jpeg("INK", mode="CMYK"))
    certificate = issue_certificate(item, pages=[4, 5], purpose="x", user=manager)
    with pikepdf.open(io.BytesIO(issued_bytes(certificate))) as pdf:
        assert float(pdf.pages[1].mediabox[2]) < float(pdf.pages[1].mediabox[3])
        assert pdf.pages[1].resources["/XObject"]["/Scan"].read_raw_bytes() == turned
        assert pdf.pages[2].resources["/XObject"]["/Scan"].ColorSpace == "/DeviceRGB"


def test_register_entry(issued, item, manager):
    assert issued.status == CertificateStatus.VALID
    assert issued.number == f"{issued.year}-0001"
    assert issued.shown_number == f"越市监档证〔{issued.year}〕0001号"
    assert [entry["page"] for entry in issued.pages] == [1, 3]
    assert issued.pages[0]["sha256"] == item.page_scans.get(number=1).sha256
    assert issued.sha256 == hashlib.sha256(issued_bytes(issued)).hexdigest()
    assert issued.size == len(issued_bytes(issued))
    entry = ModelLogEntry.objects.get(action="reading_room.issue_certificate")
    assert entry.user == manager
    assert entry.data["number"] == issued.number


def test_entries_are_never_deleted(issued):
    with pytest.raises(CertificateKept):
        issued.delete()
    with pytest.raises(CertificateKept):
        Certificate.objects.all().delete()


def test_kept_files_are_written_once(issued):
    pdf = issued_bytes(issued)
    with pytest.raises(FileExistsError):
        keep(issued.number, issued.year, io.BytesIO(pdf), issued.sha256)
    assert issued_bytes(issued) == pdf


def test_a_changed_kept_file_is_not_reprinted(issued):
    store = storages["masters"]
    with open(store.path(issued.key), "r+b") as file:
        file.seek(2000)
        file.write(b"\x00")
    with pytest.raises(KeptFileDamaged):
        issued_bytes(issued)
    store.delete(issued.key)
    with pytest.raises(KeptFileDamaged):
        issued_bytes(issued)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"pages": []}, "pages"),
        ({"pages": [1, 9]}, "pages"),
        ({"purpose": "   "}, "purpose"),
        ({"purpose": "一\x07二"}, "purpose"),
        ({"purpose": "line\nline"}, "purpose"),
        ({"purpose": "abc\u202edef"}, "purpose"),
        ({"purpose": "x" * 201}, "purpose"),
        ({"purpose": "x\x00"}, "purpose"),
        ({"applicant": "a\tb"}, "applicant"),
    ],
)
def test_bad_input_takes_no_number(item, manager, values, field):
    with pytest.raises(ValidationError) as fault:
        issue_certificate(item, **{"pages": [1], "purpose": "查询", "user": manager, **values})
    assert field in fault.value.message_dict
    assert not Certificate.objects.exists()


def test_an_item_without_scans(item, manager):
    PageScan.objects.all().delete()
    with pytest.raises(ValidationError, match=r"no scans|没有"):
        issue_certificate(item, pages=[1], purpose="查询", user=manager)


@pytest.mark.parametrize("mark", ["机密★10年", "绝密", " 机密"])
def test_secret_content_is_refused(item, manager, mark):
    item.secrecy = mark
    with pytest.raises(ValidationError):
        issue_certificate(item, pages=[1], purpose="查询", user=manager)
    assert not Certificate.objects.exists()


def test_an_editor_may_not(item, editor):
    with pytest.raises(PermissionDenied):
        issue_certificate(item, pages=[1], purpose="查询", user=editor)


def test_a_damaged_scan_voids_the_number(item, manager):
    scan = item.page_scans.get(number=2)
    with open(storages["masters"].path(scan.master.key), "r+b") as file:
        file.write(b"\x00\x00\x00")
    with pytest.raises(ValidationError) as fault:
        issue_certificate(item, pages=[1, 2], purpose="查询", user=manager)
    assert "2" in str(fault.value)
    voided = Certificate.objects.get()
    assert voided.status == CertificateStatus.VOIDED
    assert voided.ended_reason
    assert not voided.is_kept
    assert issue_certificate(item, pages=[1], purpose="查询", user=manager).serial == 2


def test_markup_in_the_record_is_text(item, manager):
    item.title = '<img src="http://127.0.0.1:1/x.png"><b>粗</b>'  # older entries may hold what is refused today
    certificate = issue_certificate(item, pages=[1], purpose="<script>alert(1)</script>", user=manager)
    cover = text_of(issued_bytes(certificate)).split("\f")[0].replace("\n", "")
    assert "<b>粗</b>" in cover
    assert "<script>" in cover


def test_revoking(issued, manager, editor, item):
    with pytest.raises(PermissionDenied):
        revoke_certificate(issued, reason="错", user=editor)
    with pytest.raises(ValidationError):
        revoke_certificate(issued, reason=" ", user=manager)
    with pytest.raises(ValidationError):
        revoke_certificate(issued, reason="错", user=manager, replaced_by=issued)
    before = issued_bytes(issued)
    other = issue_certificate(item, pages=[1], purpose="更正", user=manager)
    revoke_certificate(issued, reason="页码有误", user=manager, replaced_by=other)
    issued.refresh_from_db()
    assert (issued.status, issued.ended_reason, issued.ended_by) == (CertificateStatus.REVOKED, "页码有误", manager)
    assert issued.replaced_by == other
    assert issued_bytes(issued) == before
    with pytest.raises(ValidationError):
        revoke_certificate(issued, reason="又", user=manager)


def test_the_office_and_number_can_be_changed(item, manager):
    office = IssuingOffice.objects.main()
    office.number_pattern, office.number_width, office.name = "测档（{year}）第{number}号", 6, "测试档案馆"
    office.full_clean()
    office.save()
    certificate = issue_certificate(item, pages=[1], purpose="查询", user=manager, language="zh-hans")
    assert certificate.shown_number == f"测档（{certificate.year}）第000001号"
    assert certificate.office == "测试档案馆"


@pytest.mark.parametrize(
    "pattern", ["{year}", "{number}", "{year}{number}{other}", "{year", "{year.__class__}{number}", "x"]
)
def test_bad_number_patterns(pattern):
    with pytest.raises(ValidationError):
        IssuingOffice(number_pattern=pattern).full_clean()
