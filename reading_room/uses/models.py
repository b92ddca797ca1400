"""One line of the use register 利用登记簿."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..desk.models import UseRequest


class UseEntry(models.Model):
    """What one visit came to. It is written when the pages are handed over, or imported from an older register; texts
    are as they stood on the day. ``seconds`` is from the beginning to handing over. Only ``effect`` is added later."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    day = models.DateField(_("day"))
    request = models.OneToOneField(
        UseRequest, verbose_name=_("request"), null=True, on_delete=models.PROTECT, related_name="entry"
    )
    reader_name = models.CharField(_("reader"), max_length=60, blank=True)
    reader_kind = models.CharField(_("kind of reader"), max_length=60, blank=True)
    organisation = models.CharField(_("organisation represented"), max_length=120, blank=True)
    purpose = models.CharField(_("purpose"), max_length=60, blank=True)
    record_kind = models.CharField(_("kind of records"), max_length=100, blank=True)
    manner = models.CharField(_("manner of use"), max_length=40, blank=True)
    item_count = models.PositiveIntegerField(pgettext_lazy("number of units", "items"), default=0)
    pages_shown = models.PositiveIntegerField(_("pages shown"), default=0)
    pages_copied = models.PositiveIntegerField(_("pages copied"), default=0)
    pages_certified = models.PositiveIntegerField(_("pages certified"), default=0)
    fee = models.DecimalField(_("fee"), max_digits=8, decimal_places=2, default=Decimal(0))
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("handed over at"))
    seconds = models.PositiveIntegerField(_("seconds"))
    waited_seconds = models.PositiveIntegerField(_("seconds of waiting"), null=True)
    desk = models.CharField(pgettext_lazy("of the query window", "desk"), max_length=40, blank=True)
    clerk = models.CharField(_("clerk"), max_length=150, blank=True)
    effect = models.CharField(_("effect of use"), max_length=500, blank=True)

    class Meta:
        ordering = ["-day", "-number"]
        verbose_name = _("entry of the use register")
        verbose_name_plural = _("use register")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(name="use_ends_after_start", condition=models.Q(ended_at__gte=models.F("began_at")))
        ]
        indexes = [
            models.Index(fields=["day", "number"], name="use_entry_day"),
            models.Index(fields=["purpose", "day"], name="use_entry_purpose"),
        ]

    @property
    def minutes(self) -> str:
        """The minutes from beginning to handing over, to a tenth."""
        return f"{self.seconds / 60:.1f}"

    def __str__(self) -> str:
        return self.number
