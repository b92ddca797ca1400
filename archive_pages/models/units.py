"""Fonds, series, file and item (domain.md 4; GB/T 9705, DA/T 18-2022, DA/T 22-2015)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from fonds.access.enums import OpeningStatus

from ..enums import Disclosure, Level, Origin
from ..panels import FILE_FORM, FONDS_FORM, ITEM_FORM, SERIES_FORM
from ..rules import check_characters, read_secrecy
from .base import ArchivePage


class FondsIndexPage(ArchivePage):
    """The list of all fonds: the root of the archive in the site."""

    max_count = 1
    subpage_types = ["archive_pages.FondsPage"]
    template = "archive_pages/fonds_index_page.html"

    class Meta:
        verbose_name = _("list of fonds")

    def get_context(self, request, *args, **kwargs) -> dict:
        from ..listings import list_children

        return {
            **super().get_context(request, *args, **kwargs),
            "listing": list_children(self, request.user, request.GET),
        }


class UnitPage(ArchivePage):
    """What fonds, series, file and item have in common besides the base page."""

    note = models.TextField(_("note"), blank=True)

    default_opening_status = OpeningStatus.UNREVIEWED
    exclude_fields_in_copy = ["reference_code", "scan_count"]
    one_line_fields = ("title", "document_number", "creator")

    class Meta:
        abstract = True

    def searched_texts(self) -> list[str | None]:
        """Everything the public description shows in words; what is for the archive's own work stays out."""
        return [*super().searched_texts(), self.note]

    def get_context(self, request, *args, **kwargs) -> dict:
        from ..reading import unit_context

        return {**super().get_context(request, *args, **kwargs), **unit_context(self, request)}

    def clean(self) -> None:
        super().clean()
        from ..codes import CodeTaken, check_free
        from ..secrecy import check_mark

        faults = {}
        for name in self.one_line_fields:
            try:
                check_characters(getattr(self, name))
            except ValueError as error:
                faults[name] = str(error)
        try:
            self.secrecy = read_secrecy(self.secrecy)
            check_mark(self, self.secrecy)
        except ValueError as error:
            faults["secrecy"] = str(error)
        if self.reference_code:
            try:
                check_free(self.reference_code, self)
            except CodeTaken as error:
                faults["reference_code"] = error.messages
        if faults:
            raise ValidationError(faults)


class FondsPage(UnitPage):
    """全宗: all records of one creator. Its reference code is the fonds code 全宗号."""

    former_names = models.TextField(_("former names"), blank=True, help_text=_("One per line, with years."))
    history = models.TextField(_("history of the creator"), blank=True)
    scope = models.TextField(_("scope and content"), blank=True)

    edit_handler = FONDS_FORM
    unit_level = Level.FONDS
    parent_page_types = ["archive_pages.FondsIndexPage"]
    subpage_types = ["archive_pages.SeriesPage"]

    class Meta:
        verbose_name = _("fonds")
        verbose_name_plural = _("fonds")

    def searched_texts(self) -> list[str | None]:
        return [*super().searched_texts(), self.former_names, self.history, self.scope]


class SeriesPage(UnitPage):
    """类别: a run of records inside a fonds, nestable: category, year, retention period, department."""

    scope = models.TextField(_("scope and content"), blank=True)

    edit_handler = SERIES_FORM
    unit_level = Level.SERIES
    parent_page_types = ["archive_pages.FondsPage", "archive_pages.SeriesPage"]
    subpage_types = ["archive_pages.SeriesPage", "archive_pages.FilePage", "archive_pages.ItemPage"]

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")

    def searched_texts(self) -> list[str | None]:
        return [*super().searched_texts(), self.scope]


class FilePage(UnitPage):
    """案卷: records bound together, with the note sheet 备考表 (GB/T 9705, 6)."""

    scope = models.TextField(_("scope and content"), blank=True)
    item_count = models.PositiveIntegerField(_("items"), null=True, blank=True)
    filing_note = models.TextField(_("state of the file"), blank=True)
    filed_by = models.CharField(_("filed by"), max_length=50, blank=True)
    checked_by = models.CharField(_("checked by"), max_length=50, blank=True)
    filed_on = models.DateField(_("filed on"), null=True, blank=True)

    edit_handler = FILE_FORM
    unit_level = Level.FILE
    parent_page_types = ["archive_pages.SeriesPage"]
    subpage_types = ["archive_pages.ItemPage"]

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def searched_texts(self) -> list[str | None]:
        return [*super().searched_texts(), self.scope]


class ItemPage(UnitPage):
    """件: the smallest described unit (DA/T 22-2015)."""

    carrier = models.CharField(_("carrier"), max_length=50, blank=True, help_text=_("Paper, photo print, disc …"))
    subjects = models.CharField(_("subject words"), max_length=255, blank=True, help_text=_("Separated by ；"))
    persons = models.CharField(_("persons"), max_length=255, blank=True, help_text=_("Separated by ；"))
    disclosure = models.CharField(_("disclosure"), max_length=12, choices=Disclosure.choices, blank=True)
    origin = models.CharField(_("origin"), max_length=12, choices=Origin.choices, blank=True)
    see_also = models.CharField(
        _("related records"), max_length=500, blank=True, help_text=_("Reference codes, separated by ；")
    )

    edit_handler = ITEM_FORM
    unit_level = Level.ITEM
    one_line_fields = (*UnitPage.one_line_fields, "subjects", "persons")
    parent_page_types = ["archive_pages.SeriesPage", "archive_pages.FilePage"]
    subpage_types = []

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")

    def searched_texts(self) -> list[str | None]:
        return [*super().searched_texts(), self.subjects, self.persons, self.carrier]
