"""Rows per second of a catalogue import without scans, and of a plain ``add_child`` loop, in one run.

    python manage.py shell -c "from fonds.bench.import_catalogue import run; print(run())"

Both write the same kind of rows into the configured database inside a transaction that is rolled back at the end, so
the archive is as it was. The import's time has everything: reading the .xlsx, checks, comparison, writing.
"""

import tempfile
import time
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction
from openpyxl import Workbook

from fonds.archive_pages.models import ArchivePage, Category, FondsIndexPage, FondsPage, ItemPage, SeriesPage
from fonds.collections.importing.actions import Order, analysed, perform

ROWS = 3000
LOOP_ROWS = 150
HEAD = ("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注")


def run(rows: int = ROWS, loop_rows: int = LOOP_ROWS) -> dict:
    """``{"database", "rows", "rows_per_second", "add_child_per_second", "ratio"}``."""
    with tempfile.TemporaryDirectory() as work, transaction.atomic():
        call_command("load_tables", verbosity=0)
        path, fonds = written_list(Path(work), rows)
        by_import = rows / _time(lambda: import_list(path, fonds))
        by_loop = loop_rows / _time(lambda: _loop(fonds, loop_rows))
        transaction.set_rollback(True)
    return {
        "database": connection.vendor,
        "rows": rows,
        "rows_per_second": round(by_import),
        "add_child_per_second": round(by_loop),
        "ratio": round(by_import / by_loop, 1),
    }


def _time(work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def written_list(folder: Path, rows: int) -> tuple[Path, FondsPage]:
    """A list of so many rows in ``folder``, and a new fonds that it is for."""
    fonds = _fonds()
    return _write_list(folder / "list.xlsx", fonds.reference_code, rows), fonds


def _fonds() -> FondsPage:
    root = ArchivePage.objects.get(depth=1)
    index = root.add_child(instance=FondsIndexPage(title="Bench", slug="bench-of-imports"))
    return index.add_child(instance=FondsPage(title="Bench", reference_code="B999"))


def _write_list(path: Path, code: str, rows: int) -> Path:
    book = Workbook()
    sheet = book.active
    sheet.append(HEAD)
    for number in range(1, rows + 1):
        sheet.append(_values(code, number))
    book.save(path)
    return path


def _values(code: str, number: int) -> tuple:
    return (
        number,
        f"{code}-WS·2008-D30-BGS-{number:04}",
        f"越工商〔2008〕{number}号",
        "越州市工商行政管理局",
        f"越州市工商行政管理局关于印发《2008年全市工商行政管理工作要点》第{number}号的通知",
        "20080312",
        None,
        4,
        None,
    )


def import_list(path: Path, fonds: FondsPage) -> None:
    """Check the list at ``path`` and write its rows below ``fonds``."""
    order = Order(path, fonds, Category.objects.get(code="WS"), path.name)
    with analysed(order) as analysis:
        perform(analysis)


def _loop(fonds: FondsPage, rows: int) -> None:
    series = fonds.add_child(instance=SeriesPage(title="Loop", reference_code="B999-LOOP"))
    category = Category.objects.get(code="WS")
    for number in range(1, rows + 1):
        _number, code, document_number, creator, title, date, _secrecy, pages, _note = _values("B998", number)
        series.add_child(
            instance=ItemPage(
                reference_code=code,
                document_number=document_number,
                creator=creator,
                title=title,
                date_text=date,
                page_count=pages,
                category=category,
            )
        )
