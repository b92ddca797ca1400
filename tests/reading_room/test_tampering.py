"""Files that were tampered with are denied, and what was changed is told; what cannot be verified is said in words."""

import io
import json

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import PdfSignatureMetadata, fields, signers

from fonds.reading_room.actions import issue, issue_certificate, revoke_certificate
from fonds.reading_room.enums import Finding
from fonds.reading_room.kept_files import issued_bytes
from fonds.reading_room.models import Certificate
from fonds.reading_room.verification import CannotVerify, verify_file, verify_number
from tests.reports.certificate_authority import Authority

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def issued(item, manager):
    return issue_certificate(item, pages=[1, 2, 3], purpose="变更", applicant="王建国", user=manager, language="en")


@pytest.fixture(scope="module")
def forger():
    return signers.SimpleSigner.load_pkcs12_data(Authority().pkcs12("Forger"), [], b"ink")


def check(pdf: bytes, certificate: Certificate):
    """The answer for a file that must not be valid; its checks by name and all that is said of changes."""
    answer = verify_file(io.BytesIO(pdf))
    assert answer.finding == Finding.ALTERED
    assert answer.certificate == certificate
    return {each.name: each for each in answer.checks}, " ".join(answer.changes)


def saved(pdf: pikepdf.Pdf, **options) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def test_the_issued_file_passes_every_check(issued):
    answer = verify_file(io.BytesIO(issued_bytes(issued)))
    states = {each.name: each.state for each in answer.checks}
    assert answer.finding == Finding.VALID
    assert states == {
        "bytes": "good", "signature": "good", "coverage": "good", "certificate": "good", "time": "plain",
        "register": "good", "specimen": "bad",
    }  # fmt: skip
    assert answer.changes == []


def test_a_changed_byte(issued):
    pdf = bytearray(issued_bytes(issued))
    place = pdf.index(b"\xff\xd8\xff") + 3000  # in a picture
    pdf[place] ^= 0x55
    checks, changes = check(bytes(pdf), issued)
    assert checks["bytes"].state == checks["signature"].state == "bad"
    assert f"the first at place {place + 1}" in changes
    assert "shows another picture" in changes


