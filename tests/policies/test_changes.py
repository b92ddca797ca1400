import pytest

from fonds.policies.changes import compare_parts, compare_texts
from fonds.policies.outline import contents, outline

pytestmark = pytest.mark.once


def parts(*articles):
    return outline([("chapter", "总则"), *(("article", text) for text in articles)])


def test_parts_are_numbered_and_have_anchors():
    numbered = outline(
        [("chapter", "总则"), ("article", "甲"), ("chapter", "附则"), ("section", "一般"), ("article", "乙\n（一）丙")]
    )
    assert [(part.label, part.anchor) for part in numbered] == [
        ("第一章", "chapter-1"),
        ("第一条", "article-1"),
        ("第二章", "chapter-2"),
        ("第一节", "section-2-1"),
        ("第二条", "article-2"),
    ]
    assert numbered[-1].paragraphs == [{"text": "乙", "is_item": False}, {"text": "（一）丙", "is_item": True}]
    assert [len(chapter.articles) for chapter in contents(numbered)] == [1, 1]


def test_a_changed_article_shows_what_was_taken_out_and_put_in():
    segments = compare_texts("保存十年，期满销毁。", "保存三十年，期满鉴定。")
    assert "".join(one.text for one in segments if one.kind != "added") == "保存十年，期满销毁。"
    assert "".join(one.text for one in segments if one.kind != "removed") == "保存三十年，期满鉴定。"


def test_an_inserted_article_only_renumbers_those_after_it():
    rows = compare_parts(
        parts("甲方负责收集。", "乙方负责整理。"), parts("甲方负责收集。", "全新的一条规定。", "乙方负责整理。")
    )
    assert [row.kind for row in rows] == ["same", "same", "added", "renumbered"]
    assert (rows[-1].old.label, rows[-1].new.label) == ("第二条", "第三条")


def test_removed_and_changed_articles_are_told_apart():
    rows = compare_parts(parts("档案应当保存十年。", "完全无关的内容在此。", "丙"), parts("档案应当保存三十年。", "丙"))
    assert [row.kind for row in rows] == ["same", "changed", "removed", "renumbered"]


def test_nothing_is_lost_in_a_comparison():
    old, new = parts(*"甲乙丙丁"), parts(*"乙戊丁己甲")
    rows = compare_parts(old, new)
    assert [row.old for row in rows if row.old] == old
    assert [row.new for row in rows if row.new] == new
