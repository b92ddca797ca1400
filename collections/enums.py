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


class Marking(models.TextChoices):
    """Which pictures read on screen bear a watermark, and for whom."""

    NOTHING = "nothing", _("No watermark")
    CLOSED = "closed", _("On what is not open, except for archive staff")
    CLOSED_STAFF = "closed_staff", _("On what is not open, for everybody")
    ALL = "all", _("On everything, except for archive staff")
    ALL_STAFF = "all_staff", _("On everything, for everybody")


class BatchState(models.TextChoices):
    """Where a batch of scans stands."""

    OPEN = "open", _("Being arranged")
    CHECKING = "checking", _("In quality check")
    RETURNED = "returned", _("To be scanned again")
    PASSED = "passed", _("Passed")
    CLOSED = "closed", _("Taken over")


#: State of a batch → the states that may follow.
BATCH_NEXT = {
    BatchState.OPEN: {BatchState.CHECKING, BatchState.CLOSED},
    BatchState.CHECKING: {BatchState.PASSED, BatchState.RETURNED, BatchState.OPEN},
    BatchState.RETURNED: {BatchState.OPEN, BatchState.CHECKING},
    BatchState.PASSED: {BatchState.CLOSED, BatchState.OPEN},
    BatchState.CLOSED: set(),
}


class Verdict(models.TextChoices):
    """What a person said of a page in the quality check (DA/T 31-2017, 10)."""

    GOOD = "good", _("Good")
    BLURRED = "blurred", _("Blurred")
    CUT = "cut", _("Cut off")
    SKEW = "skew", _("Leaning")
    DARK = "dark", _("Too dark or too light")
    FOREIGN = "foreign", _("Stains or shadows of the scanner")
    WRONG = "wrong", _("Wrong page or order")
    OTHER = "other", _("Other")
