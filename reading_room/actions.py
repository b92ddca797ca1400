"""What changes the register of certificates: issue and revoke. Nothing else writes a certificate's status."""

import logging
import unicodedata
from collections.abc import Sequence
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from fonds.access.decisions import may, require
from fonds.access.enums import Right
from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import PageScan
from fonds.collections.scans import CLOSED_MARKS

from .copies import ScanNotPrintable, certified_copy
from .enums import TRANSITIONS, CertificateKind, CertificateStatus
from .kept_files import keep
from .models import Certificate, IssuingOffice
from .numbers import new_check_code, plain_number, take_number

logger = logging.getLogger(__name__)

REVOKE_PERMISSION = "reading_room.revoke_certificate"
MOST_PAGES = 300
INTERRUPTED_AFTER = timedelta(minutes=15)
_DIRECTION_MARKS = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}


def certifiable_scans(unit: ArchivePage) -> list[PageScan]:
    """The scans of ``unit`` in page order, with their masters: one query."""
    return list(PageScan.objects.filter(unit_id=unit.pk).select_related("master").order_by("number"))


def issue_certificate(
    unit: ArchivePage,
    *,
    pages: Sequence[int],
    purpose: str,
    user,
    applicant: str = "",
    language: str | None = None,
) -> Certificate:
    """Issue a certified copy of ``pages`` (page numbers of ``unit``) and enter it in the register.

    The number is taken together with its register entry in one short transaction, so the series has no gaps and two
    issuers never wait for a printout; where the printout then fails, the entry stays as void, with the reason.
    Raises ``Http404`` where the unit may not be seen, ``PermissionDenied`` where the user may not certify,
    ``ValidationError`` (by field) for what cannot be certified.
    """
    require(user, Right.CATALOGUE, unit)
    if not may(user, Right.CERTIFY, unit):
        raise PermissionDenied(_("Only a manager of the archive may issue certified copies."))
    scans = _chosen_scans(unit, pages)
    purpose, applicant = _clean_line(purpose, "purpose", 200), _clean_line(applicant, "applicant", 100, required=False)
    _void_interrupted()
    office = IssuingOffice.load()
    certificate = _reserve(unit, scans, office, user, purpose, applicant, language or translation.get_language())
    try:
        pdf = certified_copy(certificate, scans, office)
        key, digest = keep(certificate.number, certificate.year, pdf)
    except ScanNotPrintable as error:
        _void(certificate, str(error))
        raise ValidationError({"pages": str(error)}) from error
    except Exception:
        logger.exception("certificate %s could not be printed", certificate.number)
        _void(certificate, _("The printout failed."))
        raise
    return _finish(certificate, key, digest, len(pdf), user)


def _chosen_scans(unit: ArchivePage, pages: Sequence[int]) -> list[PageScan]:
    if unit.secrecy.strip().startswith(CLOSED_MARKS):
        raise ValidationError(
            _("The secrecy mark is %(mark)s: such content may not be copied from a networked system.")
            % {"mark": unit.secrecy}
        )
    scans = {scan.number: scan for scan in certifiable_scans(unit)}
    if not scans:
        raise ValidationError(_("This item has no scans, so there is nothing to copy."))
    if not pages:
        raise ValidationError({"pages": _("Choose at least one page.")})
    foreign = sorted(set(pages) - scans.keys())
    if foreign:
        raise ValidationError(
            {
                "pages": _("This item has no page %(pages)s.")
                % {"pages": ", ".join(str(number) for number in foreign[:20])}
            }
        )
    chosen = sorted(set(pages))
    if len(chosen) > MOST_PAGES:
        raise ValidationError({"pages": _("At most %(most)s pages go into one certified copy.") % {"most": MOST_PAGES}})
    return [scans[number] for number in chosen]


