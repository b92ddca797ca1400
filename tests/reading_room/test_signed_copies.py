"""The signature of a certified copy: what readers of PDF say of it, its time stamp, and what makes it impossible."""

import io
import subprocess

import pikepdf
import pytest
from asn1crypto import x509 as asn1
from django.core.exceptions import ValidationError
from django.utils import translation
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from fonds.reading_room.actions import issue_certificate
from fonds.reading_room.enums import CertificateStatus
from fonds.reading_room.kept_files import issued_bytes
from fonds.reading_room.models import Certificate, IssuingOffice
from fonds.reading_room.verification import verify_file
from fonds.reports.signing import signers
from fonds.reports.signing.key_settings import KeySetting
from tests.reports.certificate_authority import DER, PEM, Services

from .pdfa_clauses import unmet_clauses

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def services():
    made = Services()
    yield made
    made.close()


@pytest.fixture
def stamping(services, settings, tmp_path):
    """A key of the archive, and a time-stamp service that answers."""
    services.manner, services.lists, services.asked = "good", True, 0
    services.authority.revoked.clear()
    signers._stampings.clear()
    (tmp_path / "seal.p12").write_bytes(services.authority.pkcs12("Seal of the archive"))
    (tmp_path / "roots").mkdir()
    (tmp_path / "roots" / "root.pem").write_bytes(services.authority.certificate.public_bytes(PEM))
    settings.FONDS_SIGNING_KEYS = {"seal": KeySetting("seal", "pkcs12", tmp_path / "seal.p12", {}, "ink")}
    settings.FONDS_TRUSTED_ROOTS = [str(tmp_path / "roots")]
    settings.FONDS_TIMESTAMP_URL, settings.FONDS_TIMESTAMP_TIMEOUT = f"{services.address}/stamp", 1
    with translation.override("en"):
        yield services
    signers._stampings.clear()


def issue(item, manager, **values) -> Certificate:
    return issue_certificate(item, **{"pages": [1, 2, 3], "purpose": "变更", "user": manager, **values})


def said_by_pdfsig(pdf: bytes, tmp_path) -> str:
    (tmp_path / "copy.pdf").write_bytes(pdf)
    return subprocess.run(["pdfsig", str(tmp_path / "copy.pdf")], capture_output=True, check=True).stdout.decode()


def test_poppler_calls_it_valid_and_total(item, manager, tmp_path):
    said = said_by_pdfsig(issued_bytes(issue(item, manager)), tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert said.count("Signature #") == 1


def test_pyhanko_calls_it_final_and_whole(item, manager):
    pdf = issued_bytes(issue(item, manager))
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    status = validate_pdf_signature(
        signature, ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    )
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.docmdp_ok
    assert signature.docmdp_level.value == 1
    assert signature.signer_cert.public_key.curve == ("named", "secp256r1")
    assert signature.reader.total_revisions == 1


def test_the_seal_is_its_appearance(item, manager):
    with pikepdf.open(io.BytesIO(issued_bytes(issue(item, manager)))) as pdf:
        field = pdf.Root.AcroForm.Fields[0]
        assert field.FT == "/Sig"
        assert field.P.objgen == pdf.pages[0].objgen
        assert field.AP.N.objgen == pdf.pages[1].resources["/XObject"]["/Seal"].objgen
        left, bottom, right, top = (float(edge) for edge in field.Rect)
        assert abs(right - left - 119) < 1  # 42 mm
        assert abs(top - bottom - 119) < 1
        assert [str(each.get("/Subtype")) for each in pdf.pages[0].Annots] == ["/Widget"]
        assert pdf.pdf_version == "1.7"
        assert "/Version" not in pdf.Root


def test_a_key_for_trying_out_shows_on_every_page(item, manager):
    office = IssuingOffice.objects.main()
    office.seal_confirmed = True
    office.save()
    pdf = issued_bytes(issue(item, manager))
    pages = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert all("样章 SPECIMEN" in page for page in pages.split("\f")[:-1])


def test_a_real_key_and_a_seal_in_force_say_nothing_of_it(stamping, item, manager):
    office = IssuingOffice.objects.main()
    office.seal_confirmed = True
    office.save()
    pdf = issued_bytes(issue(item, manager))
    pages = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert "SPECIMEN" not in pages


def test_time_stamp_and_proofs_in_one_revision(stamping, item, manager, tmp_path):
    certificate = issue(item, manager)
    assert certificate.signature_level == "B-LT"
    assert certificate.signed_with.subject == "Common Name: Seal of the archive"
    assert certificate.signed_with.chain.count("BEGIN CERTIFICATE") == 2
    pdf = issued_bytes(certificate)
    said = said_by_pdfsig(pdf, tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    reader = PdfFileReader(io.BytesIO(pdf))
    assert reader.total_revisions == 1
    roots = [asn1.Certificate.load(stamping.authority.certificate.public_bytes(DER))]
    kept = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {"trust_roots": roots, "allow_fetching": False, "revocation_mode": "hard-fail"}
    )
    status = validate_pdf_signature(reader.embedded_signatures[0], kept, kept)
    assert status.bottom_line
    assert status.timestamp_validity.trusted
    assert unmet_clauses(pdf) == set()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.Root.DSS.Certs) == 3
        assert len(opened.Root.DSS.CRLs) >= 1


