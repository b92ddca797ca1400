"""Certificates of the archive: their numbers, their register, and the office in whose name they are issued."""

import string

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from fonds.access.decisions import visible_q

from .enums import CertificateKind, CertificateStatus


class NumberSeries(models.Model):
    """The last number taken in one year and kind. Numbers are taken by ``numbers.take_number`` alone."""

    kind = models.CharField(_("kind"), max_length=10, choices=CertificateKind.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="one_series_per_kind_and_year")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class CertificateKept(Exception):
    """A register entry cannot be deleted."""


class CertificateQuerySet(models.QuerySet):
    """Register entries; none of them is ever deleted."""

    def delete(self):
        raise CertificateKept(_("An entry of the register of certificates is never deleted."))

    def known_to(self, user) -> "CertificateQuerySet":
        """The entries that ``user``, who may look into the register, may know of: as of the record itself."""
        return self.filter(models.Q(unit=None) | visible_q(user, "unit__"))

    def numbered(self, number: str) -> "CertificateQuerySet":
        """The entry with a number in normal form (``2026-0001``)."""
        return self.filter(number=number)


class Certificate(models.Model):
    """One entry of the register 证明登记簿: a number, what was certified under it, and the exact bytes issued.

    ``number`` is the plain form ``2026-0001`` used in addresses, ``shown_number`` the form printed. ``pages`` lists
    what was copied: ``[{"page": 1, "sha256": …}]``. ``key`` names the kept file in the store of masters; ``sha256``
    and ``size`` (bytes) are its. Title and code are as they stood on the day.
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
    unit_title = models.TextField(_("title"))
    unit_code = models.CharField(_("reference code"), max_length=100, blank=True)
    pages = models.JSONField(_("pages copied"), default=list)
    page_count = models.PositiveIntegerField(_("pages"))
    purpose = models.CharField(_("purpose"), max_length=200)
    applicant = models.CharField(_("applicant"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10)
    office = models.CharField(_("issuing office"), max_length=100)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("issued by"), on_delete=models.PROTECT, related_name="certificates"
    )
    issued_at = models.DateTimeField(_("issued at"))
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
        """The copied pages as written: ``1, 2, 5``."""
        return ", ".join(str(entry["page"]) for entry in self.pages)

    page_list.short_description = _("pages copied")

    def file(self) -> str:
        """A link to the issued file, for the admin."""
        if not self.is_kept:
            return "—"
        return format_html('<a href="{}">{}.pdf</a>', reverse("certificate_pdf", args=[self.number]), self.number)

    file.short_description = _("issued file")


_NUMBER_FIELDS = {"year", "number"}


def check_number_pattern(pattern: str) -> None:
    """Raise ``ValidationError`` unless ``pattern`` holds ``{year}`` and ``{number}`` and no other field."""
    try:
        fields = [name for _text, name, _spec, _conversion in string.Formatter().parse(pattern) if name is not None]
        pattern.format(year=2026, number="0001")
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        raise ValidationError(_("The pattern of the number cannot be read.")) from error
    if set(fields) != _NUMBER_FIELDS:
        raise ValidationError(_("The pattern must hold {year} and {number}, and no other field."))


@register_setting(icon="clipboard-list")
class IssuingOffice(BaseGenericSetting):
    """The office that issues certificates: its names, its seal, and how its numbers are written."""

    name = models.CharField(_("name of the office"), max_length=100, default="越州市市场监督管理局档案室")
    name_en = models.CharField(
        _("name in English"),
        max_length=150,
        blank=True,
        default="Archive Room, Yuezhou Municipal Administration for Market Regulation",
    )
    seal_text = models.CharField(
        _("text on the arc of the seal"),
        max_length=26,
        default="越州市市场监督管理局",
        help_text=_("At most 26 characters; they are spread along the upper arc."),
    )
    seal_name = models.CharField(_("name of the seal"), max_length=12, default="档案证明专用章")
    seal_confirmed = models.BooleanField(
        _("the seal is in force"),
        default=False,
        help_text=_("Until then every seal carries the words 样章 SPECIMEN."),
    )
    number_pattern = models.CharField(
        _("pattern of the number"),
        max_length=60,
        default="越市监档证〔{year}〕{number}号",
        validators=[check_number_pattern],
        help_text=_("Must hold {year} and {number}."),
    )
    number_width = models.PositiveSmallIntegerField(
        _("digits of the number"), default=4, validators=[MinValueValidator(3), MaxValueValidator(8)]
    )

    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("name_en")], heading=_("Office")),
        MultiFieldPanel(
            [FieldPanel("seal_text"), FieldPanel("seal_name"), FieldPanel("seal_confirmed")], heading=_("Seal")
        ),
        MultiFieldPanel([FieldPanel("number_pattern"), FieldPanel("number_width")], heading=_("Number")),
    ]

    class Meta:
        verbose_name = _("issuing office and seal")

    def local_name(self, language: str) -> str:
        """The office's name in ``language``."""
        return self.name_en if language.startswith("en") and self.name_en else self.name

    def shown_number(self, year: int, serial: int) -> str:
        """The number as printed, e.g. ``越市监档证〔2026〕0001号``."""
        return self.number_pattern.format(year=year, number=str(serial).zfill(self.number_width))


# The models of the sub-packages belong to this room too.
from .desk.models import DayNumbers, Desk, DeskApproval, DeskPrint, UseItem, UseRequest, WindowSettings  # noqa: E402, F401
from .enterprises.models import Enterprise  # noqa: E402, F401
from .readers.models import IntroductionLetter, ListEntry, Reader  # noqa: E402, F401
from .remote.models import CopyRequest  # noqa: E402, F401
from .uses.models import UseEntry  # noqa: E402, F401
