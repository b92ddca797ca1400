"""Printed lists as PDF and spreadsheet."""

import io
import subprocess
from datetime import date

import pikepdf
import pytest
from openpyxl import load_workbook

from fonds.reports import tables
from fonds.reports.tables import Column, ListReport, as_plain_text, list_pdf, list_xlsx

pytestmark = pytest.mark.once

COLUMNS = [
    Column("序号", 12, "right"),
    Column("档号", 45, code=True),
    Column("题名", 120),
    Column("日期", 20, "center"),
]


def report(rows, **values) -> ListReport:
    return ListReport(title="归档文件目录", columns=COLUMNS, rows=rows, **values)


def pages_of(pdf: bytes) -> list[str]:
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    return text.split("\f")[:-1]


def many(count: int):
    return (
        (number, f"J037-WS·2008-D30-BGS-{number:04d}", f"关于第{number}号事项的通知", "20080312")
        for number in range(1, count + 1)
    )


def test_head_repeats_and_pages_are_numbered():
    pages = pages_of(list_pdf(report(many(120), totals="合计：120 件"), language="zh-hans"))
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert "档号" in page
        assert f"第 {number} 页，共 {len(pages)} 页" in page
    assert "合计：120 件" in pages[-1]
    with pikepdf.open(io.BytesIO(list_pdf(report(many(2)), language="en"))) as pdf:
        assert float(pdf.pages[0].mediabox[2]) > float(pdf.pages[0].mediabox[3])


@pytest.mark.parametrize("count", [7, 20, 21, 40])
def test_pieces_are_joined_without_loss(monkeypatch, count):
    monkeypatch.setattr(tables, "CHUNK", 10)
    seen = []
    pages = pages_of(list_pdf(report(many(count), totals="完"), language="zh-hans", progress=seen.append))
    text = "".join(pages)
    assert all(f"BGS-{number:04d}" in text for number in range(1, count + 1))
    for number, page in enumerate(pages, 1):
        assert f"第 {number} 页，共 {len(pages)} 页" in page
        assert "档号" in page
    assert text.count("归档文件目录") == 1
    assert "完" in pages[-1]
    assert seen == sorted(seen)
    if count > 10:
        assert seen[-1] == count


def test_a_joined_list_is_pdf_a(monkeypatch):
    monkeypatch.setattr(tables, "CHUNK", 10)
    with pikepdf.open(io.BytesIO(list_pdf(report(many(25)), language="zh-hans"))) as pdf:
        assert pdf.open_metadata().pdfa_status == "2B"
        assert pdf.pdf_version == "1.7"


def test_an_empty_list_says_so():
    assert "无" in pages_of(list_pdf(report([]), language="zh-hans"))[0]
    book = load_workbook(io.BytesIO(list_xlsx(report([]))))
    assert "无" in [cell.value for row in book.active.iter_rows() for cell in row]


def test_long_titles_wrap():
    long = "关于" + "进一步" * 120 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 8
    text = "".join(pages_of(list_pdf(report([(1, "X" * 100, long, "2008")]), language="zh-hans"))[0].split())
    assert text.count("进一步") >= 100
    with pikepdf.open(io.BytesIO(list_pdf(report([(1, "X" * 100, long, "2008")]), language="zh-hans"))) as pdf:
        width = float(pdf.pages[0].mediabox[2])
    boxes = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"],
        input=list_pdf(report([(1, "X" * 100, long, "2008")]), language="zh-hans"), capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    rights = [float(part.split('"')[1]) for part in boxes.split("xMax=")[1:]]
    assert max(rights) < width - 50


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1"])
def test_formulas_stay_text(text):
    book = load_workbook(
        io.BytesIO(list_xlsx(report([(1, text, text, None)], subtitle=text, facts=[text], totals=text)))
    )
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert sum(cell.value == text for cell in cells) == 5
    assert not any(cell.data_type == "f" for cell in cells)
    assert as_plain_text(text) == f"'{text}"


def test_spreadsheet_types_and_head():
    values = [(7, "J037-WS·2008-D30-BGS-0001", "坏\x07字符", date(2008, 3, 12))]
    sheet = load_workbook(io.BytesIO(list_xlsx(report(values, subtitle="2008 年")))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "归档文件目录"
    assert rows[2] == ("序号", "档号", "题名", "日期")
    assert rows[3][0] == 7
    assert rows[3][2] == "坏字符"
    assert rows[3][3].date() == date(2008, 3, 12)
    assert sheet.freeze_panes == "A4"


def test_markup_in_a_cell_is_text():
    page = pages_of(list_pdf(report([(1, "<b>x</b>", '<img src="http://127.0.0.1:9/x">', "")]), language="zh-hans"))[0]
    assert "<b>x</b>" in page
