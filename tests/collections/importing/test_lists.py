"""Every fault of a list is named by row, column and rule, in a sentence."""

import datetime
import re
import zipfile

import pytest
from openpyxl import Workbook

from fonds.archive_pages.models import ItemPage, ReferenceCodeTemplate, RetentionPeriod

pytestmark = pytest.mark.once

CODE = "J037-WS·2008-D30-BGS-0001"


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


def fault_of(analysis, severity: str = "error"):
    found = [fault for fault in analysis.faults if fault.severity == severity]
    assert len(found) == 1, [fault.sentence for fault in analysis.faults]
    return found[0]


# --- The list as a whole --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("list.xlsx", b"", "empty"),
        ("list.csv", b"", "empty"),
        ("list.xlsx", b"%PDF-1.7 not a list", "not a spreadsheet"),
        ("list.xlsx", b"PK\x03\x04 broken", "not a spreadsheet"),
        ("list.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a spreadsheet"),
        ("list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls"),
        ("list.csv", b"\r\n\r\n , ,\r\n", "empty"),
        ("list.csv", "甲,乙,丙\n1,2,3\n".encode(), "no head row"),
        ("list.csv", b"\xff\xff\xfe\xfe,\xff", "neither UTF-8 nor GB18030"),
    ],
)
def test_what_is_no_list(look, tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content)
    analysis = look(path)
    assert says in fault_of(analysis).sentence
    assert not analysis.may_import


@pytest.mark.parametrize("keep", [0.2, 0.9])
def test_a_workbook_whose_sheet_breaks_off(look, tmp_path, row, write_xlsx, keep):
    """The head can still be read; what follows cannot, and that is said instead of half a list being taken."""
    sound, path = write_xlsx([row(1), row(2)]), tmp_path / "broken.xlsx"
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part[: int(len(part) * keep)] if name.endswith("sheet1.xml") else part)
    analysis = look(path)
    assert "not a spreadsheet, or it is damaged" in fault_of(analysis).sentence
    assert not analysis.may_import


def test_an_empty_workbook_and_one_with_a_head_only(look, write_xlsx):
    assert "is empty" in fault_of(look(write_xlsx([], head=None))).sentence
    assert "no rows" in fault_of(look(write_xlsx([]))).sentence


def test_missing_unknown_and_repeated_columns_are_named_in_the_row_of_the_head(look, write_xlsx):
    head = ("档号", "题名", "日期", "颜色", "文件题名")
    analysis = look(write_xlsx([[CODE, "通知", "20080312", "红", "通知"]], head=head, above=(("某局目录",),)))
    assert {(fault.row, fault.column) for fault in analysis.errors} == {(2, "责任者"), (2, "颜色"), (2, "文件题名")}
    assert all(fault.rule == "DA/T 70 2-3" for fault in analysis.errors)
    assert not analysis.may_import


def test_skip_faulty_does_not_help_where_the_head_is_wrong(look, write_xlsx):
    analysis = look(write_xlsx([[CODE, "通知"]], head=("档号", "题名")), skip_faulty=True)
    assert not analysis.may_import


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_the_encodings_people_have(look, row, write_csv, encoding):
    analysis = look(write_csv([row(1, 题名="王㛃、李䶮的请示")], encoding))
    assert analysis.faults == []
    assert analysis.plan.new[0].values["title"] == "王㛃、李䶮的请示"


@pytest.mark.parametrize(
    ("was", "read_as"), [("gb18030", "utf-8"), ("utf-8", "gb18030"), ("gb18030", "latin-1"), ("utf-8", "latin-1")]
)
def test_a_list_once_read_in_the_wrong_encoding(look, row, write_csv, was, read_as):
    path = write_csv([row(1), row(2)], was)
    path.write_bytes(path.read_bytes().decode(read_as, "replace").encode("utf-8"))
    assert "wrong encoding" in fault_of(look(path)).sentence


def test_a_workbook_that_unpacks_to_far_too_much(look, tmp_path, monkeypatch, row, write_xlsx):
    monkeypatch.setattr("fonds.archive_pages.importing.reading.UNPACKED_FREE", 10)
    monkeypatch.setattr("fonds.archive_pages.importing.reading.UNPACKED_TIMES", 1)
    assert "unpacks to far more" in fault_of(look(write_xlsx([row(1)]))).sentence


def test_a_category_without_template_is_a_fault_of_the_list(look, row, write_xlsx):
    ReferenceCodeTemplate.objects.all().delete()
    assert "no reference code template" in fault_of(look(write_xlsx([row(1)]))).sentence


# --- Rows -----------------------------------------------------------------------------------------------------------