def test_a_file_cut_off(issued):
    pdf = issued_bytes(issued)
    checks, changes = check(pdf[: len(pdf) * 2 // 3], issued)
    assert checks["signature"].state == "bad"
    assert "cut off" in changes


def test_a_file_saved_anew(issued):
    with pikepdf.open(io.BytesIO(issued_bytes(issued))) as pdf:
        checks, changes = check(saved(pdf), issued)
    assert checks["signature"].state == "bad"
    assert "written anew" in changes
    assert "All pages show the same" in changes


def test_something_drawn_over_in_a_later_revision(issued):
    """What a reader's own check calls valid: the signed part is untouched."""
    writer = IncrementalPdfFileWriter(io.BytesIO(issued_bytes(issued)))
    from pyhanko.pdf_utils import generic

    drawing = writer.add_object(generic.StreamObject(stream_data=b"q 0 0 0 rg 100 100 200 200 re f Q"))
    writer.add_stream_to_page(1, drawing)
    out = io.BytesIO()
    writer.write(out)
    checks, changes = check(out.getvalue(), issued)
    assert checks["signature"].state == "good"
    assert checks["coverage"].state == "bad"
    assert "added behind the signature" in changes
    assert "Page 2 was written or drawn upon" in changes


def test_a_note_laid_upon_a_page(issued):
    with pikepdf.open(io.BytesIO(issued_bytes(issued))) as pdf:
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=[10, 10, 90, 90])
        pdf.pages[2].obj.Annots = pikepdf.Array([pdf.make_indirect(note)])
        _checks, changes = check(saved(pdf), issued)
    assert "laid upon page 3" in changes


def test_pages_taken_out_changed_and_added(issued):
    with pikepdf.open(io.BytesIO(issued_bytes(issued))) as pdf:
        del pdf.pages[1]
        _checks, changes = check(saved(pdf), issued)
        assert "Page 2 of the issued file is missing" in changes
    with pikepdf.open(io.BytesIO(issued_bytes(issued))) as pdf:
        pdf.add_blank_page()
        _checks, changes = check(saved(pdf), issued)
        assert "Page 5 is not in the issued file" in changes


def test_signed_a_second_time(issued, forger):
    writer = IncrementalPdfFileWriter(io.BytesIO(issued_bytes(issued)))
    signer = signers.PdfSigner(PdfSignatureMetadata(field_name="Again"), forger)
    signer._enforce_certification_constraints = lambda reader: None
    out = signer.sign_pdf(writer).getvalue()
    checks, changes = check(out, issued)
    assert checks["coverage"].state == "bad"
    assert "signed again" in checks["coverage"].sentence
    assert "added behind the signature" in changes


def test_signed_anew_by_somebody_else(issued, forger):
    """The text is changed, and a signature of one's own put in the place of the archive's: whole and intact."""
    with pikepdf.open(io.BytesIO(issued_bytes(issued))) as pdf:
        del pdf.Root.AcroForm, pdf.Root.Perms, pdf.pages[0].obj.Annots
        pdf.pages[1].contents_add(b"0 0 0 rg 50 50 90 90 re f")
        stripped = saved(pdf)
    meta = PdfSignatureMetadata(field_name="Seal", certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES)
    made = signers.PdfSigner(meta, forger).sign_pdf(copy_into_new_writer(PdfFileReader(io.BytesIO(stripped))))
    checks, changes = check(made.getvalue(), issued)
    assert checks["signature"].state == checks["coverage"].state == "good"
    assert checks["certificate"].state == "bad"
    assert "Forger" in checks["certificate"].sentence
    assert "Page 2 was written or drawn upon" in changes


def test_a_file_with_scripts(issued):
    with pikepdf.open(io.BytesIO(issued_bytes(issued))) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        _checks, changes = check(saved(pdf), issued)
        assert "scripts" in changes
    stranger = pikepdf.new()
    stranger.add_blank_page()
    stranger.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[]))
    answer = verify_file(io.BytesIO(saved(stranger)))
    assert answer.finding == Finding.UNKNOWN
    assert "scripts" in answer.changes[0]


def test_a_file_of_another_archive(issued, settings):
    pdf = issued_bytes(issued)
    settings.WAGTAILADMIN_BASE_URL = "https://other.example"
    issue_certificate(issued.unit, pages=[1], purpose="x", user=issued.issued_by)
    foreign = issued_bytes(Certificate.objects.order_by("-serial").first())
    settings.WAGTAILADMIN_BASE_URL = "https://archive.example"
    Certificate.objects.filter(serial=2).update(sha256="0" * 64)
    with pytest.raises(CannotVerify, match="another archive"):
        verify_file(io.BytesIO(foreign))
    assert verify_file(io.BytesIO(pdf)).finding == Finding.VALID


