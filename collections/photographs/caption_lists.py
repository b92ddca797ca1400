"""Captions as a spreadsheet: out for a selection, and in again, matched by photo number and checked row by row."""

from pathlib import Path

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fonds.archive_pages.importing.faults import Fault, ListFault
from fonds.archive_pages.reference_codes import normalise_code
from fonds.reports.tables import Column, ListReport, list_xlsx

from ..models import ArchiveImage
from ..photo_list import HEAD_ROWS, LENGTHS, PHOTO_COLUMNS, PHOTO_SHEET, open_book, text_of
from .captions import FIELDS, MOST, values_of

NUMBER = "照片号"
HEADS = {head: name for head, name in PHOTO_COLUMNS.items() if name in FIELDS}
WIDTHS = {"title": 40, "caption": 60, "background": 50, "occasion": 40}


def captions_xlsx(photos: QuerySet[ArchiveImage]) -> bytes:
    """The captions of ``photos``, one row for each, under the headings of the list of photographs (照片目录)."""
    columns = [Column(NUMBER, 44, code=True), *(Column(head, WIDTHS.get(name, 28)) for head, name in HEADS.items())]
    rows = ([photo.photo_number, *_cells(photo)] for photo in photos)
    return list_xlsx(ListReport(title=PHOTO_SHEET, columns=columns, rows=rows))


def _cells(photo: ArchiveImage) -> list[str]:
    values = values_of(photo)
    return [values[name] for name in HEADS.values()]


def read_captions(
    path: Path, name: str, photos: QuerySet[ArchiveImage]
) -> tuple[dict[int, dict[str, str]], list[Fault]]:
    """What the sheet 照片目录 at ``path``, delivered as ``name``, says of ``photos``: key → field → text, and every fault by row and column.

    An empty cell, and a column that is not there, say nothing. Raises ``ListFault`` for what is no such list."""
    rows, faults = _read(path, name)
    numbers = [number for _row, number, _values in rows]
    keys: dict[str, list[int]] = {}
    for key, number in photos.filter(photo_number__in=numbers).values_list("pk", "photo_number"):
        keys.setdefault(number, []).append(key)
    found, seen = {}, {}
    for row, number, values in rows:
        match = keys.get(number, [])
        if number in seen:
            words = {"code": number, "row": seen[number]}
            faults.append(Fault(row, NUMBER, "1-8", _("%(code)s stands in row %(row)d already.") % words))
        elif len(match) != 1:
            faults.append(Fault(row, NUMBER, "1-7", _sentence(number, len(match))))
        else:
            found[match[0]] = values
        seen.setdefault(number, row)
    return found, sorted(faults, key=lambda fault: fault.row)


def _sentence(number: str, count: int) -> str:
    if not number:
        return _("%(column)s is missing.") % {"column": NUMBER}
    if count:
        return _("Several photographs have the number %(code)s.") % {"code": number}
    return _("There is no photograph %(code)s that you may change.") % {"code": number}


def _read(path: Path, name: str) -> tuple[list[tuple[int, str, dict[str, str]]], list[Fault]]:
    book = open_book(path, (PHOTO_SHEET,), name)
    head: dict[int, str] = {}
    rows, faults = [], []
    try:
        for row, cells in enumerate(book[PHOTO_SHEET].iter_rows(), start=1):
            texts = [text_of(cell) for cell in cells]
            if not head:
                if NUMBER in texts:
                    head = {place: text for place, text in enumerate(texts) if text == NUMBER or text in HEADS}
                elif row >= HEAD_ROWS:
                    break
            elif any(texts):
                rows.append((row, *_row(row, cells, head, faults)))
    finally:
        book.close()
    if not head:
        raise ListFault(
            _("The sheet %(sheet)s lacks the columns %(columns)s.") % {"sheet": PHOTO_SHEET, "columns": NUMBER}
        )
    if len(rows) > MOST:
        raise ListFault(
            _("The list has %(count)d rows; %(limit)d at most at once.") % {"count": len(rows), "limit": MOST}
        )
    return rows, faults


def _row(row: int, cells, head: dict[int, str], faults: list[Fault]) -> tuple[str, dict[str, str]]:
    number, values = "", {}
    for place, column in head.items():
        cell = cells[place] if place < len(cells) else None
        text = text_of(cell) if cell is not None else ""
        if cell is not None and cell.data_type == "f":
            faults.append(Fault(row, column, "1-6", _("A formula is not taken in. Write its value.")))
        elif column == NUMBER:
            number = normalise_code(text)
        elif len(text) > LENGTHS.get(HEADS[column], 5000):
            words = {"limit": LENGTHS.get(HEADS[column], 5000), "length": len(text)}
            sentence = _("The text has %(length)d characters; the limit is %(limit)d.") % words
            faults.append(Fault(row, column, "1-2", sentence))
        elif text:
            values[HEADS[column]] = text
    return number, values
