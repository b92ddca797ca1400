"""The marked copy: nothing in it is a formula, faulty cells are coloured and say why."""

import pytest
from openpyxl import load_workbook

from fonds.collections.importing.actions import write_report

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


def test_faulty_cells_are_marked_in_their_place(look, row, write_xlsx, tmp_path):
    path = write_xlsx([row(1), row(2, 日期="20081332"), row(3, 责任者="局 ")], above=(("标题",), ()))
    write_report(look(path), tmp_path / "marked.xlsx")
    book = load_workbook(tmp_path / "marked.xlsx")
    sheet, faults = book.worksheets
    cell = sheet["F5"]
    assert cell.value == "20081332"
    assert "no such day" in cell.comment.text
    assert cell.fill.fgColor.rgb.endswith("F6C7C3")
    assert sheet["D6"].fill.fgColor.rgb.endswith("FBE9B7")
    assert sheet["F4"].comment is None
    lines = list(faults.iter_rows(min_row=2, max_col=4, values_only=True))
    assert lines == [(5, "日期", "DA/T 70 1-3", "Fault"), (6, "责任者", "DA/T 70 1-6", "Warning")]


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x.example")', "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "通\x0b知"]
)
def test_nothing_is_written_as_a_formula(look, row, write_csv, tmp_path, text):
    write_report(look(write_csv([row(1, 题名=text, 日期="x")])), tmp_path / "marked.xlsx")
    book = load_workbook(tmp_path / "marked.xlsx")
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert all(cell.data_type != "f" for cell in cells)
    assert book.worksheets[0]["E2"].value == text.replace("\x0b", "�")


def test_a_list_that_could_not_be_read_gives_its_fault(look, tmp_path):
    (tmp_path / "list.xlsx").write_bytes(b"no list")
    write_report(look(tmp_path / "list.xlsx"), tmp_path / "marked.xlsx")
    (sheet,) = load_workbook(tmp_path / "marked.xlsx").worksheets
    assert "not a spreadsheet" in sheet["E2"].value
