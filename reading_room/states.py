"""The one place where a certificate's status is written."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .enums import TRANSITIONS, CertificateStatus
from .models import Certificate


def change_state(certificate: Certificate, status: CertificateStatus, **values) -> None:
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