def test_the_code_of_another_archive(issued, client, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://archive.example"
    foreign = f"https://other.example/verify/{issued.number}/"
    with pytest.raises(CannotVerify, match="other.example"):
        verify_number(foreign)
    response = client.get(reverse("verify"), {"number": foreign})
    assert response.status_code == 422
    assert "other.example" in response.content.decode()
    own = f"https://archive.example/verify/{issued.number}/"
    assert verify_number(own).finding == Finding.VALID
    assert client.get(reverse("verify"), {"number": own}).url == reverse("verify_number", args=[issued.number])


def test_text_and_huge_files(client):
    with pytest.raises(CannotVerify, match="not a PDF"):
        verify_file(io.BytesIO(b"A letter that mentions 2026-0001."))
    with pytest.raises(CannotVerify, match="empty"):
        verify_file(io.BytesIO(b""))
    for name in ("verify", "verify_file_data"):
        response = client.generic(
            "POST", reverse(name), b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=500 * 1024**2
        )
        assert response.status_code == 413
        assert response["Connection"] == "close"


def test_answers_as_data(issued, client, manager):
    got = client.get(reverse("verify_number_data", args=[issued.number]), {"code": issued.check_code}).json()
    assert (got["finding"], got["code_matches"]) == ("valid", True)
    assert got["certificate"]["number"] == issued.number
    assert got["certificate"]["title"] == issued.unit_title
    assert client.get(reverse("verify_number_data", args=["nothing"])).status_code == 422
    assert client.get(reverse("verify_number_data", args=["2026-9999"])).json()["finding"] == "unknown"
    file = SimpleUploadedFile("copy.pdf", issued_bytes(issued)[:-5] + b"-----", "application/pdf")
    got = client.post(reverse("verify_file_data"), {"file": file}).json()
    assert got["finding"] == "altered"
    assert got["changes"]
    assert {"name", "state", "sentence"} == set(got["checks"][0])
    revoke_certificate(issued, reason="姓名有误", user=manager)
    said = client.get(reverse("verify_number_data", args=[issued.number])).content.decode()
    assert json.loads(said)["certificate"]["revoked_on"]
    assert "姓名有误" not in said
    assert client.post(reverse("verify_file_data")).status_code == 422


def test_nothing_of_the_reader_is_told(item, manager, client):
    certificate = issue(
        [], kind="none", statement="查找李秀英的婚姻登记", purpose="办理社保", applicant="李秀英", user=manager
    )
    page = client.get(reverse("verify_number", args=[certificate.number])).content.decode()
    data = client.get(reverse("verify_number_data", args=[certificate.number])).content.decode()
    assert certificate.number == f"{certificate.year}-W0001"
    for said in (page, data, json.dumps(json.loads(data), ensure_ascii=False)):
        assert "李秀英" not in said
        assert "社保" not in said
        assert "婚姻" not in said


def test_the_page_for_receivers(client):
    page = client.get(reverse("how_to_verify"))
    assert page.status_code == 200
    assert reverse("how_to_verify") in client.get(reverse("verify")).content.decode()


def test_years_later(issued, settings, monkeypatch):
    """The key is gone and its certificate over; the register's own copy of it still judges the day of issue."""
    import datetime as dt

    from django.utils import timezone

    settings.FONDS_SIGNING_KEYS = {}
    later = timezone.now() + dt.timedelta(days=20 * 365)
    monkeypatch.setattr(timezone, "now", lambda: later)
    states = {each.name: each.state for each in verify_file(io.BytesIO(issued_bytes(issued))).checks}
    assert states["certificate"] == states["signature"] == "good"


def test_a_file_built_to_do_harm_is_looked_at_apart(issued):
    """A bomb: a few kilobytes that unpack to gigabytes. The process that looks into it has little memory and time."""
    import zlib

    packer = zlib.compressobj(1)
    zeros = bytes(16 * 1024**2)
    packed = b"".join([*(packer.compress(zeros) for _time in range(72)), packer.flush()])
    with pikepdf.open(io.BytesIO(issued_bytes(issued))) as pdf:
        bomb = pikepdf.Stream(pdf, packed)
        bomb.stream_dict = pikepdf.Dictionary(Filter=pikepdf.Name.FlateDecode)
        pdf.pages[1].obj.Contents = pdf.make_indirect(bomb)
        bad = saved(pdf)
    checks, changes = check(bad, issued)
    assert len(bad) < 20 * 1024**2
    assert checks["bytes"].state == "bad"
    assert changes


def test_too_many_at_once_are_told_to_wait(issued, monkeypatch):
    from fonds.reading_room import differences

    monkeypatch.setattr(differences, "SECONDS", 0.02)
    monkeypatch.setattr(differences, "_places", differences.threading.BoundedSemaphore(1))
    with differences._place(), pytest.raises(CannotVerify, match="Try again in a minute"):
        verify_file(io.BytesIO(issued_bytes(issued) + b"\n"))
