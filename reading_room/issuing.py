"""Issuing certificates: of pages of one unit or of several, of a statement, of a search without result.

Everything that can be known beforehand (rights, pages, key, time-stamp service) is asked before a number is taken. The
number is taken together with its register entry in one short transaction, so a series has no gaps and no issuer waits
for another's printout. What fails after that leaves the entry as void, with the reason; so does a process that was
killed (``void_interrupted``).
"""

import errno
import logging
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from asn1crypto import pem
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import PageScan
from fonds.reports.signing.faults import SigningFault
from fonds.reports.signing.keys import OpenKey
from fonds.reports.signing.signers import ReadySigner, ready_signer

from .certifiable import chosen_scans, clean_line, clean_statement, may_certify
from .copies import ScanNotPrintable, write_certificate
from .enums import NUMBER_LETTERS, CertificateKind, CertificateStatus
from .kept_files import keep, remove_unentered
from .models import Certificate, IssuingOffice, SigningCertificate
from .numbers import new_check_code, plain_number
from .offices.choosing import office_for
from .series import take_number, year_of_issue
from .states import change_state
from .waiting import comes_true, not_at_work

logger = logging.getLogger(__name__)

INTERRUPTED_AFTER = timedelta(minutes=15)
_SPOOL = 8 * 1024**2  # bytes of a printout that are held in memory; a larger one goes to a temporary file


@dataclass(frozen=True)
class _Wanted:
    """A certificate that was asked for, checked and clean."""

    kind: CertificateKind
    units: list[ArchivePage]
    scans: list[PageScan]
    purpose: str
    applicant: str
    statement: str
    language: str
    user: object
    approved_by: object | None
    token: str | None


def issue_certificate(
    unit: ArchivePage,
    *,
    pages: Sequence[int],
    purpose: str,
    user,
    applicant: str = "",
    language: str | None = None,
    office: IssuingOffice | None = None,
    token: str | None = None,
) -> Certificate:
    """Issue a certified copy of ``pages`` (page numbers of ``unit``): ``issue`` with one part."""
    return issue(
        [(unit, pages)], purpose=purpose, user=user, applicant=applicant, language=language, office=office, token=token
    )  # fmt: skip


def issue(
    parts: Sequence[tuple[ArchivePage, Sequence[int]]],
    *,
    purpose: str,
    user,
    kind: str = CertificateKind.COPY,
    applicant: str = "",
    statement: str = "",
    language: str | None = None,
    office: IssuingOffice | None = None,
    approved_by=None,
    token: str | None = None,
) -> Certificate:
    """Issue one certificate over ``parts`` (units with the page numbers chosen of each) and enter it in the register.

    A copy needs pages; an archive certificate a ``statement`` and at least one unit, pages or not; a certificate of no
    record a ``statement`` of what was searched, and no parts. It is issued in the name of ``office``, without it of the
    first that the user may use. The same ``token`` sent again by the same user gives the certificate that was issued,
    whatever office it names now. Raises ``Http404`` where a unit may not be seen, ``PermissionDenied`` where the user
    may not certify, ``ValidationError`` (by field) for what cannot be certified or signed.
    """
    kind = CertificateKind(kind)
    may_certify(user, [unit for unit, _pages in parts])
    void_interrupted()
    issued = _finished_under(token, user)
    if issued:
        return issued
    wanted = _Wanted(
        kind=kind,
        units=[unit for unit, _pages in parts],
        scans=chosen_scans(parts, kind),
        purpose=clean_line(purpose, "purpose", 200),
        applicant=clean_line(applicant, "applicant", 100, required=False),
        statement=clean_statement(statement, kind),
        language=language or translation.get_language(),
        user=user,
        approved_by=approved_by,
        token=token or None,
    )
    office = office_for(user, office)
    try:
        with ready_signer(office.signing_key) as signer:
            return _issue(wanted, office, signer)
    except SigningFault as error:
        raise ValidationError(str(error)) from error


def issue_each(parts: Sequence[tuple[ArchivePage, Sequence[int]]], *, token: str | None = None, **values) -> list:
    """Issue a certified copy of each of ``parts`` for itself, with the values that ``issue`` takes.

    All parts are checked before the first number is taken. Raises as ``issue`` does; where one fails after all, those
    before it are issued, and the same ``token`` sent again goes on behind them.
    """
    may_certify(values["user"], [unit for unit, _pages in parts])
    chosen_scans(parts, CertificateKind.COPY)
    return [
        issue([part], token=f"{token}-{number}" if token else None, **values) for number, part in enumerate(parts, 1)
    ]


def _issue(wanted: _Wanted, office: IssuingOffice, signer: ReadySigner) -> Certificate:
    try:
        certificate = _reserve(wanted, office, signer)
    except IntegrityError:
        issued = _finished_under(wanted.token, wanted.user)  # the same form, sent twice, was faster
        if issued:
            return issued
        raise
    try:
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as pdf:
            digest = write_certificate(certificate, wanted.scans, office, signer, pdf)
            size = pdf.seek(0, 2)
            key = keep(certificate.number, certificate.year, pdf, digest)
        return _finish(certificate, key, digest, size, wanted.user)
    except (ScanNotPrintable, SigningFault) as error:
        _void(certificate, str(error))
        raise ValidationError(_void_sentence(certificate, str(error))) from error
    except Exception as error:
        logger.exception("certificate %s could not be issued", certificate.number)
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = _("The disk is full.") if full else _("The printout failed.")
        _void(certificate, reason)
        if full:
            raise ValidationError(_void_sentence(certificate, reason)) from error
        raise


