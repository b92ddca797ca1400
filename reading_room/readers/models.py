"""Readers (利用者), their letters of introduction, and the lists from which the window chooses."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from fonds.audit.encryption import EncryptedTextField, mask

from .enums import ListName, NumberCheck


class ListEntryQuerySet(models.QuerySet):
    """Entries by list."""

    def of(self, name: str) -> "ListEntryQuerySet":
        """What can be chosen from the list ``name`` today, in its order."""
        return self.filter(list=name, is_used=True)


class ListEntry(models.Model):
    """One entry of a list of the window: a kind of document, a kind of reader, a purpose. Taken out of use, it stays
    with what was written under it."""

    list = models.CharField(pgettext_lazy("of the window", "list"), max_length=10, choices=ListName.choices)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    check_rule = models.CharField(
        _("check of the number"), max_length=12, choices=NumberCheck.choices, default=NumberCheck.NONE,
        help_text=_("For kinds of documents."),
    )  # fmt: skip
    order = models.PositiveSmallIntegerField(pgettext_lazy("in a list", "place"), default=0)
    is_used = models.BooleanField(_("can be chosen"), default=True)

    objects = ListEntryQuerySet.as_manager()

    class Meta:
        ordering = ["list", "order", "pk"]
        verbose_name = _("entry of a list of the window")
        verbose_name_plural = _("lists of the window")
        constraints = [models.UniqueConstraint(fields=["list", "name"], name="one_name_in_a_window_list")]

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") and self.name_en else self.name


class Reader(models.Model):
    """A person who comes to the window. The number of the document is stored encrypted; ``number_digest`` is its keyed
    hash, by which the person is found again."""

    name = models.CharField(_("name"), max_length=60)
    document_kind = models.ForeignKey(
        ListEntry, verbose_name=_("kind of document"), on_delete=models.PROTECT, related_name="+"
    )
    number = EncryptedTextField(_("number of the document"))
    number_digest = models.CharField(max_length=64, editable=False)
    kind = models.ForeignKey(
        ListEntry, verbose_name=_("kind of reader"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    organisation = models.CharField(_("organisation represented"), max_length=120, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    registered_at = models.DateTimeField(_("registered at"), default=timezone.now, editable=False)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("registered by"), on_delete=models.PROTECT, related_name="+"
    )
    blocked_at = models.DateTimeField(_("blocked at"), null=True, blank=True)
    blocked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("blocked by"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    blocked_reason = models.CharField(_("reason of the block"), max_length=200, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("reader")
        verbose_name_plural = _("readers")
        default_permissions = ("view",)
        permissions = [("block_reader", _("Can block readers"))]
        constraints = [
            models.UniqueConstraint(fields=["document_kind", "number_digest"], name="one_reader_per_document"),
            models.CheckConstraint(
                name="block_has_reason", condition=models.Q(blocked_at=None) | ~models.Q(blocked_reason="")
            ),
        ]
        indexes = [models.Index(fields=["number_digest"], name="reader_digest")]

    def __str__(self) -> str:
        return self.name

    @property
    def masked_number(self) -> str:
        """The number as screens and printouts show it."""
        return mask(self.number)

    masked_number.fget.short_description = _("number of the document")

    @property
    def is_blocked(self) -> bool:
        return self.blocked_at is not None


class IntroductionLetter(models.Model):
    """A letter of introduction 介绍信: for whom the reader asks, until when, with its scan in the store of masters."""

    reader = models.ForeignKey(Reader, verbose_name=_("reader"), on_delete=models.PROTECT, related_name="letters")
    organisation = models.CharField(_("organisation represented"), max_length=120)
    number = models.CharField(_("number of the letter"), max_length=60, blank=True)
    expires_on = models.DateField(_("valid until"))
    scan_key = models.CharField(max_length=160, blank=True, editable=False)
    scan_type = models.CharField(max_length=40, blank=True, editable=False)
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("added by"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-expires_on", "-pk"]
        verbose_name = _("letter of introduction")
        verbose_name_plural = _("letters of introduction")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.organisation} {self.number}".strip()

    def is_expired(self, today: dt.date | None = None) -> bool:
        """Whether its last day has passed."""
        return self.expires_on < (today or timezone.localdate())
