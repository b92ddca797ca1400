"""Fixed vocabularies of digital objects."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ObjectRole(models.TextChoices):
    """What a master file is to its unit."""

    SCAN = "scan", _("Scan")
    PHOTO = "photo", _("Photograph")
    NEGATIVE = "negative", _("Negative")
    RECORDING = "recording", _("Recording")
    ATTACHMENT = "attachment", _("Attachment")
