"""Reading a list of photographs: the sheets 照片目录 and 组目录 (GB/T 11821, 6; DA/T 50-2014).

Only what the list itself can show is checked here; what needs the archive or the files is checked by
``fonds.collections.photo_importing``.
"""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from fonds.access.enums import OpeningStatus
from fonds.archive_pages.archival_dates import parse_archival_date
from fonds.archive_pages.importing.faults import Fault, ListFault
from fonds.archive_pages.reference_codes import normalise_code
from fonds.archive_pages.rules import check_characters

PHOTO_SHEET, GROUP_SHEET = "照片目录", "组目录"
PHOTO_COLUMNS = {
    "照片号": "number",
    "组号": "group",
    "题名": "title",
    "事由": "occasion",
    "时间": "taken_text",
    "地点": "place",
    "人物": "persons",
    "背景": "background",
    "摄影者": "photographer",
    "底片号": "negative_number",
    "参见号": "see_also",
    "文字说明": "caption",
    "载体": "carrier",
    "文件名": "file",
    "母版文件": "master",
    "备注": "note",
    "标签": "tags",
    "画面描述": "description",
    "署名": "credit",
    "许可": "licence",
    "开放标识": "opening_status",
}
GROUP_COLUMNS = {
    "组号": "number",
    "组题名": "title",
    "事由": "occasion",
    "起始日期": "start",
    "终止日期": "end",
    "地点": "place",
    "张数": "count",
    "保管期限": "retention",
    "总说明": "scope",
    "参见号": "see_also",
}
SIX_ELEMENTS = ("事由", "时间", "地点", "人物", "背景", "摄影者")
OBLIGATORY = {PHOTO_SHEET: ("照片号", "组号", "题名", *SIX_ELEMENTS), GROUP_SHEET: ("组号", "组题名", "保管期限")}
LENGTHS = {
    "number": 100,
    "title": 255,
    "taken_text": 40,
    "place": 200,
    "persons": 255,
    "photographer": 100,
    "negative_number": 100,
    "see_also": 500,
    "carrier": 50,
    "credit": 255,
    "licence": 100,
    "description": 255,
}
OPENING = {
    "开放": OpeningStatus.OPEN,
    "控制": OpeningStatus.CONTROLLED,
    "延期开放": OpeningStatus.DELAYED,
    "未审核": OpeningStatus.UNREVIEWED,
}
HEAD_ROWS = 10
UNPACKED_LIMIT = 500 * 1024**2


@dataclass
class PhotoRow:
    """One row of a sheet: its number in the spreadsheet and its values by field."""

    sheet: str
    row: int
    values: dict[str, str]

    def __getitem__(self, field_name: str) -> str:
        return self.values.get(field_name, "")


@dataclass
class PhotoList:
    """A list that was read, with the faults it shows by itself."""

    groups: list[PhotoRow] = field(default_factory=list)
    photos: list[PhotoRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: PhotoRow, column: str, sentence: str, rule: str = "") -> None:
        """Note a fault; the column is named with its sheet, because both sheets count their rows alone."""
        self.faults.append(Fault(row.row, f"{row.sheet}·{column}", rule, sentence))


def read_photo_list(path: Path) -> PhotoList:
    """Read the workbook at ``path``. Raises ``ListFault`` where it is not a list of photographs at all."""
    book = open_book(path, (PHOTO_SHEET, GROUP_SHEET))
    try:
        found = PhotoList()
        found.groups = list(_rows(book, GROUP_SHEET, GROUP_COLUMNS, found))
        found.photos = list(_rows(book, PHOTO_SHEET, PHOTO_COLUMNS, found))
    finally:
        book.close()
    if not found.photos and not found.faults:
        raise ListFault(_("The sheet 照片目录 has no photograph."))
    _check_numbers(found)
    _check_dates(found)
    return found


def open_book(path: Path, sheets: Sequence[str], name: str | None = None):
    """The workbook at ``path``, to be closed by the caller. Raises ``ListFault`` where it is none or lacks a sheet.

    ``name``: the name it was delivered under, if ``path`` is a temporary one."""
    name = name or path.name
    broken = ListFault(_("“%(name)s” is not a spreadsheet, or it is damaged.") % {"name": name})
    if path.stat().st_size > settings.FONDS_MAX_LIST_BYTES:
        limit = settings.FONDS_MAX_LIST_BYTES // 1024**2
        raise ListFault(_("The list “%(name)s” is larger than %(limit)d MB.") % {"name": name, "limit": limit})
    try:
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > UNPACKED_LIMIT:
                raise broken
        book = load_workbook(path, read_only=True, data_only=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError) as error:
        raise broken from error
    missing = [sheet for sheet in sheets if sheet not in book.sheetnames]
    if missing:
        raise ListFault(_("“%(name)s” lacks the sheet %(sheet)s.") % {"name": name, "sheet": "、".join(missing)})
    return book


