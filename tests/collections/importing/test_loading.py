"""What an import writes, and that it writes all or nothing."""

import pytest
from django.core.exceptions import PermissionDenied
from wagtail.models import PageLogEntry

from fonds.access.models import User
from fonds.archive_pages.importing import loading
from fonds.archive_pages.models import ArchivePage, CodeRecord, FilePage, ItemPage, SeriesPage
from fonds.collections.importing.actions import perform
from tests.clearances import cleared

OPENING_HEAD = ("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注", "开放标识")


def test_items_are_arranged_by_category_year_and_period(bring_in, row, write_xlsx, fonds):
    rows = [row(1), row(2), row(3, 档号="J037-WS·2008-Y-RJC-0001"), row(4, 档号="J037-WS·2009-Y-RJC-0001")]
    outcome = bring_in(write_xlsx(rows))
    assert outcome.loaded.created == 4
    series = SeriesPage.objects.order_by("path").values_list("reference_code", "title", "numchild")
    assert list(series) == [
        ("J037-WS", "文书档案", 2),
        ("J037-WS·2008", "2008年度", 2),
        ("J037-WS·2008-D30", "定期30年", 2),
        ("J037-WS·2008-Y", "永久", 1),
        ("J037-WS·2009", "2009年度", 1),
        ("J037-WS·2009-Y", "永久", 1),
    ]
    item = ItemPage.objects.get(reference_code="J037-WS·2008-D30-BGS-0002")
    assert (item.retention.code, item.department.code, item.year) == ("D30", "BGS", 2008)
    assert item.get_parent().reference_code == "J037-WS·2008-D30"
    assert (item.live, item.opening_status, item.is_open) == (True, "unreviewed", False)
    assert ArchivePage.find_problems() == ([], [], [], [], [])
    assert CodeRecord.objects.filter(page=item).exists()
    entry = PageLogEntry.objects.get(action="archive_pages.import")
    assert (entry.page_id, entry.data["created"], entry.data["list"]) == (fonds.pk, 4, "归档文件目录.xlsx")


def test_a_second_list_joins_the_series_that_are_there(bring_in, row, write_xlsx):
    bring_in(write_xlsx([row(1)]))
    outcome = bring_in(write_xlsx([row(2)]))
    assert outcome.loaded.arranged == []
    assert SeriesPage.objects.get(reference_code="J037-WS·2008-D30").numchild == 2


def test_codes_with_a_file_put_items_into_files(fonds, row, write_xlsx):
    from fonds.archive_pages.models import Category
    from fonds.collections.importing.actions import Order, analysed

    rows = [row(1, 档号="J037-ZY·1992·Y-0001-001"), row(2, 档号="J037-ZY·1992·Y-0001-002")]
    with analysed(Order(write_xlsx(rows), fonds, Category.objects.get(code="ZY"), "list.xlsx")) as analysis:
        perform(analysis)
    assert FilePage.objects.get().reference_code == "J037-ZY·1992·Y-0001"
    assert FilePage.objects.get().numchild == 2


def test_the_column_of_the_opening_status_opens(bring_in, row, write_xlsx):
    outcome = bring_in(write_xlsx([[*row(1), "开放"], [*row(2), "控制"], [*row(3), None]], head=OPENING_HEAD))
    states = ItemPage.objects.order_by("path").values_list("opening_status", "content_class")
    assert [(status, inside == 0) for status, inside in states] == [
        ("open", True), ("controlled", False), ("unreviewed", False),
    ]  # fmt: skip
    assert len(outcome.sentences()) == 2


def test_rows_under_a_closed_series_are_named(bring_in, row, write_xlsx):
    bring_in(write_xlsx([row(1)]))
    outcome = bring_in(write_xlsx([[*row(2), "开放"]], head=OPENING_HEAD))
    assert not ItemPage.objects.filter(content_class=0).exists()
    assert "J037-WS、J037-WS·2008、J037-WS·2008-D30" in outcome.sentences()[-1]


def test_the_same_list_again_changes_nothing_and_says_so(look, bring_in, row, write_xlsx, settings):
    settings.LANGUAGE_CODE = "en"
    path = write_xlsx([row(number, 页数=2) for number in range(1, 6)])
    bring_in(path)
    before = list(ArchivePage.objects.order_by("path").values())
    for update in (False, True):
        analysis = look(path, update=update)
        assert analysis.changes_nothing
        assert analysis.counts()["unchanged"] == 5
        assert bring_in(path, update=update).sentences() == ["Nothing changed: all 5 rows are in the archive already."]
    assert list(ArchivePage.objects.order_by("path").values()) == before
    assert PageLogEntry.objects.filter(action="archive_pages.import").count() == 1


