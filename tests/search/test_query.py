"""The query language: what a clerk types means what he meant, and nothing is an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fonds.search.query import LONGEST, MOST_TERMS, Question, Term, parse


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("通知 建国", [Term("通知"), Term("建国")]),
        ('"两个 词" 再', [Term("两个词"), Term("再")]),
        ("“两个 词”", [Term("两个词")]),
        ("通知 -表彰", [Term("通知"), Term("表彰", negated=True)]),
        ('通知 -"先进 集体"', [Term("通知"), Term("先进集体", negated=True)]),
        ("title:通知", [Term("通知", "title")]),
        ("题名：通知 责任者:工商局", [Term("通知", "title"), Term("工商局", "creator")]),
        ("通知 -title:表彰", [Term("通知"), Term("表彰", "title", True)]),
        ("number:绍工商〔2008〕15号", [Term("绍工商200815号", "number")]),
        ("code:J021-WS*", [Term("\nj021-ws", "code")]),
        ("code:J021-WS", [Term("j021-ws", "code")]),
        ("code:*", [Term("code:*")]),
        ("title:", [Term("title:")]),
        ("year:abc", [Term("year:abc")]),
        ('"abc 公司', [Term('"abc'), Term("公司")]),
        ('"', [Term('"')]),
        ("-", [Term("-")]),
        ("-通知", [Term("-通知")]),
        ("a OR b NOT c", [Term("a"), Term("or"), Term("b"), Term("not"), Term("c")]),
        ("'; DROP TABLE x; --", [Term("';"), Term("drop"), Term("table"), Term("x;"), Term("-", negated=True)]),
        ("通知 通知", [Term("通知")]),
        ("http://例子.cn", [Term("http://例子·cn")]),
        ("() 〔〕 \0 \u200b", []),
        ("", []),
    ],
)
def test_terms(query, terms):
    assert list(parse(query).terms) == terms


@pytest.mark.parametrize(
    ("query", "years"),
    [
        ("year:2008", (2008, 2008)),
        ("年度：2003..2008", (2003, 2008)),
        ("year:2008..2003", (2003, 2008)),
        ("year:2003-2008", (2003, 2008)),
        ("year:..2008", (None, 2008)),
        ("year:2003..", (2003, None)),
        ("year:二〇〇八", (2008, 2008)),
        ("year:..", None),
        ("通知 year:20088", None),
    ],
)
def test_years(query, years):
    assert parse(query).years == years


@given(st.text(max_size=80) | st.text('-":*年度.号 year:2008title“”', max_size=40))
def test_anything_can_be_read(query):
    question = parse(query)
    assert isinstance(question, Question)
    assert all(term.text and len(term.text) <= LONGEST + 1 for term in question.terms)
    assert not question.terms or question.years or not all(term.negated for term in question.terms)


def test_there_is_a_limit_to_everything():
    assert len(parse(" ".join(f"词{number}" for number in range(500))).terms) == MOST_TERMS
    assert len(parse("长" * 10_000).terms[0].text) == LONGEST
