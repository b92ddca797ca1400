"""The reference archive: same seed, same archive; a load that was cut off goes on; nothing in it breaks a rule."""

import io
import os

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from fonds.archive_pages.models import ArchivePage, CodeRecord, FilePage, ItemPage, SeriesPage
from fonds.archive_pages.standing import refresh_standing
from fonds.collections.models import DigitalObject, MasterFile, PageScan
from fonds.search.engines import engine
from fonds.search.rebuild import rebuild
from fonds.site.reference import loading
from fonds.site.reference.describing import may_scan
from fonds.site.reference.loading import SAMPLE_ITEM, Order, load, standing
from fonds.site.reference.naming import _CREDIT, _CREDIT_WEIGHTS, UNITS_EACH, enterprise
from fonds.site.reference.plan import PagePlan, items_of, make_plan
from fonds.site.reference.texts import page_text
from fonds.site.reference.workers import WorkerDied, share, spread

SIZES = [(1, 0), (40, 0), (300, 60), (5_000, 1_000), (20_000, 20_000)]


def silent(line: str) -> None:
    assert line


def entries() -> list[tuple]:
    rows = ItemPage.objects.exclude(reference_code=SAMPLE_ITEM).order_by("reference_code")
    return list(
        rows.values_list(
            "reference_code", "title", "document_number", "persons", "date_text", "opening_status", "scan_count",
            "catalogue_class", "content_class",
        )
    )  # fmt: skip


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(loading, "ENTRIES_A_BATCH", 30)
    monkeypatch.setattr(loading, "PAGES_A_BATCH", 100)


@pytest.mark.parametrize(("items", "wide"), SIZES)
def test_a_plan_has_exactly_the_items_asked_for_each_with_a_code_of_its_own(items, wide):
    runs = make_plan(items, wide, seed=3)
    units = [item for run in runs for item in items_of(run)]
    assert len(units) == items
    assert len({unit.code for unit in units}) == items
    assert len({unit.number for unit in units}) == items
    assert max((run.items for run in runs), default=0) >= wide


@pytest.mark.parametrize("pages", [0, 1, 777, 30_000])
def test_a_page_plan_scans_exactly_the_pages_asked_for(pages):
    runs = make_plan(300, 60, seed=1)
    plan = PagePlan(runs, pages, 1, may_scan=lambda number: may_scan(1, number))
    assert sum(plan.scanned(run.kind, item.number) for run in runs for item in items_of(run)) == pages


def test_more_pages_keep_what_fewer_pages_scanned():
    runs = make_plan(300, 60, seed=1)
    few, many = (PagePlan(runs, pages, 1, may_scan=lambda number: True) for pages in (500, 3_000))
    numbers = [(run.kind, item.number) for run in runs for item in items_of(run)]
    assert all(few.scanned(*one) <= many.scanned(*one) for one in numbers)
    assert any(few.scanned(*one) for one in numbers)


def test_the_text_of_a_page_is_a_pure_function_of_its_place():
    texts = [page_text(1, unit, page) for unit in range(40) for page in range(1, 6)]
    assert texts == [page_text(1, unit, page) for unit in range(40) for page in range(1, 6)]
    assert len(set(texts)) == len(texts)
    assert page_text(2, 1, 1) != page_text(1, 1, 1)
    assert 400 < sum(map(len, texts)) / len(texts) < 500


def test_pages_name_the_enterprise_of_their_unit_and_its_former_name():
    numbers = [number for number in range(1, 400) if enterprise(1, number).former_name][:40]
    texts = {n: "".join(page_text(1, n * UNITS_EACH, page) for page in range(1, 41)) for n in numbers}
    assert all(enterprise(1, number).name in text for number, text in texts.items())
    assert sum(enterprise(1, number).former_name in text for number, text in texts.items()) > 30


def test_credit_codes_carry_their_check_character():
    """GB 32100-2015, 4.4."""
    for number in range(200):
        code = enterprise(1, number).credit_code
        total = sum(weight * _CREDIT.index(sign) for weight, sign in zip(_CREDIT_WEIGHTS, code, strict=False))
        assert (total + _CREDIT.index(code[17])) % 31 == 0