def test_update_shows_the_changes_and_then_writes_them(look, bring_in, row, write_xlsx):
    bring_in(write_xlsx([row(1), row(2)]))
    path = write_xlsx([row(1, 题名="新题名", 页数=9), row(2), row(3)])
    analysis = look(path, update=True)
    shown = [(change.code[-4:], change.field, change.old, change.new) for change in analysis.changes]
    assert shown == [("0001", "title", "关于印发第1号工作要点的通知", "新题名"), ("0001", "page_count", None, 9)]
    assert ItemPage.objects.count() == 2
    outcome = bring_in(path, update=True)
    assert (outcome.loaded.created, outcome.loaded.updated, outcome.loaded.unchanged) == (1, 1, 1)
    unit = ItemPage.objects.get(reference_code="J037-WS·2008-D30-BGS-0001")
    assert (unit.title, unit.page_count) == ("新题名", 9)
    assert "新题名" in unit.search_text


def test_a_unit_with_unpublished_changes_is_in_conflict(look, bring_in, row, write_xlsx):
    bring_in(write_xlsx([row(1)]))
    unit = ItemPage.objects.get()
    unit.title = "编辑中"
    unit.save_revision()
    ItemPage.objects.update(has_unpublished_changes=True)
    analysis = look(write_xlsx([row(1, 题名="另一题名")]), update=True)
    assert [fault.row for fault in analysis.errors] == [2]
    assert analysis.changes == []


def test_with_faults_nothing_is_imported_unless_sound_rows_are_wanted(look, bring_in, row, write_xlsx):
    path = write_xlsx([row(1), row(2, 日期="20081332"), row(3)])
    assert not look(path).may_import
    with pytest.raises(ValueError, match="faults"):
        bring_in(path)
    assert not SeriesPage.objects.exists()
    outcome = bring_in(path, skip_faulty=True)
    assert (outcome.loaded.created, outcome.loaded.skipped) == (2, 1)
    assert sorted(ItemPage.objects.values_list("reference_code", flat=True)) == [
        "J037-WS·2008-D30-BGS-0001",
        "J037-WS·2008-D30-BGS-0003",
    ]


@pytest.mark.parametrize("breaks_at", ["add_units", "_update"])
def test_a_crash_half_way_leaves_nothing_behind(bring_in, row, write_xlsx, monkeypatch, breaks_at):
    bring_in(write_xlsx([row(1)]))
    before = list(ArchivePage.objects.order_by("path").values("path", "numchild", "title", "reference_code"))
    codes = CodeRecord.objects.count()
    real, calls = getattr(loading, breaks_at), []

    def broken(*args, **kwargs):
        calls.append(args)
        result = real(*args, **kwargs)
        if breaks_at == "_update" or len(calls) == 2:
            raise RuntimeError("the power fails")
        return result

    monkeypatch.setattr(loading, breaks_at, broken)
    path = write_xlsx([row(1, 题名="新题名"), row(2), row(3, 档号="J037-WS·2008-Y-RJC-0001")])
    with pytest.raises(RuntimeError, match="power"):
        bring_in(path, update=True)
    assert list(ArchivePage.objects.order_by("path").values("path", "numchild", "title", "reference_code")) == before
    assert CodeRecord.objects.count() == codes
    monkeypatch.undo()
    assert bring_in(path, update=True).loaded.created == 2


def test_only_who_may_import_imports(bring_in, row, write_xlsx):
    with pytest.raises(PermissionDenied):
        bring_in(write_xlsx([row(1)]), user=User.objects.create_user("reader"))
    assert not ItemPage.objects.exists()


def test_the_number_of_statements_does_not_follow_the_rows(bring_in, row, write_xlsx, django_assert_max_num_queries):
    bring_in(write_xlsx([row(1)]))
    with django_assert_max_num_queries(90):
        bring_in(write_xlsx([row(number) for number in range(2, 302)]))
    assert ItemPage.objects.count() == 301


def test_of_a_hidden_unit_an_import_tells_and_changes_nothing(look, bring_in, row, write_xlsx, django_user_model):
    bring_in(write_xlsx([row(1), row(2)]))
    hidden = ItemPage.objects.get(reference_code__endswith="0001")
    ArchivePage.objects.filter(pk=hidden.pk).update(catalogue_class=30_000, content_class=30_000)
    editor = cleared(django_user_model.objects.create_user("archivist"))
    for update in (False, True):
        for title in (hidden.title, "另一题名"):
            analysis = look(write_xlsx([row(1, 题名=title), row(2, 题名="改")]), update=update, user=editor)
            (fault,) = [fault for fault in analysis.errors if fault.row == 2]
            assert hidden.reference_code in fault.sentence
            assert (fault.column, hidden.title in fault.sentence) == ("档号", False)
            assert [change.code[-4:] for change in analysis.changes] == (["0002"] if update else [])
