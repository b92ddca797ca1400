import pytest
from django.db import transaction

from fonds.archive_pages.bulk import add_units, update_units
from fonds.archive_pages.codes import CodeTaken
from fonds.archive_pages.finding import find_by_words
from fonds.archive_pages.models import ArchivePage, CodeRecord, ItemPage
from fonds.archive_pages.signals import units_written


def items(start: int, count: int, **fields) -> list[ItemPage]:
    return [
        ItemPage(
            title=f"通知 {number}",
            reference_code=f"J037-WS·2008-D30-BGS-{number:04}",
            date_text="200803",
            **{"note": f"备注 {number}", **fields},
        )
        for number in range(start, start + count)
    ]


def columns(page: ArchivePage) -> dict:
    left_out = {"id", "translation_key", "latest_revision_created_at", "archivepage_ptr", "latest_revision"}
    left_out |= {"first_published_at", "last_published_at", "live_revision", "path"}
    return {
        field.name: getattr(page, field.attname) for field in page._meta.concrete_fields if field.name not in left_out
    }


def test_bulk_rows_are_what_add_child_writes(series):
    one = series.add_child(instance=items(1, 1, opening_status="open")[0])
    series.refresh_from_db()
    add_units(series, items(2, 1, opening_status="open"))
    bulk = ItemPage.objects.get(reference_code="J037-WS·2008-D30-BGS-0002")
    wanted, found = columns(ItemPage.objects.get(pk=one.pk)), columns(bulk)
    differing = {name for name in wanted if found[name] != wanted[name]}
    assert differing == {
        "title", "draft_title", "slug", "url_path", "reference_code", "sort_key", "search_text", "note",
    }  # fmt: skip
    assert bulk.url_path.endswith("/j037-ws_2008-d30-bgs-0002/")
    assert bulk.first_published_at is not None


def test_the_tree_is_sound_and_children_can_be_added_afterwards(series):
    add_units(series, items(1, 40))
    series.refresh_from_db()
    series.add_child(instance=items(41, 1)[0])
    add_units(series, items(42, 3))
    series.refresh_from_db()
    assert series.numchild == 44
    assert ArchivePage.find_problems() == ([], [], [], [], [])
    assert [page.reference_code[-4:] for page in series.get_children()] == [f"{n:04}" for n in range(1, 45)]
    assert CodeRecord.objects.filter(code__startswith="J037-WS·2008-D30-BGS-").count() == 44


def test_units_under_a_closed_series_are_not_open(series):
    series.opening_status = "controlled"
    series.save()
    add_units(series, items(1, 2, opening_status="open"))
    assert not ItemPage.objects.filter(content_class=0).exists()


def test_units_under_an_open_series_are_open_and_indexed(series, django_capture_on_commit_callbacks):
    told = []
    units_written.connect(lambda pages, **kwargs: told.extend(pages), weak=False, dispatch_uid="test")
    with django_capture_on_commit_callbacks(execute=True):
        add_units(series, items(1, 2, opening_status="open"))
    units_written.disconnect(dispatch_uid="test")
    assert ItemPage.objects.filter(content_class=0).count() == 2
    assert len(told) == 2
    assert {unit.pk for unit in find_by_words(ArchivePage.objects.all(), "BGS-000")} >= set(told)


def test_a_code_given_before_stops_everything(series):
    add_units(series, items(5, 1))
    CodeRecord.objects.create(code="J037-WS·2008-D30-BGS-0003")
    with pytest.raises(CodeTaken), transaction.atomic():
        add_units(series, items(1, 4))
    assert ItemPage.objects.count() == 1


def test_the_number_of_statements_does_not_follow_the_number_of_units(series, django_assert_max_num_queries):
    with django_assert_max_num_queries(60):
        add_units(series, items(1, 200))


def test_changes_reach_the_draft_of_the_editor(series):
    add_units(series, items(1, 1))
    unit = ItemPage.objects.get()
    unit.save_revision()
    unit.title, unit.note, unit.date_text = "新题名", "新备注", "[20080401]"
    update_units([unit], ["title", "note", "date_text"])
    unit = ItemPage.objects.get()
    assert (unit.title, unit.draft_title, unit.note, str(unit.date_start)) == (
        "新题名",
        "新题名",
        "新备注",
        "2008-04-01",
    )
    assert "新题名" in unit.search_text
    assert unit.get_latest_revision_as_object().title == "新题名"
