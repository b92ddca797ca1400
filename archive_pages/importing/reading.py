"""Reading a list: .xlsx, or .csv in UTF-8 or GB18030, into rows of text.

Formulas are recognised, never evaluated. Merged title rows above the head are passed over, a head may have two rows,
columns come in any order.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from .columns import REQUIRED, Column, column_of
from .encodings import decode
from .faults import ListFault

TEXT, NUMBER, DATE, FORMULA = "text", "number", "date", "formula"
HEAD_SEARCH = 20  # rows in which the head is looked for
MAX_COLUMNS = 100
MAX_ROWS = 200_000
UNPACKED_TIMES = 100  # a workbook's parts may be this many times larger than the file
UNPACKED_FREE = 100 * 1024**2


@dataclass(frozen=True)
class Cell:
    """A cell as text; dates as YYYYMMDD, whole numbers without a decimal point."""

    text: str
    kind: str = TEXT


EMPTY = Cell("")


@dataclass(frozen=True)
class ListRow:
    """A row with its number in the spreadsheet and its cells by column key."""

    number: int
    cells: dict[str, Cell]

    def text(self, key: str) -> str:
        """The cell's text without surrounding blanks; empty where the list has no such column."""
        return self.cells.get(key, EMPTY).text.strip()


@dataclass
class CatalogueList:
    """A list that was read. ``headings`` has the heading as written and the position (from 1) of each column."""

    name: str
    sheet: str
    head_row: int
    headings: dict[str, tuple[str, int]]
    unknown: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    rows: list[ListRow] = field(default_factory=list)

    def heading(self, key: str) -> str:
        """The heading as the list writes it."""
        return self.headings[key][0] if key in self.headings else key

    def has(self, key: str) -> bool:
        return key in self.headings


def read_list(path: Path, name: str | None = None) -> CatalogueList:
    """Read the list at ``path``. Raises ``ListFault`` where it is no list at all."""
    name = name or path.name
    size = path.stat().st_size
    if size == 0:
        raise ListFault(_("The list “%(name)s” is empty (0 bytes).") % {"name": name})
    if size > settings.FONDS_MAX_LIST_BYTES:
        limit = settings.FONDS_MAX_LIST_BYTES // 1024**2
        raise ListFault(_("The list “%(name)s” is larger than %(limit)d MB.") % {"name": name, "limit": limit})
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK\x03\x04"):
        return _from_sheets(name, _xlsx_sheets(path, name))
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise ListFault(
            _("“%(name)s” is in the old .xls format or is locked by a password. Save it as .xlsx.") % {"name": name}
        )
    if Path(name).suffix.lower() in {".xlsx", ".xlsm"}:
        raise ListFault(_("“%(name)s” is not a spreadsheet: its content is not .xlsx.") % {"name": name})
    return _from_sheets(name, iter([("", _csv_rows(path.read_bytes(), name))]))


# --- Formats --------------------------------------------------------------------------------------------------------


def _xlsx_sheets(path: Path, name: str) -> Iterator[tuple[str, Iterator[list[Cell]]]]:
    broken = ListFault(_("“%(name)s” is not a spreadsheet, or it is damaged.") % {"name": name})
    try:
        with zipfile.ZipFile(path) as parts:
            names = set(parts.namelist())
            unpacked = sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile as error:
        raise broken from error
    if "[Content_Types].xml" not in names or not any(part.startswith("xl/") for part in names):
        raise broken
    if unpacked > UNPACKED_FREE + UNPACKED_TIMES * path.stat().st_size:
        raise ListFault(_("“%(name)s” unpacks to far more than a list needs; it is refused.") % {"name": name})
    try:
        with path.open("rb") as file:
            book = load_workbook(file, read_only=True, data_only=False)
            for sheet in book.worksheets:
                sheet.reset_dimensions()
                yield sheet.title, ([_cell(cell) for cell in row] for row in sheet.iter_rows(max_col=MAX_COLUMNS))
    except ListFault:
        raise
    except Exception as error:
        raise broken from error


