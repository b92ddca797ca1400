"""What changes the register of certificates: issue and revoke. Nothing else writes a certificate's status."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from .certifiable import MOST_PAGES, certifiable_scans, clean_line
from .enums import CertificateStatus
from .issuing import issue, issue_certificate, issue_each
from .models import Certificate
from .states import change_state

__all__ = ["MOST_PAGES", "certifiable_scans", "issue", "issue_certificate", "issue_each", "revoke_certificate"]

REVOKE_PERMISSION = "reading_room.revoke_certificate"


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
    change_state(
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
    return clean_line(text, "reason", 200)
