"""The truth test: what the index finds is exactly what a scan of the folded texts finds, for everybody, on both engines.

The database of the test run decides the engine: ``tests/with_postgres.py pytest tests/search`` runs it on PostgreSQL.
"""

from collections import Counter
from random import Random

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fonds.access.classes import class_of
from fonds.access.decisions import visible
from fonds.access.enums import Rank
from fonds.archive_pages.bulk import add_units
from fonds.archive_pages.folding import fold, fold_lines
from fonds.archive_pages.models import ArchivePage, ItemPage
from fonds.collections.models import MasterFile, PageScan
from fonds.search.engines import PageText, engine
from fonds.search.find import gather
from fonds.search.index import OVERLAP
from fonds.search.query import Question, Term, parse
from fonds.site.reference import words
from fonds.site.reference.naming import enterprise, person
from fonds.site.reference.texts import page_text

from .conftest import add_pages

pytestmark = pytest.mark.django_db
UNITS, PAGES, QUERIES = 60, 4, 1_200
PUBLIC = class_of(Rank.PUBLIC)


class Truth:
    """The folded texts, and what a plain scan of them finds."""

    def __init__(self) -> None:
        self.entries: dict[int, list[str]] = {}
        self.pages: dict[int, list[str]] = {}
        self.titles: dict[int, str] = {}

    def note(self, unit: ArchivePage, texts: list[str]) -> None:
        self.entries[unit.pk] = fold_lines(unit.specific.searched_texts()).split("\n")
        self.titles[unit.pk] = fold(unit.title)
        folded = [fold(text) for text in texts]
        self.pages[unit.pk] = [
            own + following[:OVERLAP] for own, following in zip(folded, [*folded[1:], ""], strict=True) if own
        ]

    def find(self, question: Question, shown: set[int], viewable: set[int]) -> set[int]:
        wanted = [term.text for term in question.words]
        unwanted = [term.text for term in question.unwanted]
        return {unit for unit in shown if self._answers(unit, wanted, unwanted, unit in viewable)}

    def _answers(self, unit: int, wanted: list[str], unwanted: list[str], may_view: bool) -> bool:
        lines = self.entries[unit]
        if any(word in line for word in unwanted for line in lines):
            return False
        if all(any(word in line for line in lines) for word in wanted):
            return True
        return may_view and any(
            all(word in page for word in wanted) and not any(word in page for word in unwanted)
            for page in self.pages[unit]
        )


@pytest.fixture
def truth(archive) -> Truth:
    """Sixty generated units with four pages each: open ones, such whose pages are closed, and such that are hidden."""
    random, made = Random(11), []
    for number in range(UNITS):
        firm = enterprise(1, number + 1)
        made.append(
            ItemPage(
                title=f"关于{firm.name}{random.choice(words.AREAS)}的{random.choice(words.GENRES)}",
                reference_code=f"J037-WS·2008-D30-QYC-{number + 1:04}",
                document_number=f"越工商〔{random.randrange(1990, 2020)}〕{random.randrange(1, 300)}号",
                creator=random.choice(["越州市工商行政管理局", "企业注册处"]),
                persons=f"{person(random)}；{person(random)}",
                note=firm.former_name or "",
                opening_status="unreviewed" if number % 5 == 4 else "open",
                content_rank=Rank.STAFF if number % 5 == 3 else Rank.PUBLIC,
                date_text="2008",
            )
        )
    truth = Truth()
    archive.series.refresh_from_db()
    for unit in add_units(archive.series, made):
        texts = [page_text(1, unit.pk, page) for page in range(1, PAGES + 1)]
        texts[1] = texts[1] if unit.pk % 7 else ""
        add_pages(unit, *texts)
        truth.note(unit, texts)
    return truth


def fragments(truth: Truth, random: Random):
    """Pieces of the texts, across breaks too, some of them with a wrong character."""
    while True:
        unit = random.choice(list(truth.entries))
        text = random.choice([*truth.entries[unit], *truth.pages[unit]])
        length = random.choice([2, 2, 3, 3, 4, 6, 9, 15])
        begin = (
            random.randrange(max(1, len(text) - length)) if random.random() < 0.8 else max(0, len(text) - OVERLAP - 5)
        )
        piece = text[begin : begin + length]
        if random.random() < 0.1:
            piece = piece[:-1] + random.choice("王国12〇·")
        if len(piece) > 1:
            yield piece


def questions(truth: Truth, random: Random):
    """One to three words, some of them unwanted."""
    pieces = fragments(truth, random)
    for _number in range(QUERIES):
        terms = [Term(next(pieces))]
        if random.random() < 0.4:
            terms.append(Term(next(pieces)[: random.choice([2, 3])]))
        if random.random() < 0.3:
            terms.append(Term(next(pieces)[:2], negated=True))
        yield Question(tuple(dict.fromkeys(terms)))


