"""The states, ranks and rights on which every decision rests."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OpeningStatus(models.TextChoices):
    """开放标识: whether the public may see a unit. Only OPEN is public; an unreviewed unit never is."""

    UNREVIEWED = "unreviewed", _("Not reviewed")
    OPEN = "open", _("Open")
    CONTROLLED = "controlled", _("Controlled")
    DELAYED = "delayed", _("Opening delayed")


class Rank(models.IntegerChoices):
    """访问级别: who may see the entry of a unit, or its pages; each rank is stricter than the one before.

    DEPARTMENT is for the department that owns the unit, RESTRICTED for those to whom it was granted. SEALED is for
    nobody: no grant reaches it, and only who has that clearance knows of the entry.
    """

    PUBLIC = 0, pgettext_lazy("access rank", "Public")
    READER = 1, pgettext_lazy("access rank", "Registered readers")
    STAFF = 2, pgettext_lazy("access rank", "Staff")
    DEPARTMENT = 3, pgettext_lazy("access rank", "Own department")
    RESTRICTED = 4, pgettext_lazy("access rank", "By permission")
    SEALED = 5, pgettext_lazy("access rank", "Sealed")


class Right(models.TextChoices):
    """What a reader may do with a unit."""

    CATALOGUE = "catalogue", _("See the entry")
    VIEW = "view", _("See the pages")
    COPY = "copy", _("Take the original files")
    PRINT = "print", _("Print the pages")
    CERTIFY = "certify", _("Issue certified copies")


class Purpose(models.TextChoices):
    """利用目的: what a reader needs the records for (利用登记簿)."""

    WORK = "work", _("Official work")
    HISTORY = "history", _("Compiling histories")
    RESEARCH = "research", _("Research")
    ECONOMY = "economy", _("Economic construction")
    EDUCATION = "education", _("Publicity and education")
    RIGHTS = "rights", _("Proving rights and interests")
    OTHER = "other", pgettext_lazy("purpose of use", "Other")


class RequestState(models.TextChoices):
    """How far a request for access has come."""

    WAITING = "waiting", _("Waiting for a decision")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", pgettext_lazy("access request", "Refused")
    TAKEN_BACK = "taken_back", _("Taken back")
