"""The fixed choices of the log."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """Through which door an event came."""

    WEB = "web", _("Web")
    COMMAND = "command", _("Command")
    JOB = "job", _("Job")


class AlarmKind(models.TextChoices):
    """What a rule looks for; each kind is computed in ``alarms``."""

    REFUSALS = "refusals", _("Many refusals")
    DOWNLOADS = "downloads", _("Mass downloads")
    NIGHT = "night", _("Work at night")
    BREAK_GLASS = "break_glass", _("Break-glass")