def test_a_stamped_copy_is_verified_when_the_services_are_gone(stamping, item, manager, settings):
    certificate = issue(item, manager)
    settings.FONDS_TIMESTAMP_URL, settings.FONDS_TRUSTED_ROOTS, settings.FONDS_SIGNING_KEYS = "", [], {}
    answer = verify_file(io.BytesIO(issued_bytes(certificate)))
    checks = {check.name: check for check in answer.checks}
    assert {checks[name].state for name in ("signature", "coverage", "certificate", "time")} == {"good"}
    assert "confirmed by the time-stamp service Test Stamps" in checks["time"].sentence
    assert "specimen" not in checks


def test_the_service_is_asked_once_more_for_each_copy_only(stamping, item, manager):
    issue(item, manager)
    issue(item, manager)
    assert stamping.asked == 3  # one trial, two copies


@pytest.mark.parametrize("manner", ["slow", "drips", "refuses", "rubbish", "fails"])
def test_a_time_stamp_service_that_does_not_serve_takes_no_number(stamping, item, manager, manner):
    stamping.manner = manner
    with pytest.raises(ValidationError, match="time-stamp service does not answer"):
        issue(item, manager)
    assert not Certificate.objects.exists()


def test_a_service_that_fails_in_between_voids_the_number(stamping, item, manager):
    issue(item, manager)
    stamping.manner = "fails"
    with pytest.raises(ValidationError, match="is void"):
        issue(item, manager)
    voided = Certificate.objects.get(serial=2)
    assert voided.status == CertificateStatus.VOIDED
    assert "time-stamp service" in voided.ended_reason
    stamping.manner = "good"
    assert issue(item, manager).serial == 3


def test_a_service_that_is_not_there(stamping, item, manager, settings):
    settings.FONDS_TIMESTAMP_URL = "http://127.0.0.1:9/stamp"
    with pytest.raises(ValidationError, match="time-stamp service does not answer"):
        issue(item, manager)
    assert not Certificate.objects.exists()


def test_chains_that_lead_nowhere_and_revoked_ones(stamping, item, manager, settings, tmp_path):
    settings.FONDS_TRUSTED_ROOTS = [str(tmp_path / "nowhere")]
    with pytest.raises(ValidationError, match="cannot be read"):
        issue(item, manager)
    settings.FONDS_TRUSTED_ROOTS = [str(tmp_path / "roots")]
    stamping.lists = False
    with pytest.raises(ValidationError, match="does not answer whether it was revoked"):
        issue(item, manager)
    stamping.lists = True
    issued = issue(item, manager)
    signers._stampings.clear()
    reader = PdfFileReader(io.BytesIO(issued_bytes(issued)))
    stamping.authority.revoked.append(reader.embedded_signatures[0].signer_cert.serial_number)
    with pytest.raises(ValidationError, match="revoked by its issuer"):
        issue(item, manager)
    assert Certificate.objects.count() == 1


def test_faults_of_the_key_take_no_number(stamping, item, manager, settings, tmp_path):
    settings.FONDS_SIGNING_KEYS = {"seal": KeySetting("seal", "pkcs12", tmp_path / "seal.p12", {}, "wrong")}
    with pytest.raises(ValidationError, match="password is wrong"):
        issue(item, manager)
    office = IssuingOffice.objects.main()
    office.signing_key = "gone"
    office.save()
    with pytest.raises(ValidationError, match="no signing key named “gone”"):
        issue(item, manager)
    assert not Certificate.objects.exists()
