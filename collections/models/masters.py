"""Masters, stored once per content, and the page scans that show them (DA/T 31-2017)."""

from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..enums import ObjectRole


class MasterFile(models.Model):
    """A file kept for ever, known by its content: same bytes, same row. Written once, never changed."""

    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("bytes"))
    mime_type = models.CharField(_("format"), max_length=80)
    key = models.CharField(_("storage key"), max_length=120, unique=True)
    stored_at = models.DateTimeField(_("stored at"), auto_now_add=True)

    class Meta:
        verbose_name = _("master")
        verbose_name_plural = _("masters")

    def __str__(self) -> str:
        return self.sha256[:12]

    def open(self):
        """The master's bytes as a binary file, to be closed by the caller."""
        return storages["masters"].open(self.key)


class DigitalObject(models.Model):
    """A master as it belongs to a unit, with the name it was delivered under."""

    unit = models.ForeignKey(
        "archive_pages.ArchivePage", verbose_name=_("unit"), on_delete=models.PROTECT, related_name="digital_objects"
    )
    master = models.ForeignKey(
        MasterFile, verbose_name=_("master"), on_delete=models.PROTECT, related_name="objects_of"
    )
    role = models.CharField(_("role"), max_length=12, choices=ObjectRole.choices, default=ObjectRole.SCAN)
    number = models.PositiveIntegerField(pgettext_lazy("of a file", "number"), default=1)
    name = models.CharField(_("file name"), max_length=255)

    class Meta:
        ordering = ["unit", "role", "number"]
        constraints = [models.UniqueConstraint(fields=["unit", "role", "number"], name="one_object_per_number")]
        verbose_name = _("digital object")
        verbose_name_plural = _("digital objects")

    def __str__(self) -> str:
        return self.name


class PageScan(models.Model):
    """One page image of a unit. ``frame`` is the page inside the master (0 for the first of a TIFF or PDF).

    ``width`` and ``height`` are pixels, ``dpi`` dots per inch (0 where the file does not say), ``sha256`` is the
    checksum of the master. ``text`` is the text of the page, ``thumbnail`` and ``deep_zoom`` are keys of derivatives,
    empty until the job has made them. ``steps`` are the adjustments carried out on derivatives
    (``collections.page_steps``); width and height are those after them.
    """

    unit = models.ForeignKey(
        "archive_pages.ArchivePage", verbose_name=_("unit"), on_delete=models.PROTECT, related_name="page_scans"
    )
    number = models.PositiveIntegerField(pgettext_lazy("of a unit", "page"))
    master = models.ForeignKey(
        MasterFile, verbose_name=_("master"), on_delete=models.PROTECT, related_name="page_scans"
    )
    frame = models.PositiveIntegerField(default=0)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    dpi = models.PositiveIntegerField(_("resolution"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    steps = models.JSONField(_("adjustments"), default=list, blank=True)
    text = models.TextField(_("text"), blank=True, default="")
    thumbnail = models.CharField(max_length=120, blank=True, default="", editable=False)
    preview = models.CharField(max_length=120, blank=True, default="", editable=False)
    deep_zoom = models.CharField(max_length=120, blank=True, default="", editable=False)

    class Meta:
        ordering = ["unit", "number"]
        constraints = [models.UniqueConstraint(fields=["unit", "number"], name="one_scan_per_page")]
        verbose_name = _("page scan")
        verbose_name_plural = _("page scans")

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.number}"
