"""A certified copy that an officer or a registered reader asks for without coming to the window."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fonds.access.enums import Purpose


class CopyState(models.TextChoices):
    """How far a request for a copy has come; only a waiting one changes."""

    WAITING = "waiting", pgettext_lazy("request for a copy", "Waiting")
    ISSUED = "issued", pgettext_lazy("request for a copy", "Issued")
    REFUSED = "refused", pgettext_lazy("request for a copy", "Refused")
    TAKEN_BACK = "taken_back", pgettext_lazy("request for a copy", "Taken back")


class CopyRequest(models.Model):
    """Which pages of which unit, what for, until when it is answered. ``token_digest`` is the SHA-256 of the address
    sent to the reader: it serves once, until ``token_until``."""

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("reader"), on_delete=models.PROTECT, related_name="copy_requests"
    )
    unit = models.ForeignKey(
        "archive_pages.ArchivePage", verbose_name=_("unit"), on_delete=models.CASCADE, related_name="copy_requests"
    )
    pages = models.JSONField(_("pages"), default=list)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices, default=Purpose.RIGHTS)
    purpose_text = models.CharField(_("purpose in words"), max_length=150)
    created_at = models.DateTimeField(_("asked at"), default=timezone.now)
    due_on = models.DateField(_("answered until"))
    state = models.CharField(_("state"), max_length=12, choices=CopyState.choices, default=CopyState.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    certificate = models.ForeignKey(
        "reading_room.Certificate", verbose_name=_("certificate"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    token_digest = models.CharField(max_length=64, blank=True, editable=False)
    token_until = models.DateTimeField(null=True, editable=False)
    fetched_at = models.DateTimeField(_("fetched at"), null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("request for a copy")
        verbose_name_plural = _("requests for copies")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["reader", "unit"], condition=Q(state=CopyState.WAITING), name="one_waiting_copy_request"
            ),
            models.UniqueConstraint(
                fields=["token_digest"], condition=~Q(token_digest=""), name="one_copy_request_per_token"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="copy_request_state_due")]

    def __str__(self) -> str:
        return f"{self.reader}: {self.unit_id}"

    @property
    def is_overdue(self) -> bool:
        """Whether it waits longer than was promised."""
        return self.state == CopyState.WAITING and self.due_on < timezone.localdate()

    @property
    def page_list(self) -> str:
        return ", ".join(str(page) for page in self.pages)


def due_day(days: int, first: dt.date | None = None) -> dt.date:
    """The ``days``-th working day (Monday to Friday) after ``first`` (today)."""
    day = first or timezone.localdate()
    while days > 0:
        day += dt.timedelta(days=1)
        days -= day.weekday() < 5
    return day
