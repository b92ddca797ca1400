"""Printed lists: one description of a table, from which a PDF and a spreadsheet are made (domain.md 7).

Up to ``CHUNK`` rows are one render. Beyond, the list is printed in pieces of that many rows, joined afterwards, and
the page numbers are laid over the joined pages: time grows with the rows alone and memory stays that of one piece.
"""

import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import BinaryIO

import pikepdf
from django.utils import timezone, translation
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from .press import render_pdf

CHUNK = 500  # rows in one render: about 2 s and under 100 MB
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Column:
    """One column: its heading, its share of the width (in millimetres of an A4 landscape page, 257 to give away),
    and how it is set: ``left``, ``right`` for numbers, ``center``. ``code``: never broken in the middle."""

    heading: str
    width: int
    align: str = "left"
    code: bool = False


@dataclass
class ListReport:
    """A list to print. ``rows`` yields one sequence of values per row, in the order of ``columns``; it is walked once.
    ``facts`` are lines under the title, ``totals`` a line under the table."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence]
    subtitle: str = ""
    facts: Sequence[str] = field(default_factory=list)
    totals: str = ""
    filename: str = "list"

    @property
    def widths(self) -> list[float]:
        """The columns' shares of the page width in per cent."""
        total = sum(column.width for column in self.columns)
        return [round(100 * column.width / total, 3) for column in self.columns]


def as_plain_text(value: object) -> object:
    """``value`` as it may stand in a CSV cell: text that a spreadsheet would run as a formula gets a leading ``'``."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value


def shown(value: object) -> str:
    """A value as printed: nothing for ``None``, dates as ``2008-03-12``, control characters left out."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return ILLEGAL_CHARACTERS_RE.sub("", str(value))


def _pieces(rows: Iterable[Sequence], size: int) -> Iterator[list[Sequence]]:
    walk = iter(rows)
    while piece := list(islice(walk, size)):
        yield piece


def list_pdf(report: ListReport, *, language: str | None = None, progress: Progress | None = None) -> bytes:
    """``report`` as PDF/A-2b, A4 landscape, the heading row on every page, "page x of y" at the foot."""
    language = language or translation.get_language()
    pieces = _pieces(report.rows, CHUNK)
    first = next(pieces, [])
    second = next(pieces, None)
    if second is None:
        pdf = _print(report, first, language, is_first=True, is_last=True, numbered=True)
        if progress:
            progress(len(first))
        return pdf
    with tempfile.TemporaryFile() as joined:
        _join(report, [first, second], pieces, language, progress, joined)
        joined.seek(0)
        return joined.read()


def _join(report: ListReport, waiting: list, rest: Iterator, language: str, progress, out: BinaryIO) -> None:
    done = 0
    whole = pikepdf.open(io.BytesIO(_print(report, waiting[0], language, is_first=True, is_last=False)))
    with whole:
        done += len(waiting.pop(0))
        while waiting:
            piece = waiting.pop(0)
            following = next(rest, None)
            if following is not None:
                waiting.append(following)
            if progress:
                progress(done)
            printed = _print(report, piece, language, is_first=False, is_last=following is None)
            with pikepdf.open(io.BytesIO(printed)) as part:
                whole.pages.extend(part.pages)
            done += len(piece)
        _number_pages(whole, language)
        whole.save(out, force_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.generate)
    if progress:
        progress(done)


def _print(report: ListReport, rows, language: str, *, is_first: bool, is_last: bool, numbered: bool = False) -> bytes:
    columns = [
        {"heading": column.heading, "width": width, "align": column.align, "code": column.code}
        for column, width in zip(report.columns, report.widths, strict=True)
    ]
    cells = [[(shown(value), column) for value, column in zip(row, columns, strict=True)] for row in rows]
    context = {
        "report": report,
        "columns": columns,
        "rows": cells,
        "is_first": is_first,
        "is_last": is_last,
        "numbered": numbered,
        "printed_on": timezone.localdate(),
    }
    return render_pdf("reports/list.html", context, language=language)


def _number_pages(pdf: pikepdf.Pdf, language: str) -> None:
    """Lay "page x of y" over every page, printed in one go as pages that hold nothing else."""
    total = len(pdf.pages)
    numbers = render_pdf("reports/page_numbers.html", {"pages": range(total)}, language=language)
    with pikepdf.open(io.BytesIO(numbers)) as layer:
        for page, number in zip(pdf.pages, layer.pages, strict=True):
            page.add_overlay(number)


def list_xlsx(report: ListReport, *, progress: Progress | None = None) -> bytes:
    """``report`` as a spreadsheet; text stays text whatever sign it begins with, numbers and dates are numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(report.title))
    for number, column in enumerate(report.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = max(6, column.width * 0.5)
    head = [[report.title], *([line] for line in (report.subtitle, *report.facts) if line)]
    sheet.freeze_panes = f"A{len(head) + 2}"
    sheet.print_title_rows = f"{len(head) + 1}:{len(head) + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
    for number, line in enumerate(head):
        sheet.append([_cell(sheet, line[0], font=Font(bold=True, size=16) if number == 0 else None)])
    grey = PatternFill("solid", fgColor="F3EEE3")
    sheet.append([_cell(sheet, column.heading, font=Font(bold=True), fill=grey) for column in report.columns])
    count = 0
    for count, row in enumerate(report.rows, 1):
        sheet.append(
            [_cell(sheet, value, align=column.align) for value, column in zip(row, report.columns, strict=True)]
        )
        if progress and count % CHUNK == 0:
            progress(count)
    if not count:
        sheet.append([_cell(sheet, "无")])
    if report.totals:
        sheet.append([_cell(sheet, report.totals, font=Font(bold=True))])
    out = io.BytesIO()
    book.save(out)
    if progress:
        progress(count)
    return out.getvalue()


def _sheet_name(title: str) -> str:
    return "".join(character for character in title if character not in r"[]:*?/\'")[:31] or "list"


_LINE = Side(style="thin", color="8B8070")


def _cell(sheet, value: object, *, align: str = "left", font: Font | None = None, fill: PatternFill | None = None):
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.make_naive(value)
    if value is not None and not isinstance(value, int | float | date):
        value = shown(value)
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula
    cell.alignment = Alignment(horizontal=align, vertical="top", wrap_text=True)
    cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    if font:
        cell.font = font
    if fill:
        cell.fill = fill
    return cell
