"""Batches of scans: delivered files on their way to units, arranged and checked before they are taken over."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..enums import BatchState, Verdict
from .masters import MasterFile, PageScan

PATTERNS = "{code}/{page}\n{code}-{page}\n{code}_{page}\n{code} {page}\n{code}"


class ScanBatch(models.Model):
    """A delivery of scans, from the first file to the hour it is closed.

    ``patterns`` tell, one a line, where code and page stand in the path of a file (``collections.batches.patterns``).
    ``least_dpi`` is in dots per inch, ``most_skew`` in degrees; ``sample_percent`` of the pages are looked at by a
    person (5 at least), and ``pass_percent`` of those must be good (DA/T 31-2017, 10). ``corrects``: the unit with whose
    pages it was begun, to put them in order.
    """

    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=BatchState.choices, default=BatchState.OPEN)
    corrects = models.ForeignKey(
        "archive_pages.ArchivePage", null=True, editable=False, on_delete=models.CASCADE, related_name="corrections"
    )
    patterns = models.TextField(
        _("patterns of names"),
        default=PATTERNS,
        help_text=_("One a line: {code} is the reference code, {page} the page's number, {any} anything."),
    )
    least_dpi = models.PositiveIntegerField(
        _("least resolution"), default=200, help_text=_("Dots per inch; 300 for small print.")
    )
    needs_colour = models.BooleanField(_("colour is needed"), default=False, help_text=_("Where pages bear seals."))
    most_skew = models.FloatField(_("most skew"), default=1.0, help_text=_("Degrees that a page may lean."))
    sample_percent = models.PositiveIntegerField(
        _("sample"),
        default=5,
        validators=[MinValueValidator(5), MaxValueValidator(100)],
        help_text=_("Per cent of the pages that a person looks at."),
    )
    pass_percent = models.PositiveIntegerField(
        _("limit"),
        default=95,
        validators=[MinValueValidator(50), MaxValueValidator(100)],
        help_text=_("Per cent of the sample that must be good."),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("begun by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("closed by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("batch of scans")
        verbose_name_plural = _("batches of scans")

    def __str__(self) -> str:
        return self.title

    @property
    def is_correction(self) -> bool:
        """Whether it was begun with the pages of a unit; it needs no quality check."""
        return self.corrects_id is not None

    @property
    def is_open(self) -> bool:
        """Whether its pages may be arranged."""
        return self.state in (BatchState.OPEN, BatchState.RETURNED)


class BatchPage(models.Model):
    """One page of a batch. ``position`` orders the pages of a unit, ``name`` is the delivered path and ``page`` the number
    in it. ``master`` is empty, and ``fault`` a sentence, where the file could not be taken in. ``scan`` is the page
    scan it stands for, where it came from the archive.

    ``findings`` are what the rules found, ``[{"rule": …, …}]`` (``collections.batches.findings``); ``looks`` is the
    page's perceptual hash, 32 bytes.
    """

    batch = models.ForeignKey(ScanBatch, on_delete=models.CASCADE, related_name="pages")
    unit = models.ForeignKey(
        "archive_pages.ArchivePage", null=True, on_delete=models.SET_NULL, related_name="pages_in_batches"
    )
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(_("file name"), max_length=400)
    page = models.PositiveIntegerField(pgettext_lazy("of a unit", "page"), null=True)
    master = models.ForeignKey(MasterFile, null=True, on_delete=models.PROTECT, related_name="in_batches")
    scan = models.ForeignKey(PageScan, null=True, on_delete=models.SET_NULL, related_name="+")
    frame = models.PositiveIntegerField(default=0)
    frames = models.PositiveIntegerField(default=1)
    width = models.PositiveIntegerField(_("width"), default=0)
    height = models.PositiveIntegerField(_("height"), default=0)
    dpi = models.PositiveIntegerField(_("resolution"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    steps = models.JSONField(_("adjustments"), default=list, blank=True)
    looks = models.BinaryField(default=bytes)
    findings = models.JSONField(default=list)
    fault = models.CharField(_("fault"), max_length=400, blank=True)
    is_removed = models.BooleanField(default=False)
    is_sampled = models.BooleanField(default=False)
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict.choices, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        ordering = ["unit", "position", "pk"]
        indexes = [models.Index(fields=["batch", "unit", "position"], name="batch_page_order")]
        verbose_name = _("page of a batch")
        verbose_name_plural = _("pages of a batch")

    def __str__(self) -> str:
        return self.name

    @property
    def is_changed(self) -> bool:
        """Whether it is another picture than the archive has for it."""
        return self.scan is None or (self.scan.master_id, self.scan.frame) != (self.master_id, self.frame)


class BatchChange(models.Model):
    """One change of the arrangement, with what stood there before, so that it can be taken back until the batch is
    closed. ``before`` maps pages to their values, ``created`` lists the pages that it made."""

    batch = models.ForeignKey(ScanBatch, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    before = models.JSONField(default=dict)
    created = models.JSONField(default=list)
    is_undone = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("change of a batch")
        verbose_name_plural = _("changes of a batch")

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.kind}"