def _cell(cell) -> Cell:
    value = cell.value
    if value is None:
        return EMPTY
    if cell.data_type in {"f", "e"}:  # a formula, or what is left of a failed one (#REF!)
        return Cell(str(getattr(value, "text", value) or "="), FORMULA)
    if isinstance(value, datetime):
        return Cell(value.strftime("%Y%m%d"), DATE)
    if isinstance(value, date):
        return Cell(value.strftime("%Y%m%d"), DATE)
    if isinstance(value, time):
        return Cell(value.isoformat(), TEXT)
    if isinstance(value, float) and value.is_integer():
        return Cell(str(int(value)), NUMBER)
    if isinstance(value, (int, float)):
        return Cell(str(value), NUMBER)
    return Cell(unescape(str(value)))


def _csv_rows(data: bytes, name: str) -> Iterator[list[Cell]]:
    text = decode(data, name)
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;，", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            yield [Cell(value, FORMULA if value.lstrip().startswith("=") else TEXT) for value in row[:MAX_COLUMNS]]
    except csv.Error as error:
        raise ListFault(
            _("“%(name)s” cannot be read as a table: line %(line)d.") % {"name": name, "line": reader.line_num}
        ) from error


# --- Head and rows --------------------------------------------------------------------------------------------------


def _from_sheets(name: str, sheets: Iterator[tuple[str, Iterator[list[Cell]]]]) -> CatalogueList:
    """The first sheet with a head that has the required columns; else the best one, so its fault can be named."""
    found: CatalogueList | None = None
    anything = False
    for title, rows in sheets:
        table = _table(name, title, rows)
        anything = anything or table is not None
        if table and table.headings and (found is None or len(table.headings) > len(found.headings)):
            found = table
        if found and all(found.has(column.key) for column in REQUIRED):
            break
    if not anything:
        raise ListFault(_("The list “%(name)s” is empty.") % {"name": name})
    if found is None:
        raise ListFault(
            _("“%(name)s” has no head row. The first rows must name the columns: 档号, 责任者, 题名, 日期.")
            % {"name": name}
        )
    return found


def _table(name: str, title: str, rows: Iterator[list[Cell]]) -> CatalogueList | None:
    top: list[list[Cell]] = []
    for row in rows:
        top.append(row)
        if len(top) == HEAD_SEARCH:
            break
    if not any(cell.text.strip() for row in top for cell in row):
        return None
    position = max(range(len(top)), key=lambda index: (_score(top[index]), -index))
    if _score(top[position]) < 2:
        return CatalogueList(name, title, 0, {})
    head, height = _head(top, position)
    table = CatalogueList(name, title, position + 1, {})
    keys = _columns(table, head)
    number = position + height
    for row in top[position + height :]:
        number += 1
        _add_row(table, number, row, keys)
    for row in rows:
        number += 1
        _add_row(table, number, row, keys)
    return table


def _score(row: list[Cell]) -> int:
    return sum(1 for cell in row if column_of(cell.text))


def _head(top: list[list[Cell]], position: int) -> tuple[list[str], int]:
    """The headings, and the number of rows they take: a second row may name the parts of merged cells."""
    head = [cell.text.strip() for cell in top[position]]
    below = [cell.text.strip() for cell in top[position + 1]] if position + 1 < len(top) else []
    named = [text for text in below if text]
    if not named or not all(column_of(text) for text in named):
        return head, 1
    width = max(len(head), len(below))
    head += [""] * (width - len(head))
    below += [""] * (width - len(below))
    return [lower or upper for upper, lower in zip(head, below, strict=True)], 2


def _columns(table: CatalogueList, head: list[str]) -> dict[int, Column]:
    keys: dict[int, Column] = {}
    for index, heading in enumerate(head):
        column = column_of(heading)
        if column and column.key in table.headings:
            table.repeated.append(heading)
        elif column:
            table.headings[column.key] = (heading, index + 1)
            keys[index] = column
        elif heading:
            table.unknown.append(heading)
    return keys


def _add_row(table: CatalogueList, number: int, row: list[Cell], keys: dict[int, Column]) -> None:
    if not any(cell.text.strip() for cell in row):
        return
    if len(table.rows) == MAX_ROWS:
        raise ListFault(_("The list has more than %(limit)d rows. Divide it.") % {"limit": MAX_ROWS})
    cells = {keys[index].key: cell for index, cell in enumerate(row) if index in keys and cell.text}
    table.rows.append(ListRow(number, cells))
