"""The marked copy of a list: the same rows, faulty cells coloured with a comment, and a sheet of all faults.

Every cell is written as text or number; nothing is ever written as a formula.
"""

from pathlib import Path

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from .faults import ERROR, Fault
from .reading import NUMBER, CatalogueList

FILLS = {True: PatternFill("solid", fgColor="F6C7C3"), False: PatternFill("solid", fgColor="FBE9B7")}
HEAD_FONT = Font(bold=True)
WRAP = Alignment(vertical="top", wrap_text=True)
MAX_COMMENT = 1000


def write_marked(table: CatalogueList | None, faults: list[Fault], target: Path) -> None:
    """Write the marked copy to ``target`` (.xlsx). ``table`` is ``None`` where the list could not be read."""
    book = Workbook()
    sheet = book.active
    if table is not None and table.headings:
        sheet.title = _title(table.sheet or _("List"))
        _write_rows(sheet, table, faults)
        sheet = book.create_sheet()
    sheet.title = _title(_("Faults"))
    _write_faults(sheet, faults)
    book.save(target)


def _title(text: str) -> str:
    return "".join(character for character in text if character not in "[]:*?/\\")[:31] or "Sheet"


def set_text(cell, text: str) -> None:
    """Write ``text`` as text, whatever it begins with; control characters become ``�``."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("�", text[:32_000])
    cell.data_type = "s"
    if text[:1] in "=+-@":
        cell.quotePrefix = True


def _write_rows(sheet, table: CatalogueList, faults: list[Fault]) -> None:
    for heading, column in table.headings.values():
        set_text(sheet.cell(table.head_row, column), heading)
        sheet.cell(table.head_row, column).font = HEAD_FONT
    for row in table.rows:
        for key, cell in row.cells.items():
            target = sheet.cell(row.number, table.headings[key][1])
            if cell.kind == NUMBER and cell.text.isdigit() and len(cell.text) < 10:
                target.value = int(cell.text)
            else:
                set_text(target, cell.text)
    columns = dict(table.headings.values())
    for fault in faults:
        if fault.row is not None:
            _mark(sheet.cell(fault.row, columns.get(fault.column, 1)), fault)
    sheet.freeze_panes = sheet.cell(table.head_row + 1, 1)
    for key, (_heading, column) in table.headings.items():
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = WIDTHS.get(key, 14)


WIDTHS = {"title": 60, "reference_code": 28, "creator": 24, "document_number": 24, "sequence": 8, "page_count": 8}


def _mark(cell, fault: Fault) -> None:
    before = f"{cell.comment.text}\n" if cell.comment else ""
    text = ILLEGAL_CHARACTERS_RE.sub("�", f"{before}{fault.rule}: {fault.sentence}")
    cell.comment = Comment(text[:MAX_COMMENT], "Fonds", width=360, height=120)
    if fault.is_error or not before:
        cell.fill = FILLS[fault.is_error]


def _write_faults(sheet, faults: list[Fault]) -> None:
    head = (_("Row"), _("Column"), _("Rule"), _("Severity"), _("What is wrong"), _("Cell"))
    for column, text in enumerate(head, start=1):
        set_text(sheet.cell(1, column), text)
        sheet.cell(1, column).font = HEAD_FONT
    names = {True: _("Fault"), False: _("Warning")}
    for number, fault in enumerate(faults, start=2):
        if fault.row is not None:
            sheet.cell(number, 1).value = fault.row
        texts = (fault.column, fault.rule, names[fault.severity == ERROR], fault.sentence, fault.value)
        for column, text in enumerate(texts, start=2):
            set_text(sheet.cell(number, column), str(text))
            sheet.cell(number, column).alignment = WRAP
    for letter, width in zip("ABCDEF", (8, 16, 16, 10, 80, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
