import datetime
import io
import zipfile

import docx
import pytest
from django.utils import translation

from fonds.policies.parsing import PolicyFault, parse_date, parse_docx, parse_markdown, read_policy

from .conftest import DEMO, TEXT

pytestmark = pytest.mark.once

SOUND = TEXT.format(title="档案制度", number="越档〔2026〕1号", date="2026年3月1日", first="为加强管理。")
STEMS = sorted(path.stem for path in DEMO.glob("*.md"))


def word(*paragraphs: tuple[str, str]) -> io.BytesIO:
    """A Word file of ``(style, text)`` paragraphs."""
    document = docx.Document()
    for style, text in paragraphs:
        document.add_paragraph(text, style=style)
    stream = io.BytesIO()
    document.save(stream)
    stream.seek(0)
    return stream


HEAD = (
    ("Title", "档案制度"),
    ("Normal", "越州市档案馆"),
    ("Normal", "编号：越档〔2026〕1号　　施行日期：2026年3月1日"),
)


def test_there_are_seven_policies():
    assert len(STEMS) == 7


@pytest.mark.parametrize("stem", STEMS)
def test_both_forms_of_a_policy_are_the_same(stem):
    markdown, document = read_policy(DEMO / f"{stem}.md"), read_policy(DEMO / f"{stem}.docx")
    assert markdown == document
    assert markdown.issuing_body == "越州市市场监督管理局"
    assert markdown.document_number.startswith("越市监档〔2026〕")
    assert markdown.effective_date.year == 2026
    assert len([kind for kind, _text in markdown.parts if kind == "article"]) >= 13


def test_paragraphs_and_items_stay_in_their_article():
    parsed = parse_markdown(SOUND)
    assert parsed.title == "档案制度"
    assert parsed.effective_date == datetime.date(2026, 3, 1)
    assert parsed.parts == (
        ("chapter", "总则"),
        ("article", "为加强管理。"),
        ("article", "档案分为：\n（一）文书档案；\n（二）照片档案。"),
        ("chapter", "附则"),
        ("article", "本制度自发布之日起施行。"),
    )


def test_word_with_sections_items_and_line_breaks_is_as_markdown():
    stream = word(
        *HEAD,
        ("Heading 1", "第一章　总则"),
        ("Heading 2", "第一节　目的"),
        ("Normal", "第一条　为加强管理。"),
        ("Normal", "（一）文书；\n（二）照片。"),
        ("Normal", "第一条规定的范围可以扩大。"),
    )
    text = (
        "# 档案制度\n\n越州市档案馆\n\n编号：越档〔2026〕1号\n施行日期：2026年3月1日\n\n## 第一章　总则\n\n### 第一节　目的\n\n"
        "**第一条**　为加强\n管理。\n（一）文书；\n（二）照片。\n\n第一条规定的范围可以扩大。\n"
    )
    parsed = parse_docx(stream)
    assert parsed == parse_markdown(text)
    assert parsed.parts[-1] == ("article", "为加强管理。\n（一）文书；\n（二）照片。\n第一条规定的范围可以扩大。")


def test_what_stands_before_the_first_chapter_is_the_preface():
    parsed = parse_markdown(SOUND.replace("## 第一章", "现将本制度印发，请遵照执行，有关事项通知如下。\n\n## 第一章"))
    assert parsed.preface == "现将本制度印发，请遵照执行，有关事项通知如下。"
    assert parsed.issuing_body == "越州市档案馆"


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026年4月1日", datetime.date(2026, 4, 1)),
        ("２０２６年４月１日", datetime.date(2026, 4, 1)),
        ("2026-04-01", datetime.date(2026, 4, 1)),
        ("二〇二六年十二月三十一日", datetime.date(2026, 12, 31)),
        ("2026年4月1日起施行", datetime.date(2026, 4, 1)),
        ("2026年13月1日", None),
        ("2026年2月30日", None),
        ("明年", None),
    ],
)
def test_dates(text, date):
    assert parse_date(text) == date


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("编号：越档〔2026〕1号", ""), "number is missing"),
        (("施行日期：2026年3月1日", ""), "effective date is missing"),
        (("2026年3月1日", "2026年13月1日"), "is not a date"),
        (("越州市档案馆", ""), "issuing body is missing"),
        (("**第二条**", "**第四条**"), "out of order"),
        (("## 第二章", "## 第三章"), "out of order"),
        (("为加强管理。", ""), "has no text"),
        (("**第三条**　", "**第二条之一**　"), "inserted number"),
        (("（一）文书档案；", "| 文书 | 照片 |"), "table"),
        (("档案制度", "档" * 300), "at most 255"),
    ],
)
def test_a_fault_is_a_sentence(change, words):
    with translation.override("en"), pytest.raises(PolicyFault, match=words):
        parse_markdown(SOUND.replace(*change))


def test_all_faults_of_the_head_are_named_at_once():
    text = SOUND.replace("编号：越档〔2026〕1号", "").replace("施行日期：2026年3月1日", "")
    with pytest.raises(PolicyFault) as caught:
        parse_markdown(text)
    assert len(caught.value.sentences) == 2


def test_a_text_without_articles_is_no_policy():
    with translation.override("en"), pytest.raises(PolicyFault, match="not a policy"):
        parse_markdown("# 通知\n\n各处室：\n\n请于周五前报送。\n")


def broken_zip() -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("word/document.xml", "<not-closed>")
    stream.seek(0)
    return stream


@pytest.mark.parametrize(
    "stream",
    [io.BytesIO(b""), io.BytesIO(b"\xd0\xcf\x11\xe0" * 200), broken_zip()],
    ids=["empty", "old or encrypted", "broken"],
)
def test_a_damaged_word_file_is_a_fault(stream):
    with translation.override("en"), pytest.raises(PolicyFault, match="damaged"):
        parse_docx(stream)


def test_a_truncated_word_file_is_a_fault():
    data = (DEMO / f"{STEMS[0]}.docx").read_bytes()
    with translation.override("en"), pytest.raises(PolicyFault, match="damaged"):
        parse_docx(io.BytesIO(data[: len(data) // 2]))


def test_what_an_article_cannot_keep_is_refused_rather_than_lost():
    document = docx.Document(word(*HEAD, ("Normal", "第一条　为加强管理。")))
    document.add_table(2, 2)
    table, numbered = io.BytesIO(), io.BytesIO()
    document.save(table)
    table.seek(0)
    document = docx.Document(word(*HEAD, ("Normal", "第一条　为加强管理。")))
    properties = document.paragraphs[-1]._p.get_or_add_pPr()
    properties.get_or_add_numPr().get_or_add_numId().val = 1
    document.save(numbered)
    numbered.seek(0)
    with translation.override("en"), pytest.raises(PolicyFault, match="table"):
        parse_docx(table)
    with translation.override("en"), pytest.raises(PolicyFault, match="numbered automatically"):
        parse_docx(numbered)


def test_text_in_gb18030_is_read_and_binary_is_refused(tmp_path):
    (tmp_path / "a.md").write_bytes(SOUND.encode("gb18030"))
    (tmp_path / "b.md").write_bytes(b"\x00\x01\x02" + SOUND.encode())
    assert read_policy(tmp_path / "a.md") == parse_markdown(SOUND)
    with translation.override("en"), pytest.raises(PolicyFault, match="UTF-8 or GB18030"):
        read_policy(tmp_path / "b.md")
