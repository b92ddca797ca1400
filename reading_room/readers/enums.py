"""The lists that the archive edits itself, and how numbers of documents are checked."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ListName(models.TextChoices):
    """Which list of the window an entry belongs to."""

    DOCUMENT = "document", _("Kinds of documents")
    READER = "reader", _("Kinds of readers")
    PURPOSE = "purpose", _("Purposes of use")


class NumberCheck(models.TextChoices):
    """How the number of a kind of document is checked."""

    NONE = "none", _("Letters and figures only")
    IDENTITY = "identity", _("Identity number with check digit")
    CREDIT_CODE = "credit_code", _("Social credit code with check digit")
