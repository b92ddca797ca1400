"""The states and rights on which every decision rests."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OpeningStatus(models.TextChoices):
    """开放标识: whether the public may see a unit. Only OPEN is public; an unreviewed unit never is."""

    UNREVIEWED = "unreviewed", _("Not reviewed")
    OPEN = "open", _("Open")
    CONTROLLED = "controlled", _("Controlled")
    DELAYED = "delayed", _("Opening delayed")


class Right(models.TextChoices):
    """What a reader may do with a unit."""

    CATALOGUE = "catalogue", _("See the entry")
    VIEW = "view", _("See the pages")
    CERTIFY = "certify", _("Issue certified copies")