FAULTY = [
    ({"日期": "20081332"}, "日期", "1-3", "no such day"),
    ({"日期": "2008/13/32"}, "日期", "1-3", "no such day"),
    ({"日期": "去年"}, "日期", "1-3", "not a date"),
    ({"日期": "20280609"}, "日期", "1-5", "future"),
    ({"日期": "20150609"}, "日期", "1-5", "years after"),
    ({"日期": None}, "日期", "2-4", "is empty"),
    ({"题名": "  "}, "题名", "2-4", "is empty"),
    ({"责任者": None}, "责任者", "2-4", "is empty"),
    ({"档号": None}, "档号", "2-4", "is empty"),
    ({"档号": "J037-WS·2008-D15-BGS-0001"}, "档号", "1-4", "D15"),
    ({"档号": "J037-WS·2008-D30-XYZ-0001"}, "档号", "1-4", "XYZ"),
    ({"档号": "J073-WS·2008-D30-BGS-0001"}, "档号", "1-7", "fonds J073"),
    ({"档号": "J073·WS·2008·0001"}, "档号", "1-7", "does not follow"),
    ({"档号": "J037-KJ·2008-D30-BGS-0001"}, "档号", "1-7", "category KJ"),
    ({"档号": "J037-WS·2008-D30-BGS-1"}, "档号", "1-7", "does not follow"),
    ({"题名": "关于\u007f认定的批复"}, "题名", "1-6", "Character 3"),
    ({"题名": "关于\u200b认定的批复"}, "题名", "1-6", "U+200B"),
    ({"题名": "通知<script>alert(1)</script>"}, "题名", "1-6", "HTML"),
    ({"责任者": "<b>局</b>"}, "责任者", "1-6", "HTML"),
    ({"题名": "长" * 256}, "题名", "1-2", "256 characters; 255"),
    ({"文号": "号" * 101}, "文号", "1-2", "101 characters; 100"),
    ({"题名": '=HYPERLINK("http://x.example","通知")'}, "题名", "1-6", "formula"),
    ({"题名": "第一行_x0007_第二行"}, "题名", "1-6", "U+0007"),
    ({"题名": "#REF!"}, "题名", "1-6", "formula"),
    ({"页数": "=1+1"}, "页数", "1-6", "formula"),
    ({"页数": "三"}, "页数", "1-3", "not a number of pages"),
    ({"密级": "保密"}, "密级", "1-4", "not a secrecy mark"),
]


@pytest.mark.parametrize(("changes", "column", "rule", "says"), FAULTY)
def test_a_faulty_cell(look, row, write_xlsx, changes, column, rule, says):
    analysis = look(write_xlsx([row(2), row(1, **changes)]))
    faults = [fault for fault in analysis.errors if fault.rule == f"DA/T 70 {rule}"]
    assert [(fault.row, fault.column) for fault in faults] == [(3, column)]
    assert says in faults[0].sentence
    assert not analysis.may_import


EXTRA = [
    ("保管期限", "D15", "1-4", "not a retention period"),
    ("保管期限", "永久", "1-5", "the code says D30"),
    ("机构（问题）", "财务处", "1-4", "not a department"),
    ("机构（问题）", "RJC", "1-5", "the code says BGS"),
    ("年度", "2009", "1-5", "the code says 2008"),
    ("年度", "零八", "1-3", "not a year"),
    ("全宗号", "J099", "1-4", "J037"),
    ("门类", "KJ", "1-4", "WS"),
    ("开放标识", "也许", "1-4", "not one of"),
]


@pytest.mark.parametrize(("heading", "value", "rule", "says"), EXTRA)
def test_a_faulty_cell_of_another_column(look, row, write_xlsx, heading, value, rule, says):
    head = ("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注", heading)
    fault = fault_of(look(write_xlsx([[*row(1), value]], head=head)))
    assert (fault.row, fault.column, fault.rule) == (2, heading, f"DA/T 70 {rule}")
    assert says in fault.sentence


def test_a_classified_unit_is_not_open(look, row, write_xlsx):
    head = ("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注", "开放标识")
    fault = fault_of(look(write_xlsx([[*row(1, 密级="秘密★5年"), "开放"]], head=head)))
    assert "cannot be open" in fault.sentence


def test_a_code_twice_in_the_list_is_a_fault_of_the_second_row(look, row, write_xlsx):
    fault = fault_of(look(write_xlsx([row(1), row(2), row(1, 题名="另一题名")])))
    assert (fault.row, fault.rule) == (4, "DA/T 70 1-8")
    assert "row 2" in fault.sentence