def _clean_line(text: str, field: str, longest: int, required: bool = True) -> str:
    """``text`` as one clean line; control characters and direction marks are faults, not silently dropped."""
    text = str(text or "").strip()
    if required and not text:
        raise ValidationError({field: _("State what the copy is for.")})
    if len(text) > longest:
        raise ValidationError({field: _("At most %(most)s characters.") % {"most": longest}})
    if any(unicodedata.category(character) == "Cc" or character in _DIRECTION_MARKS for character in text):
        raise ValidationError({field: _("The text contains control characters. Type it anew, on one line.")})
    return text


@transaction.atomic
def _reserve(unit, scans, office, user, purpose, applicant, language) -> Certificate:
    now = timezone.now()
    year = timezone.localtime(now).year
    serial = take_number(CertificateKind.COPY, year)
    return Certificate.objects.create(
        number=plain_number(year, serial),
        shown_number=office.shown_number(year, serial),
        kind=CertificateKind.COPY,
        year=year,
        serial=serial,
        unit_id=unit.pk,
        unit_title=unit.title,
        unit_code=unit.reference_code or "",
        pages=[{"page": scan.number, "sha256": scan.sha256} for scan in scans],
        page_count=len(scans),
        purpose=purpose,
        applicant=applicant,
        language=language,
        office=office.local_name(language),
        issued_by=user,
        issued_at=now,
        check_code=new_check_code(),
    )


@transaction.atomic
def _finish(certificate: Certificate, key: str, digest: str, size: int, user) -> Certificate:
    _change(certificate, CertificateStatus.VALID, key=key, sha256=digest, size=size)
    log(
        instance=certificate,
        action="reading_room.issue_certificate",
        user=user,
        title=certificate.number,
        data={"number": certificate.number, "code": certificate.unit_code, "sha256": digest},
    )
    return certificate


def _void(certificate: Certificate, reason: str) -> None:
    _change(certificate, CertificateStatus.VOIDED, ended_reason=reason[:200], ended_at=timezone.now())


def _void_interrupted() -> None:
    """Void the numbers whose printing never ended, because the process was stopped in the middle."""
    now = timezone.now()
    Certificate.objects.filter(status=CertificateStatus.ISSUING, issued_at__lt=now - INTERRUPTED_AFTER).update(
        status=CertificateStatus.VOIDED, ended_reason=_("Printing was interrupted."), ended_at=now
    )


def _change(certificate: Certificate, status: CertificateStatus, **values) -> None:
    """Write a change of state that ``TRANSITIONS`` allows, against what the database holds now. Raises
    ``ValidationError`` where someone else was first."""
    sources = [source for source, targets in TRANSITIONS.items() if status in targets]
    changed = Certificate.objects.filter(pk=certificate.pk, status__in=sources).update(status=status, **values)
    certificate.refresh_from_db()
    if not changed:
        raise ValidationError(
            _("Certificate %(number)s is %(status)s; this cannot be changed any more.")
            % {"number": certificate.number, "status": certificate.get_status_display()}
        )


@transaction.atomic
def revoke_certificate(
    certificate: Certificate, *, reason: str, user, replaced_by: Certificate | None = None
) -> Certificate:
    """Withdraw a valid certificate: from now on the verification page calls it revoked.

    Raises ``PermissionDenied`` without the permission ``reading_room.revoke_certificate``, ``ValidationError`` (by
    field) without a reason, for a certificate that is not valid, or for one said to replace itself.
    """
    if not user.has_perm(REVOKE_PERMISSION):
        raise PermissionDenied(_("Only a manager of the archive may revoke certificates."))
    reason = _reason(reason)
    if replaced_by and replaced_by.pk == certificate.pk:
        raise ValidationError({"replaced_by": _("A certificate cannot replace itself.")})
    _change(
        certificate,
        CertificateStatus.REVOKED,
        ended_reason=reason,
        ended_at=timezone.now(),
        ended_by=user,
        replaced_by=replaced_by,
    )
    log(
        instance=certificate,
        action="reading_room.revoke_certificate",
        user=user,
        title=certificate.number,
        data={"number": certificate.number, "reason": reason},
    )
    return certificate


def _reason(text: str) -> str:
    if not str(text or "").strip():
        raise ValidationError({"reason": _("State why the certificate is revoked.")})
    return _clean_line(text, "reason", 200)
