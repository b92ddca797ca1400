"""A unit's description in labelled areas (DA/T 18-2022, 6; GB/T 9705-2008 for files; fonds as in a holdings guide)."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .enums import Level
from .models import ArchivePage


@dataclass(frozen=True)
class Element:
    """One element of description: its label and value; ``is_code`` marks what is never broken over lines."""

    label: str
    value: str
    is_code: bool = False


@dataclass(frozen=True)
class Area:
    """A group of elements under a heading."""

    title: str
    elements: list[Element]


def areas(unit: ArchivePage, *, staff: bool) -> list[Area]:
    """The areas of ``unit`` that hold anything. Notes of the archive's own work are for ``staff``."""
    groups = [
        (_("Title and responsibility"), _title(unit)),
        (_("Date"), _date(unit)),
        (_("Content"), _content(unit)),
        (_("Retention, secrecy and opening"), _terms(unit)),
        (_("Physical and digital form"), _form(unit)),
        (_("Codes and headings"), _codes(unit)),
        (_("Notes"), _notes(unit)),
    ]
    if staff and unit.level == Level.FILE:
        groups.append((_("Note sheet of the file"), _note_sheet(unit)))
    filled = [(title, [Element(*entry) for entry in entries if entry[1]]) for title, entries in groups]
    return [Area(title, elements) for title, elements in filled if elements]


def _title(unit: ArchivePage) -> Iterator[tuple]:
    yield _("Title proper"), unit.title
    yield _("Former names"), getattr(unit, "former_names", "")
    yield _("Document number"), unit.document_number, True
    yield _("Responsible party"), unit.creator


def _date(unit: ArchivePage) -> Iterator[tuple]:
    yield _("Date as written"), unit.date_text
    yield _("Read as"), _span(unit)
    yield _("Year"), str(unit.year or "")


def _content(unit: ArchivePage) -> Iterator[tuple]:
    yield _("History of the creator"), getattr(unit, "history", "")
    yield _("Scope and content"), getattr(unit, "scope", "")


def _terms(unit: ArchivePage) -> Iterator[tuple]:
    yield _("Retention period"), unit.retention.local_name if unit.retention else ""
    yield _("Secrecy mark"), unit.secrecy
    yield _("Opening status"), unit.get_opening_status_display()
    yield _("Public disclosure"), _choice(unit, "disclosure")


def _form(unit: ArchivePage) -> Iterator[tuple]:
    yield _("Carrier"), getattr(unit, "carrier", "")
    yield _("Number of items"), str(getattr(unit, "item_count", None) or "")
    yield _("Number of pages"), str(unit.page_count or "")
    yield _("Scanned pages"), str(unit.scan_count or "")
    yield _("How the digital form was made"), _choice(unit, "origin")


def _codes(unit: ArchivePage) -> Iterator[tuple]:
    yield _("Fonds code") if unit.level == Level.FONDS else _("Reference code"), unit.shown_code, True
    yield _("Category"), str(unit.category.local_name) if unit.category else ""
    yield _("Department or subject"), _department(unit)
    yield _("Subject words"), getattr(unit, "subjects", "")
    yield _("Persons"), getattr(unit, "persons", "")


def _notes(unit: ArchivePage) -> Iterator[tuple]:
    yield _("Note"), getattr(unit, "note", "")


def _note_sheet(unit: ArchivePage) -> Iterator[tuple]:
    yield _("State of the file"), unit.filing_note
    yield _("Filed by"), unit.filed_by
    yield _("Checked by"), unit.checked_by
    yield _("Filed on"), date_format(unit.filed_on) if unit.filed_on else ""


def _choice(unit: ArchivePage, name: str) -> str:
    display = getattr(unit, f"get_{name}_display", None)
    return str(display()) if display else ""


def _department(unit: ArchivePage) -> str:
    if not unit.department:
        return ""
    english = (get_language() or "").startswith("en")
    return unit.department.name_en if english and unit.department.name_en else unit.department.name


def _span(unit: ArchivePage) -> str:
    """The span that the date means, in the reader's language; one day for an exact date."""
    if not unit.date_start:
        return ""
    start, end = unit.date_start, unit.date_end or unit.date_start
    if start == end:
        return date_format(start)
    return _("%(start)s to %(end)s") % {"start": date_format(start), "end": date_format(end)}
