"""The image and document libraries of the site (Wagtail's, with what a photograph needs: GB/T 11821, DA/T 50)."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pyvips
import willow
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition, SourceImageIOError
from wagtail.images.rect import Rect
from wagtail.search import index

from fonds.access.classes import class_of
from fonds.access.enums import OpeningStatus, Rank
from fonds.archive_pages.archival_dates import parse_archival_date
from fonds.archive_pages.folding import fold_lines
from fonds.archive_pages.secrecy import check_content

from ..photo_metadata import file_sha256, is_bracketed, read_exif
from ..photographs.files import kind_of
from ..photographs.pictures import is_ready, screen_jpeg
from ..storage import local_path


class ArchiveImage(AbstractImage):
    """A photograph with the six elements 事由 时间 地点 人物 背景 摄影者.

    Its access classes, of its words and of the picture alike, are the stricter of its own opening status and of what
    is in force for the content of its unit, where it has one.
    The file is an access copy; the untouched master is a digital object of the unit. ``sha256`` and ``exif`` are read
    from each new file; ``taken_start`` is the first day that ``taken_text`` can mean.
    """

    unit = models.ForeignKey(
        "archive_pages.ArchivePage",
        verbose_name=_("unit"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="photos",
    )
    photo_number = models.CharField(_("photo number"), max_length=100, blank=True, db_index=True)
    occasion = models.TextField(_("occasion"), blank=True)
    taken_text = models.CharField(_("time"), max_length=40, blank=True)
    taken_start = models.DateField(null=True, editable=False)
    place = models.CharField(_("place"), max_length=200, blank=True)
    persons = models.CharField(pgettext_lazy("on a photograph", "persons"), max_length=255, blank=True)
    background = models.TextField(_("background"), blank=True)
    photographer = models.CharField(_("photographer"), max_length=100, blank=True)
    caption = models.TextField(_("caption"), blank=True)
    negative_number = models.CharField(_("negative number"), max_length=100, blank=True)
    see_also = models.CharField(_("related records"), max_length=500, blank=True)
    credit = models.CharField(_("credit"), max_length=255, blank=True)
    licence = models.CharField(_("licence"), max_length=100, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)
    exif = models.JSONField(_("EXIF"), default=dict, blank=True, editable=False)
    opening_status = models.CharField(
        _("opening status"), max_length=12, choices=OpeningStatus.choices, default=OpeningStatus.UNREVIEWED
    )
    catalogue_class = models.PositiveSmallIntegerField(default=class_of(Rank.SEALED), editable=False, db_index=True)
    content_class = models.PositiveSmallIntegerField(default=class_of(Rank.SEALED), editable=False)
    search_text = models.TextField(blank=True, default="", editable=False)

    access_path = "unit__path"
    is_all_content = True

    admin_form_fields = (
        "title",
        "file",
        "unit",
        "photo_number",
        "occasion",
        "taken_text",
        "place",
        "persons",
        "background",
        "photographer",
        "caption",
        "negative_number",
        "see_also",
        "credit",
        "licence",
        "opening_status",
        "tags",
        "collection",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = _("photograph")
        verbose_name_plural = _("photographs")
        permissions = [("choose_image", "Can choose image")]
        indexes = [
            models.Index(fields=["file"], name="image_file"),  # files are delivered by path
            models.Index(fields=["sha256"], name="image_sha256"),
        ]

    _read_name = ""
    _stored_class: int | None = None
    class_before: int | None = None  # the access class that was stored before the last save
    _scale = 1.0

    @classmethod
    def from_db(cls, db, field_names, values):
        """Remembers which file the checksum was read from."""
        image = super().from_db(db, field_names, values)
        image._stored_class = image.__dict__.get("content_class")
        image._read_name = str(image.__dict__.get("file") or "") if image.__dict__.get("sha256") else ""
        return image

    def clean(self) -> None:
        super().clean()
        faults = {}
        for field, check in (("taken_text", self._first_day), ("unit", self._check_unit)):
            try:
                check()
            except ValueError as error:
                faults[field] = str(error)
        if faults:
            raise ValidationError(faults)
        self.taken_start = self._first_day()

    def save(self, *args, **kwargs) -> None:
        """Fill what follows from the file and the other fields; raises ``ValueError`` for a time that is no date."""
        self.taken_start = self._first_day()
        self.catalogue_class = self.content_class = self._class_in_force()
        self.search_text = fold_lines(self.searched_texts())
        is_new = bool(self.file) and (not self.file._committed or self.file.name != self._read_name)
        if is_new:
            self.read_file()
        self.class_before, self._stored_class = self._stored_class, self.content_class
        super().save(*args, **kwargs)
        self._read_name = self.file.name
        if is_new:
            from ..photographs.doubles import compare

            compare(self)

    def read_file(self) -> None:
        """Take the checksum and the EXIF entries from the file."""
        with self.open_file() as stream:
            self.sha256 = file_sha256(stream)
            self.exif = read_exif(stream)

    @contextmanager
    def get_willow_image(self) -> Iterator:
        """The picture from which Wagtail makes renditions: the file itself, or, where Wagtail would show it wrongly, not
        at all or at too high a cost (TIFF, HEIC, 16 bit, CMYK, very large), a JPEG made of it."""
        data = None
        try:
            with local_path(self.file.storage, self.file.name) as path:
                kind = kind_of(path)
                if kind and not is_ready(path, kind):
                    data, self._scale = screen_jpeg(path, kind)
        except (OSError, pyvips.Error) as error:
            raise SourceImageIOError(str(error)) from error
        if data is None:
            with super().get_willow_image() as picture:
                yield picture
            return
        try:
            yield willow.Image.open(BytesIO(data))
        finally:
            self._scale = 1.0

    def get_focal_point(self):
        """The focal point in pixels of the file; while a rendition is made, of the picture it is made from."""
        found = super().get_focal_point()
        if found is None or self._scale == 1.0:
            return found
        return Rect(*(side * self._scale for side in found))

    def searched_texts(self) -> list[str]:
        """The texts in which an editor may look for this photograph."""
        return [
            self.title,
            self.photo_number,
            self.persons,
            self.place,
            self.caption,
            self.occasion,
            self.background,
            self.photographer,
            self.negative_number,
            *(name for mark in (self.marks.all() if self.pk else ()) for name in mark.person.all_names),
        ]

    @property
    def is_time_uncertain(self) -> bool:
        """Whether the time is a guess: it stands in brackets."""
        return is_bracketed(self.taken_text)

    @property
    def is_place_uncertain(self) -> bool:
        """The same of the place."""
        return is_bracketed(self.place)

    @property
    def is_open(self) -> bool:
        """Whether everybody may see the picture."""
        return self.content_class == class_of(Rank.PUBLIC)

    def _class_in_force(self) -> int:
        above = self.unit.content_class if self.unit else class_of(Rank.PUBLIC)
        if self.opening_status == OpeningStatus.OPEN:
            return above
        owner = self.unit.owner_department_id if self.unit else None
        return max(above, class_of(settings.FONDS_UNOPENED_CONTENT_RANK, owner))

    def _check_unit(self) -> None:
        """A photograph of a unit marked 机密 or 绝密 is not kept."""
        if self.unit:
            check_content(self.unit)

    def _first_day(self):
        return parse_archival_date(self.taken_text).start if self.taken_text else None


class ArchiveRendition(AbstractRendition):
    """A derivative of an image, made by Wagtail."""

    image = models.ForeignKey(ArchiveImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_filter")
        ]
        indexes = [models.Index(fields=["file"], name="rendition_file")]


class ArchiveDocument(AbstractDocument):
    """A document of the library: attachments of policies and pages. One that is not open is for the staff."""

    opening_status = models.CharField(
        _("opening status"), max_length=12, choices=OpeningStatus.choices, default=OpeningStatus.UNREVIEWED
    )

    admin_form_fields = ("title", "file", "opening_status", "collection", "tags")
    search_fields = [*AbstractDocument.search_fields, index.FilterField("opening_status")]

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions = [("choose_document", "Can choose document")]
        indexes = [models.Index(fields=["file"], name="document_file")]

    @property
    def content_class(self) -> int:
        """The access class of the file. A Wagtail collection with a view restriction is for the staff as well."""
        is_public = self.opening_status == OpeningStatus.OPEN and not self.collection.get_view_restrictions()
        return class_of(Rank.PUBLIC if is_public else Rank.STAFF)
