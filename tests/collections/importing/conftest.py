"""Lists and scans made on the spot, and an archive to import them into."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from openpyxl import Workbook
from PIL import Image

from fonds.archive_pages.models import ArchivePage, Category, FondsIndexPage, FondsPage
from fonds.collections.importing.actions import Order, analysed, perform

HEAD = ("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注")


@pytest.fixture
def fonds(db) -> FondsPage:
    call_command("load_tables", verbosity=0)
    root = ArchivePage.objects.get(depth=1)
    index = root.add_child(instance=FondsIndexPage(title="全宗", slug="all-fonds"))
    return index.add_child(
        instance=FondsPage(title="越州市市场监督管理局", reference_code="J037", opening_status="open")
    )


@pytest.fixture
def row() -> Callable[..., list]:
    """A sound row: ``row(1, 日期="20081332")``."""

    def make(number: int = 1, **changes) -> list:
        values = {
            "序号": number,
            "档号": f"J037-WS·2008-D30-BGS-{number:04}",
            "文号": f"越工商〔2008〕{number}号",
            "责任者": "越州市工商行政管理局",
            "题名": f"关于印发第{number}号工作要点的通知",
            "日期": "20080312",
            "密级": None,
            "页数": None,
            "备注": None,
        }
        return list((values | changes).values())

    return make


@pytest.fixture
def write_xlsx(tmp_path) -> Callable[..., Path]:
    """Writes rows below the usual head (or ``head``) as .xlsx."""

    def write(rows: list, head: tuple | None = HEAD, name: str = "归档文件目录.xlsx", above: tuple = ()) -> Path:
        book = Workbook()
        for line in [*above, *([head] if head else []), *rows]:
            book.active.append(line)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def write_csv(tmp_path) -> Callable[..., Path]:
    """Writes rows below the usual head as .csv in an encoding."""

    def write(rows: list, encoding: str = "utf-8", head: tuple = HEAD) -> Path:
        text = io.StringIO()
        csv.writer(text).writerows([head, *rows])
        path = tmp_path / "归档文件目录.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        return path

    return write


@pytest.fixture
def look(fonds) -> Callable:
    """Checks a list without writing; returns the analysis."""

    def check(path: Path, scans=None, **options):
        with analysed(order(fonds, path, scans, **options)) as analysis:
            return analysis

    return check


@pytest.fixture
def bring_in(fonds) -> Callable:
    """Checks and writes a list; returns the outcome."""

    def write(path: Path, scans=None, **options):
        with analysed(order(fonds, path, scans, **options)) as analysis:
            return perform(analysis)

    return write


def order(fonds: FondsPage, path: Path, scans, **options) -> Order:
    return Order(path, fonds, Category.objects.get(code="WS"), path.name, scans, **options)


@pytest.fixture
def scan(tmp_path) -> Callable[..., Path]:
    """Writes a picture of a page: ``scan("J037-WS·2008-D30-BGS-0001/001.jpg")`` below the folder ``scans``."""

    def write(name: str, size: tuple[int, int] = (120, 160), tint: int = 0) -> Path:
        path = tmp_path / "scans" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = Image.effect_noise(size, 60)
        Image.merge("RGB", [noise, noise.rotate(180), noise.point(lambda value: (value + tint) % 256)]).save(
            path, dpi=(200, 200)
        )
        return path

    return write