def test_an_archive_has_what_was_asked_for_and_a_sound_tree(db, small_batches):
    done = load(Order(items=300, pages=900), silent)
    assert (done.items, done.pages) == standing() == (300, 900)
    assert ArchivePage.find_problems() == ([], [], [], [], [])
    codes = ArchivePage.objects.filter(reference_code__isnull=False).values_list("reference_code", flat=True)
    assert set(CodeRecord.objects.values_list("code", flat=True)) == set(codes)
    assert {unit.category.code for unit in FilePage.objects.select_related("category")} == {"ZY", "KJ", "ZP"}
    assert SeriesPage.objects.filter(numchild=60, reference_code="J021-ZY·GT·1999·Y").exists()
    assert not PageScan.objects.filter(unit__secrecy__startswith="机密").exists()
    assert PageScan.objects.filter(text="").exclude(unit__reference_code=SAMPLE_ITEM).count() == 0
    assert MasterFile.objects.count() == 6
    scans = PageScan.objects.exclude(unit__reference_code=SAMPLE_ITEM)
    assert DigitalObject.objects.exclude(unit__reference_code=SAMPLE_ITEM).count() == scans.count()
    assert all(scan.deep_zoom for scan in scans[:20])


def test_what_is_in_force_for_the_units_is_what_the_rules_say(db):
    load(Order(items=300, pages=0), silent)
    assert len({unit.content_class for unit in ItemPage.objects.all()}) > 3
    for page in ArchivePage.objects.filter(depth=2):
        assert refresh_standing(page.path) == 0


@pytest.mark.once
def test_a_load_that_was_cut_off_goes_on_to_the_same_archive(db, small_batches, monkeypatch):
    load(Order(items=200, pages=400), silent)
    whole = entries()
    ArchivePage.objects.get(reference_code="J021")
    written, add = [], loading.add_branches

    def cut(places):
        if len(written) == 6:
            raise KeyboardInterrupt
        written.append(1)
        return add(places)

    _empty()
    monkeypatch.setattr(loading, "add_branches", cut)
    with pytest.raises(KeyboardInterrupt):
        load(Order(items=200, pages=400), silent)
    assert 0 < ItemPage.objects.count() < 200
    monkeypatch.setattr(loading, "add_branches", add)
    load(Order(items=200, pages=400), silent)
    assert entries() == whole
    again = load(Order(items=200, pages=400), silent)
    assert (again.items, again.pages) == (0, 0)


def _empty() -> None:
    PageScan.objects.all().delete()
    DigitalObject.objects.all().delete()
    CodeRecord.objects.all().delete()
    for page in ArchivePage.objects.filter(depth=2):
        page.specific.delete()


@pytest.mark.once
def test_more_pages_are_added_to_an_archive_that_is_there(db, small_batches):
    load(Order(items=120, pages=200), silent)
    before = set(PageScan.objects.values_list("unit__reference_code", "number", "text"))
    done = load(Order(items=120, pages=500), silent)
    assert (done.items, done.pages, standing()) == (0, 300, (120, 500))
    assert before < set(PageScan.objects.values_list("unit__reference_code", "number", "text"))


@pytest.mark.once
def test_the_command_refuses_an_archive_made_of_other_numbers(db):
    out = io.StringIO()
    call_command("load_reference", items=60, pages=50, stdout=out)
    assert "60 items" in out.getvalue()
    with pytest.raises(CommandError, match="Another reference archive"):
        call_command("load_reference", items=60, pages=50, seed=2, stdout=out)
    with pytest.raises(CommandError, match="at least one item"):
        call_command("load_reference", items=0, pages=50, stdout=out)


def test_the_search_index_can_be_built_at_the_end(db):
    out = io.StringIO()
    call_command("load_reference", items=60, pages=40, index_after=True, stdout=out)
    assert "40 pages" in out.getvalue()
    assert len(engine().page_ids(0, 100)) == 40
    counts = rebuild(lambda *_progress: None, verify=True)
    assert (counts.entries_changed, counts.pages_changed) == (0, 0)


def test_work_is_spread_over_processes_and_the_first_error_ends_it():
    def steps(number):
        for step in range(3):
            yield number, step, os.getpid()

    found = list(spread(steps, 2))
    assert sorted((number, step) for number, step, _pid in found) == [(n, s) for n in range(2) for s in range(3)]
    assert len({pid for _number, _step, pid in found} - {os.getpid()}) == 2
    assert [pid for _number, _step, pid in spread(steps, 1)] == [os.getpid()] * 3

    def fails(number):
        yield 0
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        list(spread(fails, 2))

    def dies(number):
        yield 0
        os._exit(3)

    with pytest.raises(WorkerDied):
        list(spread(dies, 2))


def test_shares_are_of_about_the_same_size_and_keep_their_order():
    sizes = [20, 1, 7, 3, 9, 2]
    shares = share(list(range(6)), sizes, 2)
    assert sorted(shares[0] + shares[1]) == list(range(6))
    assert all(some == sorted(some) for some in shares)
    assert abs(sum(sizes[place] for place in shares[0]) - sum(sizes[place] for place in shares[1])) <= 2
