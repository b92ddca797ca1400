"""The index follows every change in its transaction, and what is gone is gone from every table of it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction

from fonds.access.enums import Rank
from fonds.archive_pages import codes, ranks
from fonds.archive_pages.bulk import add_units, update_units
from fonds.archive_pages.models import ArchivePage, ItemPage
from fonds.collections.models import PageScan
from fonds.collections.scans import set_texts
from fonds.search.engines import engine
from fonds.search.find import find_units
from fonds.search.index import index_pages
from fonds.search.models import IndexedEntry
from fonds.search.query import parse
from fonds.search.rebuild import rebuild
from fonds.search.state import OldIndex
from fonds.search.updates import put_off

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()


def found(query: str, user=VISITOR) -> list[str]:
    return sorted(unit.reference_code[-4:] for unit in find_units(query, user).hits)


def test_saving_is_found_at_once_and_the_old_words_no_more(archive):
    item = archive.first
    item.title = "改正后的题名"
    item.save()
    assert found("改正后") == ["0001"]
    assert found("关于第1号") == []


def test_a_change_that_is_undone_leaves_the_index_as_it_was(archive):
    with transaction.atomic():
        archive.first.title = "没有写成的题名"
        archive.first.save()
        transaction.set_rollback(True)
    assert found("没有写成") == []
    assert found("第1号") == ["0001"]


def test_publishing_and_unpublishing(archive, staff):
    item = ItemPage.objects.get(pk=archive.third.pk)
    item.title = "草稿里的题名"
    revision = item.save_revision()
    assert found("草稿里", staff) == []
    revision.publish()
    assert found("草稿里") == ["0003"]
    ItemPage.objects.get(pk=item.pk).unpublish()
    assert found("草稿里", staff) == []


def test_bulk_loading_and_bulk_changes(archive):
    archive.series.refresh_from_db()
    made = [
        ItemPage(title=f"成批的第{n}件", reference_code=f"J037-WS·2008-Y-BGS-01{n:02}", opening_status="open")
        for n in range(1, 31)
    ]
    add_units(archive.series, made)
    assert find_units("成批的", VISITOR).count == 30
    made[0].title = "改了一件"
    update_units(made[:1], ["title"])
    assert found("改了一件") == ["0101"]
    assert find_units("成批的", VISITOR).count == 29


def test_moving_changes_who_may_see_it_at_once(archive):
    from fonds.archive_pages.models import SeriesPage

    archive.fonds.refresh_from_db()
    closed = archive.fonds.add_child(
        instance=SeriesPage(title="不开放的类目", reference_code="J037-WS·2009", opening_status="controlled")
    )
    item = ArchivePage.objects.get(pk=archive.first.pk)
    item.move(closed, pos="last-child")
    assert found("建国") == []
    ArchivePage.objects.get(pk=item.pk).move(ArchivePage.objects.get(pk=archive.series.pk), pos="last-child")
    assert found("建国") == ["0001"]


def test_a_change_of_rank_needs_no_change_of_the_index(archive, staff, pages):
    pages(archive.first, "页面上的秘密字句")
    assert found("秘密字句") == ["0001"]
    ranks.set_ranks(
        archive.series, catalogue_rank=Rank.PUBLIC, content_rank=Rank.STAFF, closed_until=None, reason="试", user=staff
    )
    assert found("秘密字句") == []
    assert found("秘密字句", staff) == ["0001"]
    assert found("第1号") == ["0001"]


def test_a_former_code_finds_the_unit_in_part_too(archive):
    codes.renumber(archive.first, "J037-WS·2008-Y-BGS-0777", "编错了")
    assert found("BGS-0001") == ["0777"]
    assert found("code:J037-WS·2008-Y-BGS-00*") == ["0003", "0777"]
    assert found("0777") == ["0777"]


def test_a_unit_that_is_deleted_leaves_nothing(archive):
    pk = archive.first.pk
    ItemPage.objects.get(pk=pk).delete()
    assert not IndexedEntry.objects.filter(pk=pk).exists()
    assert found("建国") == []
    assert not list(ArchivePage.objects.filter(engine().entries(parse("建国").words[0])))


def test_deleting_a_branch_takes_out_all_below_it(archive):
    keys = list(ArchivePage.objects.filter(path__startswith=archive.fonds.path).values_list("pk", flat=True))
    ArchivePage.objects.get(pk=archive.fonds.pk).delete()
    assert not IndexedEntry.objects.filter(pk__in=keys).exists()


def test_page_texts_that_are_stored_corrected_and_removed(archive, pages):
    first, second = pages(archive.first, "第一页说到绍兴", "黄酒在第二页")
    assert found("绍兴黄酒") == ["0001"], "across the break"
    set_texts({second.pk: "茶叶在第二页"})
    assert found("绍兴黄酒") == []
    assert found("绍兴茶叶") == ["0001"]
    second.text = "丝绸"
    second.save()
    assert found("绍兴丝绸") == ["0001"]
    PageScan.objects.filter(pk=second.pk).delete()
    assert found("丝绸") == []
    assert [page.text for page in engine().stored_pages([archive.first.pk])] == ["第1页说到绍兴"]
    PageScan.objects.filter(pk=first.pk).delete()
    assert engine().stored_pages([archive.first.pk]) == []
    assert found("说到绍兴") == []


def test_text_of_a_removed_page_is_in_no_table_of_the_index(archive, pages):
    pages(archive.first, "独一无二的鼋鼍字句")
    PageScan.objects.filter(unit=archive.first.pk).delete()
    engine().tidy() if connection.vendor == "sqlite" else None
    assert "鼋鼍" not in contents()
    pages(archive.first, "独一无二的鼋鼍字句")
    assert "鼋鼍" in contents()


def contents() -> str:
    """Everything that stands in the tables of the index, as text."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name.startswith("search_")]
        pieces = []
        for table in tables:
            if table in ("search_entry_fts", "search_page_fts"):
                continue
            cursor.execute(f"SELECT * FROM {table}")
            for row in cursor.fetchall():
                pieces += [cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell) for cell in row]
    return "\n".join(pieces)


def test_writing_the_same_again_changes_nothing(archive, pages):
    pages(archive.first, "一页", "两页")
    assert index_pages([archive.first.pk]) == 0


def test_a_load_can_put_the_index_off(archive):
    with put_off():
        archive.add_item(9, title="以后再编入")
    with pytest.raises(OldIndex):
        found("以后再编入")
    rebuild(lambda *_progress: None)
    assert found("以后再编入") == ["0009"]


def test_the_number_of_statements_does_not_follow_the_number_of_units(archive, django_assert_max_num_queries):
    archive.series.refresh_from_db()
    made = [ItemPage(title=f"第{n}件", reference_code=f"J037-WS·2008-Y-BGS-1{n:03}") for n in range(200)]
    with django_assert_max_num_queries(70):
        add_units(archive.series, made)
