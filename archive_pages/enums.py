"""Fixed vocabularies of description."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """Level of description (GB/T 9705, DA/T 18-2022). Empty for pages that are not units of the archive."""

    FONDS = "fonds", _("Fonds")
    SERIES = "series", _("Series")
    FILE = "file", _("File")
    ITEM = "item", _("Item")


class Disclosure(models.TextChoices):
    """公开属性 of an official document."""

    PROACTIVE = "proactive", _("Published on its own")
    ON_REQUEST = "on_request", _("Given on request")
    NONE = "none", _("Not given")


class Origin(models.TextChoices):
    """生成方式: how the digital form came to be."""

    BORN_DIGITAL = "born_digital", _("Born digital")
    DIGITISED = "digitised", _("Digitised")
    EDITED = "edited", _("Edited")