def _void_sentence(certificate: Certificate, reason: str) -> str:
    return _("%(reason)s Number %(number)s is void.") % {"reason": reason, "number": certificate.shown_number}


def issued_under(token: str | None, user) -> Certificate | None:
    """What the form with this token led to, where it was issued."""
    return _under(token, user).exclude(status=CertificateStatus.ISSUING).first() if token else None


def void_unfinished(token: str, user) -> None:
    """Void the number that was taken under ``token``, and whose process is known to have been stopped."""
    _void_all(_under(token, user).filter(status=CertificateStatus.ISSUING))


def _under(token: str, user):
    return Certificate.objects.filter(token=token, issued_by=user)


def _finished_under(token: str | None, user) -> Certificate | None:
    """What the form with this token led to; what is being issued at this moment is waited for. Raises ``ValidationError`` where that does not end."""
    if not token:
        return None
    being_issued = _under(token, user).filter(status=CertificateStatus.ISSUING)
    if not comes_true(lambda: not being_issued.exists()):
        raise ValidationError(
            _("Number %(number)s is being issued at this moment, or was interrupted: look into the register.")
            % {"number": getattr(being_issued.first(), "shown_number", "—")}
        )
    return issued_under(token, user)


@transaction.atomic
def _reserve(wanted: _Wanted, office: IssuingOffice, signer: ReadySigner) -> Certificate:
    now = timezone.now()
    year = year_of_issue(wanted.kind, timezone.localtime(now).year)
    serial, letter = take_number(wanted.kind, year), NUMBER_LETTERS[wanted.kind]
    certificate = Certificate.objects.create(
        number=plain_number(year, serial, letter),
        shown_number=office.shown_number(year, serial, letter),
        kind=wanted.kind,
        year=year,
        serial=serial,
        **_subject(wanted),
        page_count=len(wanted.scans),
        purpose=wanted.purpose,
        applicant=wanted.applicant,
        statement=wanted.statement,
        language=wanted.language,
        office=office.local_name(wanted.language),
        issuing_office=office,
        issued_by=wanted.user,
        approved_by=wanted.approved_by,
        issued_at=now,
        token=wanted.token,
        check_code=new_check_code(),
        signed_with=_kept_certificate(signer.key),
        signature_level=signer.level,
    )
    if len(wanted.units) > 1:
        certificate.units.set([unit.pk for unit in wanted.units])
    return certificate


def _subject(wanted: _Wanted) -> dict:
    """What is certified, as the register keeps it: by one unit, or by parts."""
    if len(wanted.units) == 1:
        unit = wanted.units[0]
        return {
            "unit_id": unit.pk,
            "unit_title": unit.title,
            "unit_code": unit.reference_code or "",
            "pages": [{"page": scan.number, "sha256": scan.sha256} for scan in wanted.scans],
        }
    if not wanted.units:
        return {"unit_title": wanted.statement.partition("\n")[0]}
    with translation.override(wanted.language):
        title = _("%(title)s and others, %(count)s records in all") % {
            "title": wanted.units[0].title, "count": len(wanted.units)
        }  # fmt: skip
    return {
        "unit_title": title,
        "unit_code": wanted.units[0].reference_code or "",
        "pages": [{"unit": scan.unit_id, "page": scan.number, "sha256": scan.sha256} for scan in wanted.scans],
        "parts": [
            {
                "unit": unit.pk,
                "code": unit.reference_code or "",
                "title": unit.title,
                "pages": [scan.number for scan in wanted.scans if scan.unit_id == unit.pk],
            }
            for unit in wanted.units
        ],
    }


def _kept_certificate(key: OpenKey) -> SigningCertificate:
    """The certificate of ``key`` as the register keeps it, with its chain."""
    kept, _created = SigningCertificate.objects.get_or_create(
        fingerprint=key.certificate.sha256.hex(),
        defaults={
            "subject": key.certificate.subject.human_friendly[:300],
            "issuer": key.certificate.issuer.human_friendly[:300],
            "not_before": key.begins_at,
            "not_after": key.ends_at,
            "chain": b"".join(pem.armor("CERTIFICATE", each.dump()) for each in key.chain).decode(),
            "is_specimen": key.is_specimen,
        },
    )
    return kept


@transaction.atomic
def _finish(certificate: Certificate, key: str, digest: str, size: int, user) -> Certificate:
    change_state(certificate, CertificateStatus.VALID, key=key, sha256=digest, size=size)
    log(
        instance=certificate,
        action="reading_room.issue_certificate",
        user=user,
        title=certificate.number,
        data={
            "number": certificate.number,
            "code": certificate.unit_code,
            "office": certificate.office,
            "sha256": digest,
        },
    )
    return certificate


def _void(certificate: Certificate, reason: str) -> None:
    try:
        change_state(
            certificate, CertificateStatus.VOIDED, ended_reason=reason[:200], ended_at=timezone.now(), token=None
        )
    finally:
        if certificate.status == CertificateStatus.VOIDED:
            remove_unentered(certificate)


def void_interrupted() -> None:
    """Void the numbers whose printing never ended, because the process was stopped in the middle."""
    stopped = not_at_work("issued_at", INTERRUPTED_AFTER)
    _void_all(Certificate.objects.filter(stopped, status=CertificateStatus.ISSUING))


def _void_all(stopped) -> None:
    for certificate in stopped:
        try:
            _void(certificate, _("Printing was interrupted."))
        except ValidationError:  # it ended this moment after all, or somebody else was first
            continue
