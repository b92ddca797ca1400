"""The fold: what is the same to a reader is the same; a part folds to a part of the whole; places lead back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fonds.archive_pages.folding import fold, fold_lines, fold_with_places, folded_words
from fonds.search.grams import bounded_runs, code_of, codes_of, grams, runs
from fonds.search.marks import extract, marked, ranges

ANY = st.text(st.characters(), max_size=60)
CHINESE = st.text("绍工商〔〕[]()2008二〇零号 紹號Ａa１é　\n·.-—", max_size=30)


@pytest.mark.parametrize(
    "writings",
    [
        ["绍工商〔2008〕15号", "绍工商[2008]15号", "绍工商（２００８）１５号", "绍工商【2008】 15号", "紹工商200815號",
         "绍工商〔二〇〇八〕一五号", "绍工商二零零八15号"],
        ["J037-WS·2008-Y", "j037-ws.2008-y", "Ｊ０３７－ＷＳ•２００８–Ｙ", "J037 - WS ・ 2008 — Y"],
        ["ABC Company", "abc　company", "ＡＢＣＣＯＭＰＡＮＹ", "abc\ncompany"],
        ["王 建\u200b国", "王建国", "\u2f1f王建国"[1:], "王建\ufe00国"],
        ["後乾髮", "后干发"],
        ["é", "e\u0301", "E"],
    ],
)  # fmt: skip
def test_writings_of_the_same_fold_to_the_same(writings):
    assert len({fold(writing) for writing in writings}) == 1
    assert fold(writings[0])


@given(ANY, ANY)
def test_the_fold_of_a_part_is_a_part_of_the_fold(first, second):
    assert fold(first + second) == fold(first) + fold(second)


@given(ANY)
def test_folding_twice_changes_nothing_and_leaves_no_spaces_or_surrogates(text):
    folded = fold(text)
    assert fold(folded) == folded
    assert not any(letter.isspace() or "\ud800" <= letter <= "\udfff" for letter in folded)


@given(ANY)
def test_every_folded_character_has_its_place(text):
    folded, places = fold_with_places(text)
    assert folded == fold(text)
    assert places == sorted(places)
    assert "".join(fold(text[place]) for place in sorted(set(places))) == folded


@given(CHINESE, st.data())
def test_marks_stand_where_the_fragment_stands(text, data):
    begin = data.draw(st.integers(0, max(0, len(text) - 1)))
    end = data.draw(st.integers(begin, len(text)))
    word = fold(text[begin:end])
    found = ranges(text, [word])
    assert bool(found) == bool(word)
    assert all(fold(text[start:stop]) and text[start:stop] in text for start, stop in found)
    assert not word or any(word in fold(text[start:stop]) for start, stop in found)


def test_lines_are_kept_apart():
    assert fold_lines(["一 二", None, "", "A\nB（C）"]) == "12\na\nbc"
    assert folded_words("通知　建国 通知 （）") == ["通知", "建国"]


@given(ANY, ANY)
def test_a_fragment_has_only_pairs_of_the_text(before, fragment):
    text = fold(before + fragment + before)
    assert set(codes_of(fold(fragment))) <= set(codes_of(text))
    assert len(grams(text)) == max(0, len(text) - 1)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=4))
def test_pairs_have_numbers_of_their_own(letters):
    first, second = letters[:2], letters[2:]
    assert (code_of(first) == code_of(second)) == (first == second)
    assert code_of(first) != code_of(letters[0])


@given(st.text("工12号", max_size=30), st.text("工12号", max_size=12))
def test_a_text_has_the_bounded_runs_of_each_of_its_fragments(text, fragment):
    assert set(bounded_runs(fragment)) <= set(runs(text)) or fragment not in text


@pytest.mark.parametrize(
    ("text", "words", "html"),
    [
        ("绍工商〔2008〕15号", ["2008", "15号"], "绍工商〔<mark>2008〕15号</mark>"),
        ("绍工商〔2008〕15号", ["工商2008"], "绍<mark>工商〔2008</mark>〕15号"),
        ("<b>通知</b>", ["通知"], "&lt;b&gt;<mark>通知</mark>&lt;/b&gt;"),
        ("ＡＢＣ 公司", ["abc公"], "<mark>ＡＢＣ 公</mark>司"),
        ("没有", ["通知"], "没有"),
    ],
)
def test_marking(text, words, html):
    assert marked(text, words) == html or marked(text, words) == html.replace("2008〕15号", "2008</mark>〕<mark>15号")


def test_an_extract_shows_the_words_where_they_are_close_together():
    text = "甲" * 300 + "建国" + "乙" * 300 + "建国在绍兴" + "丙" * 300
    shown = extract(text, ["建国", "绍兴"])
    assert "<mark>建国</mark>在<mark>绍兴</mark>" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 220
    assert extract(text, ["没有"]) == ""