def test_a_code_in_the_archive_with_other_content(look, bring_in, row, write_xlsx):
    bring_in(write_xlsx([row(1)]))
    fault = fault_of(look(write_xlsx([row(1, 题名="另一题名")])))
    assert "in the archive with another title" in fault.sentence
    assert ItemPage.objects.get().title == "关于印发第1号工作要点的通知"


def test_a_code_of_a_removed_or_renumbered_unit(look, bring_in, row, write_xlsx):
    from fonds.archive_pages.codes import renumber

    bring_in(write_xlsx([row(1), row(2)]))
    renumber(ItemPage.objects.get(reference_code=CODE), "J037-WS·2008-D30-BGS-0009", "理由")
    ItemPage.objects.get(reference_code="J037-WS·2008-D30-BGS-0002").delete()
    sentences = [fault.sentence for fault in look(write_xlsx([row(1), row(2)])).errors]
    assert "former code of J037-WS·2008-D30-BGS-0009" in sentences[0]
    assert "no longer there" in sentences[1]


def test_numbers_left_out_and_doubles_are_warnings(look, bring_in, row, write_xlsx):
    bring_in(write_xlsx([row(1)]))
    double = row(5)
    double[1] = "J037-WS·2008-D30-BGS-0006"
    analysis = look(write_xlsx([row(2), row(5), double]))
    assert analysis.errors == []
    sentences = {fault.row: fault.sentence for fault in analysis.faults}
    assert "BGS-0003–0004" in sentences[3]
    assert "row 3" in sentences[4]
    assert analysis.may_import


# --- What is read all the same --------------------------------------------------------------------------------------


def test_columns_in_any_order_with_other_names_below_a_title(bring_in, write_xlsx):
    head = ("文件题名", " 页 数 ", "发文单位", "成文日期", "文件编号", "档  号", "附注", "密 级")
    rows = [
        [
            "通知",
            "３",
            "越州市局",
            "２００８０３１２",
            "越工商〔2008〕1号",
            "j037－ws．2008－D30－bgs－0001",
            "附件1份",
            "秘密☆5年",
        ]
    ]
    bring_in(write_xlsx(rows, head=head, above=(("越州市工商行政管理局归档文件目录",), ("2008年度",))))
    unit = ItemPage.objects.get()
    assert unit.reference_code == CODE
    assert (unit.date_text, unit.date_start) == ("20080312", datetime.date(2008, 3, 12))
    assert (unit.page_count, unit.secrecy, unit.note) == (3, "秘密★5年", "附件1份")


def test_a_head_over_two_rows_with_merged_cells(look, tmp_path):
    book = Workbook()
    sheet = book.active
    for line in (
        ("移交清单",),
        ("序号", "档号", "责任者", "题名", "日期", "电子文件", None),
        (None,) * 5 + ("文件名", "字节数"),
    ):
        sheet.append(line)
    sheet.append((1, CODE, "局", "通知", "20080312", None, None))
    sheet.merge_cells("A1:G1")
    sheet.merge_cells("F2:G2")
    book.save(tmp_path / "list.xlsx")
    analysis = look(tmp_path / "list.xlsx")
    assert analysis.errors == []
    assert analysis.plan.entries[0].row.number == 4
    assert analysis.plan.table.heading("file_names") == "文件名"


def test_date_cells_trailing_blanks_and_numbers_are_read_with_a_warning(look, row, write_xlsx):
    changes = {"日期": datetime.date(2008, 4, 22), "责任者": "越州市工商行政管理局  ", "页数": 4.0}
    rows = [row(1, **changes), [None] * 9, ["", " "] + [None] * 7]
    analysis = look(write_xlsx(rows))
    assert analysis.errors == []
    assert {fault.column for fault in analysis.faults} == {"日期", "责任者"}
    values = analysis.plan.new[0].values
    assert (values["date_text"], values["creator"], values["page_count"]) == ("20080422", "越州市工商行政管理局", 4)
    assert len(analysis.plan.entries) == 1


@pytest.mark.parametrize("written", ["永久", "Y", "y", "永久保存"])
def test_retention_periods_in_the_spellings_of_the_table(look, write_xlsx, row, written):
    head = ("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注", "保管期限")
    analysis = look(write_xlsx([[*row(1, 档号="J037-WS·2008-Y-BGS-0001"), written]], head=head))
    assert analysis.faults == []
    assert analysis.plan.new[0].values["retention"] == RetentionPeriod.objects.get(code="Y")


def test_sentences_are_in_the_readers_language(look, row, write_xlsx):
    from django.utils.translation import override

    with override("zh-hans"):
        sentence = look(write_xlsx([row(1, 日期="20081332")])).errors[0].sentence
    assert re.search("[\u4e00-\u9fff]", sentence)
    assert "20081332" in sentence