@pytest.mark.parametrize("reader", ["visitor", "staff"])
def test_recall_and_precision_are_one(truth, staff, reader):
    user = staff if reader == "staff" else AnonymousUser()
    units = visible(ArchivePage.objects.filter(pk__in=truth.entries), user)
    shown = set(units.values_list("pk", flat=True))
    viewable = shown if reader == "staff" else set(units.filter(content_class=PUBLIC).values_list("pk", flat=True))
    assert reader == "staff" or len(viewable) < len(shown) < UNITS
    found_any = 0
    for question in questions(truth, Random(5)):
        found = {row[0] for row in gather(question, units, user)}
        assert found == truth.find(question, shown, viewable), question
        found_any += bool(found)
    assert found_any > QUERIES / 2


def test_what_is_typed_finds_what_is_written(truth):
    """The way through the parser: each title, number and name, as written, finds its unit."""
    units = ArchivePage.objects.filter(pk__in=truth.entries)
    for unit in ItemPage.objects.filter(pk__in=truth.entries):
        for text in (unit.title, unit.document_number, unit.reference_code, unit.persons.split("；")[0], unit.note):
            if text:
                assert unit.pk in {row[0] for row in gather(parse(f'"{text}"'), units, AnonymousUser())}, text


def make_scans(rows: list[PageText]):
    """The page scans that ``rows`` are the texts of, past all signals."""
    master = MasterFile.objects.get_or_create(sha256="0" * 64, defaults={"size": 1, "mime_type": "image/jpeg"})[0]
    PageScan.objects.bulk_create(
        PageScan(id=row.id, unit_id=row.unit_id, number=number, master=master, width=1, height=1)
        for number, row in enumerate(rows, 1)
    )
    return PageScan.objects.filter(pk__in=[row.id for row in rows])


TRICKY = st.text("工商12号.-\"'*: ()()aé々𬭎\ue010\U0010fe2e%_\\", min_size=1, max_size=40)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TRICKY, min_size=1, max_size=6), word=TRICKY, unwanted=TRICKY)
def test_the_engine_finds_exactly_the_substrings(archive, texts, word, unwanted):
    """Any characters: quotes, wildcards, rare and private ones."""
    unit = archive.first.pk
    folded = {number: text for number, raw in enumerate(texts, 1) if (text := fold(raw))}
    word, unwanted = fold(word)[:6], fold(unwanted)[:2]
    terms = [Term(word)] * (len(word) > 1) + [Term(unwanted, negated=True)] * (len(unwanted) > 1)
    question = Question(tuple(terms))
    rows = [PageText(number, unit, text) for number, text in folded.items()]
    engine().add_pages(rows)
    scans = make_scans(rows)
    try:
        found = sum(map(Counter, engine().pages_by_unit(question, ArchivePage.objects.all())), Counter())
        few = [page for page, _unit in engine().pages_of(question, ArchivePage.objects.all(), [unit], 99)]
        assert sorted(engine().stored_pages([unit]), key=lambda row: row.id) == rows
    finally:
        engine().remove_pages(rows)
        scans._raw_delete(scans.db)
    truth = [
        number for number, text in folded.items()
        if len(word) > 1 and word in text and not (len(unwanted) > 1 and unwanted in text)
    ]  # fmt: skip
    assert found == ({unit: len(truth)} if truth else {})
    assert few == truth
    assert engine().stored_pages([unit]) == []


def test_page_numbers_of_several_parts_are_walked_newest_first(archive):
    """PostgreSQL keeps page texts in parts; what is asked of them must not show that."""
    unit = archive.first.pk
    rows = [PageText(number * 99_999 + 1, unit, f"第{number}页上的字句") for number in range(9)]
    engine().add_pages(rows)
    make_scans(rows)
    found = list(engine().pages_by_unit(parse("页上的字句"), ArchivePage.objects.all()))
    assert found[0][unit] >= 1
    assert sum(lot.get(unit, 0) for lot in found) == len(rows)
    few = engine().pages_of(parse("页上的字句"), ArchivePage.objects.all(), [unit], 3)
    assert [page for page, _unit in few] == [row.id for row in rows][:3]
    assert [page for page, _unit in engine().page_ids(150_000, 2)] == [rows[2].id, rows[3].id]
    engine().remove_pages(rows[4:])
    assert sorted(page.id for page in engine().stored_pages([unit])) == [row.id for row in rows[:4]]


def test_lots_of_hits_are_read_to_the_end(archive, monkeypatch):
    """The hits come in lots; where one ends, the next goes on."""
    from importlib import import_module

    module = import_module(type(engine()).__module__)
    monkeypatch.setattr(module, "FIRST", 2)
    monkeypatch.setattr(module, "MOST" if hasattr(module, "MOST") else "GROWTH", 2)
    rows = [PageText(number, archive.first.pk, "常见的字句") for number in range(1, 12)]
    engine().add_pages(rows)
    lots = list(engine().pages_by_unit(parse("常见的"), ArchivePage.objects.all()))
    assert len(lots) > 2
    assert sum(lot.get(archive.first.pk, 0) for lot in lots) == 11
