"""The kinds and states of certificates, with the changes of state that exist."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CertificateKind(models.TextChoices):
    """What a certificate is; each kind has a number series of its own per year."""

    COPY = "copy", pgettext_lazy("kind of certificate", "Certified copy")
    STATEMENT = "statement", pgettext_lazy("kind of certificate", "Archive certificate")
    NONE_FOUND = "none", pgettext_lazy("kind of certificate", "Certificate of no record")


#: Stands before the serial number of a kind, in print and in addresses.
NUMBER_LETTERS: dict[str, str] = {
    CertificateKind.COPY: "",
    CertificateKind.STATEMENT: "Z",
    CertificateKind.NONE_FOUND: "W",
}


class CertificateStatus(models.TextChoices):
    """A certificate's place in its life; ``TRANSITIONS`` says which change is possible."""

    ISSUING = "issuing", _("Being issued")
    VALID = "valid", _("Valid")
    REVOKED = "revoked", _("Revoked")
    VOIDED = "voided", _("Void")


TRANSITIONS: dict[str, frozenset[str]] = {
    CertificateStatus.ISSUING: frozenset({CertificateStatus.VALID, CertificateStatus.VOIDED}),
    CertificateStatus.VALID: frozenset({CertificateStatus.REVOKED}),
    CertificateStatus.REVOKED: frozenset(),
    CertificateStatus.VOIDED: frozenset(),
}


class Finding(models.TextChoices):
    """What the verification page says about a number or a file."""

    VALID = "valid", _("Valid")
    ALTERED = "altered", _("Altered")
    REVOKED = "revoked", _("Revoked")
    VOIDED = "voided", _("Void")
    UNKNOWN = "unknown", _("Unknown")
