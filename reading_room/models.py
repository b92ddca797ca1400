"""Certificates of the archive: their number series and their register."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from fonds.access.decisions import visible_q

from .enums import CertificateKind, CertificateStatus


class NumberSeries(models.Model):
    """The last number taken in one year and kind. Numbers are taken by ``series.take_number`` alone."""

    kind = models.CharField(_("kind"), max_length=10, choices=CertificateKind.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="one_series_per_kind_and_year")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class SigningCertificate(models.Model):
    """A certificate (X.509) that the archive signed with, kept so that its signatures can be checked in later years.

    ``fingerprint`` is its SHA-256, ``chain`` it and those that came with its key, as PEM. What it signed is no document
    of the archive where ``is_specimen`` is set.
    """

    fingerprint = models.CharField(_("fingerprint (SHA-256)"), max_length=64, unique=True)
    subject = models.CharField(_("holder"), max_length=300)
    issuer = models.CharField(_("issued by"), max_length=300)
    not_before = models.DateTimeField(_("valid from"))
    not_after = models.DateTimeField(_("valid until"))
    chain = models.TextField(_("chain"))
    is_specimen = models.BooleanField(_("for trying out"), default=False)
    first_used = models.DateTimeField(_("first used"), auto_now_add=True)

    class Meta:
        ordering = ["-first_used"]
        verbose_name = _("signing certificate")
        verbose_name_plural = _("signing certificates")
        default_permissions = ()

    def __str__(self) -> str:
        return self.subject


class CertificateKept(Exception):
    """A register entry cannot be deleted."""


class CertificateQuerySet(models.QuerySet):
    """Register entries; none of them is ever deleted."""

    def delete(self):
        raise CertificateKept(_("An entry of the register of certificates is never deleted."))

    def known_to(self, user) -> "CertificateQuerySet":
        """The entries that ``user``, who may look into the register, may know of: as of the record itself."""
        parts = Certificate.units.through.objects.filter(certificate=models.OuterRef("pk"))
        hidden = parts.exclude(visible_q(user, "archivepage__"))
        return self.filter(models.Q(unit=None) | visible_q(user, "unit__")).exclude(models.Exists(hidden))

    def numbered(self, number: str) -> "CertificateQuerySet":
        """The entry with a number in normal form (``2026-0001``)."""
        return self.filter(number=number)


class Certificate(models.Model):
    """One entry of the register 证明登记簿: a number, what was certified under it, and the exact bytes issued.

    ``number`` is the plain form ``2026-0001`` used in addresses, ``shown_number`` the form printed. ``pages`` lists
    what was copied, with the checksum of each master: ``[{"page": 1, "sha256": …}]``. ``key`` names the kept file in
    the store of masters; ``sha256`` and ``size`` (bytes) are its. Title and code are as they stood on the day.

    A copy of several units has no ``unit``; it has ``units``, and in ``parts`` what was copied of each:
    ``[{"unit": 12, "code": …, "title": …, "pages": [1, 2]}]``; its ``pages`` name their unit too. ``statement`` is the
    text of an archive certificate, or what was searched without result. ``office`` is the name of ``issuing_office`` as
    it stood on the day, in the language of the certificate. ``token`` is of the form that was sent: sent
    twice, it issues once.
    """

    number = models.CharField(_("certificate number"), max_length=30, unique=True)
    shown_number = models.CharField(_("number in print"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=CertificateKind.choices, default=CertificateKind.COPY)
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("serial number"))
    status = models.CharField(
        _("status"), max_length=10, choices=CertificateStatus.choices, default=CertificateStatus.ISSUING
    )
    unit = models.ForeignKey(
        "archive_pages.ArchivePage",
        verbose_name=_("unit"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="certificates",
    )
    units = models.ManyToManyField(
        "archive_pages.ArchivePage", verbose_name=_("units"), blank=True, related_name="shared_certificates"
    )
    parts = models.JSONField(_("parts"), default=list, blank=True)
    statement = models.TextField(_("statement"), blank=True)
    unit_title = models.TextField(_("title"))
    unit_code = models.CharField(_("reference code"), max_length=100, blank=True)
    pages = models.JSONField(_("pages copied"), default=list)
    page_count = models.PositiveIntegerField(_("pages"))
    purpose = models.CharField(_("purpose"), max_length=200)
    applicant = models.CharField(_("applicant"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10)
    office = models.CharField(_("issuing office"), max_length=100)
    issuing_office = models.ForeignKey(
        "reading_room.IssuingOffice",
        verbose_name=_("issuing office"),
        null=True,
        on_delete=models.PROTECT,
        related_name="certificates",
    )
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("issued by"), on_delete=models.PROTECT, related_name="certificates"
    )
    issued_at = models.DateTimeField(_("issued at"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("approved by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    token = models.CharField(max_length=64, null=True, unique=True, editable=False)
    signed_with = models.ForeignKey(
        SigningCertificate,
        verbose_name=_("signed with"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="certificates",
    )
    signature_level = models.CharField(_("level of the signature"), max_length=10, blank=True)
    check_code = models.CharField(_("check code"), max_length=20)
    key = models.CharField(_("storage key"), max_length=160, blank=True, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, db_index=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    ended_reason = models.CharField(_("reason of revocation"), max_length=200, blank=True)
    ended_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("revoked by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    replaced_by = models.ForeignKey(
        "self", verbose_name=_("replaced by"), null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "kind", "-serial"]
        verbose_name = _("certificate")
        verbose_name_plural = _("register of certificates")
        default_permissions = ("view",)
        permissions = [
            ("issue_certificate", _("Can issue certified copies")),
            ("revoke_certificate", _("Can revoke certificates")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "serial"], name="one_certificate_per_serial"),
            models.CheckConstraint(
                condition=~models.Q(status=CertificateStatus.VALID) | (models.Q(size__gt=0) & ~models.Q(sha256="")),
                name="valid_certificate_has_bytes",
            ),
        ]
        indexes = [models.Index(fields=["status", "-issued_at"], name="certificate_status_date")]

    def __str__(self) -> str:
        return self.shown_number

    def delete(self, *args, **kwargs):
        raise CertificateKept(_("An entry of the register of certificates is never deleted."))

    @property
    def is_kept(self) -> bool:
        """Whether the issued bytes are in the store (a voided number has none)."""
        return bool(self.key)

    def page_list(self) -> str:
        """The copied pages as written: ``1–3, 5``; of several units, those of each behind its code."""
        if self.parts:
            return "; ".join(f"{part['code'] or part['title']}: {as_ranges(part['pages'])}" for part in self.parts)
        return as_ranges([entry["page"] for entry in self.pages])

    page_list.short_description = _("pages copied")

    def file(self) -> str:
        """A link to the issued file, for the admin."""
        if not self.is_kept:
            return "—"
        return format_html('<a href="{}">{}.pdf</a>', reverse("certificate_pdf", args=[self.number]), self.number)

    file.short_description = _("issued file")


def as_ranges(numbers: Iterable[int]) -> str:
    """Page numbers as people write them: ``1–3, 5``."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{first}–{last}" if last > first else str(first) for first, last in runs)


# The models of the sub-packages belong to this room too.
from .desk.models import DayNumbers, Desk, DeskApproval, DeskPrint, UseItem, UseRequest, WindowSettings  # noqa: E402, F401
from .enterprises.models import Enterprise  # noqa: E402, F401
from .offices.models import IssuingOffice, check_number_pattern, signing_key_names  # noqa: E402, F401
from .readers.models import IntroductionLetter, ListEntry, Reader  # noqa: E402, F401
from .remote.models import CopyRequest  # noqa: E402, F401
from .uses.models import UseEntry  # noqa: E402, F401