def _rows(book, sheet: str, columns: dict[str, str], found: PhotoList) -> Iterator[PhotoRow]:
    head: dict[int, str] = {}
    for number, cells in enumerate(book[sheet].iter_rows(), start=1):
        texts = [text_of(cell) for cell in cells]
        if not head:
            if any(text in columns for text in texts):
                head = {place: text for place, text in enumerate(texts) if text in columns}
                _check_head(sheet, head)
            elif number >= HEAD_ROWS:
                break
            continue
        if any(texts):
            yield _row(sheet, number, cells, {place: name for place, name in head.items() if place < len(cells)}, found)
    if not head:
        raise ListFault(_("The sheet %(sheet)s has no head row.") % {"sheet": sheet})


def _check_head(sheet: str, head: dict[int, str]) -> None:
    missing = [name for name in OBLIGATORY[sheet] if name not in head.values()]
    if missing:
        words = {"sheet": sheet, "columns": "、".join(missing)}
        raise ListFault(_("The sheet %(sheet)s lacks the columns %(columns)s.") % words)


def _row(sheet: str, number: int, cells, head: dict[int, str], found: PhotoList) -> PhotoRow:
    columns = PHOTO_COLUMNS if sheet == PHOTO_SHEET else GROUP_COLUMNS
    row = PhotoRow(sheet, number, {columns[name]: text_of(cells[place]) for place, name in head.items()})
    for place, name in head.items():
        text = row[columns[name]]
        if cells[place].data_type == "f":
            found.fault(row, name, _("A formula is not taken in. Write its value."), "1-6")
        elif not text and name in OBLIGATORY[sheet]:
            found.fault(row, name, _missing(name), "2-4")
        elif len(text) > LENGTHS.get(columns[name], 5000):
            words = {"limit": LENGTHS.get(columns[name], 5000), "length": len(text)}
            found.fault(row, name, _("The text has %(length)d characters; the limit is %(limit)d.") % words, "1-2")
        _check_text(found, row, name, text)
    if row["opening_status"] and row["opening_status"] not in OPENING:
        words = {"text": row["opening_status"], "values": "、".join(OPENING)}
        found.fault(row, "开放标识", _("“%(text)s” is not an opening status. Write one of %(values)s.") % words, "1-4")
    return row


def _missing(name: str) -> str:
    if name in SIX_ELEMENTS:
        return _("%(element)s is missing. Of the six elements none may be empty; write 无 where there is none.") % {
            "element": name
        }
    return _("%(column)s is missing.") % {"column": name}


def _check_text(found: PhotoList, row: PhotoRow, column: str, text: str) -> None:
    try:
        for line in text.splitlines():
            check_characters(line)
    except ValueError as error:
        found.fault(row, column, str(error), "1-6")


def text_of(cell) -> str:
    """The text of a cell as it is meant: days as ``20080312``, whole numbers without a point."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, (datetime, date)):
        return value.strftime("%Y%m%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _check_numbers(found: PhotoList) -> None:
    """Codes in normal form, each once; every photograph in a group of the list and numbered under it."""
    for rows, column in ((found.groups, "组号"), (found.photos, "照片号")):
        seen: dict[str, int] = {}
        for row in rows:
            row.values["number"] = code = normalise_code(row["number"])
            if code and code in seen:
                words = {"code": code, "row": seen[code]}
                found.fault(row, column, _("%(code)s stands in row %(row)d already.") % words, "1-8")
            seen.setdefault(code, row.row)
    groups = {row["number"] for row in found.groups}
    for row in found.photos:
        row.values["group"] = group = normalise_code(row["group"])
        if group and group not in groups:
            found.fault(row, "组号", _("There is no group %(code)s in the sheet 组目录.") % {"code": group}, "1-7")
        elif group and row["number"] and not row["number"].startswith(f"{group}-"):
            words = {"code": row["number"], "group": group}
            found.fault(row, "照片号", _("%(code)s is not a number under the group %(group)s.") % words, "1-7")
    _check_counts(found)


def _check_counts(found: PhotoList) -> None:
    for group in found.groups:
        if not group["count"]:
            continue
        number = sum(1 for row in found.photos if row["group"] == group["number"])
        if not group["count"].isdecimal() or int(group["count"]) != number:
            words = {"stated": group["count"], "number": number}
            found.fault(
                group, "张数", _("The group says %(stated)s photographs; the list has %(number)d.") % words, "2-1"
            )


def _check_dates(found: PhotoList) -> None:
    checks = [(row, "taken_text", "时间") for row in found.photos]
    checks += [
        (row, key, column) for row in found.groups for key, column in (("start", "起始日期"), ("end", "终止日期"))
    ]
    for row, key, column in checks:
        try:
            if row[key]:
                parse_archival_date(row[key])
        except ValueError as error:
            found.fault(row, column, str(error), "1-3")
