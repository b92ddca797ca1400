"""Pages are moved, turned, cut and left out; each change can be taken back; masters stay."""

import pytest

from fonds.audit.models import Event
from fonds.collections.batches import arranging
from fonds.collections.batches.states import BatchFault
from fonds.collections.enums import BatchState
from fonds.collections.faults import ScanFault
from fonds.collections.models import MasterFile

from .conftest import CODE, written_page


@pytest.fixture
def pages(batch, take, item):
    """Four pages of one unit."""
    take({f"{CODE}/{number:03}.jpg": written_page(number) for number in range(1, 5)})
    return list(batch.pages.order_by("position"))


def order(batch, unit) -> list[int]:
    return list(batch.pages.filter(unit=unit, is_removed=False).order_by("position").values_list("page", flat=True))


def state(batch) -> list[tuple]:
    return sorted(
        (row.pk, row.unit_id, row.position, row.page, str(row.steps), row.width, row.height, row.is_removed)
        for row in batch.pages.all()
    )


def test_a_page_is_put_before_another(batch, pages, item):
    arranging.move_pages(batch, [pages[3].pk], item, before=pages[1].pk)
    assert order(batch, item) == [1, 4, 2, 3]


def test_pages_go_to_another_unit_and_close_the_gap_they_leave(batch, pages, item, make_item):
    other = make_item(2)
    arranging.move_pages(batch, [pages[1].pk, pages[0].pk], other)
    assert order(batch, other) == [2, 1]
    assert list(batch.pages.filter(unit=item).order_by("position").values_list("position", flat=True)) == [1, 2]


def test_a_unit_is_split_from_a_page_on_and_merged_again(batch, pages, item, make_item):
    other = make_item(2)
    arranging.split_unit(batch, pages[2].pk, other)
    assert (order(batch, item), order(batch, other)) == ([1, 2], [3, 4])
    arranging.move_pages(batch, [pages[2].pk, pages[3].pk], item)
    assert order(batch, item) == [1, 2, 3, 4]


def test_turns_add_up_and_change_width_and_height(batch, pages):
    key = pages[0].pk
    for _time in range(3):
        arranging.adjust_pages(batch, [key], {"turn": 90})
    row = batch.pages.get(pk=key)
    assert (row.steps, row.width, row.height) == ([{"turn": 270}], pages[0].height, pages[0].width)
    arranging.adjust_pages(batch, [key], {"turn": 90})
    row.refresh_from_db()
    assert (row.steps, row.width, row.height) == ([], pages[0].width, pages[0].height)


def test_a_double_page_is_halved_and_joined(batch, pages, item):
    arranging.halve_page(batch, pages[1].pk)
    halves = list(batch.pages.filter(sha256=pages[1].sha256).order_by("position"))
    assert [half.position for half in halves] == [2, 3]
    assert [half.steps for half in halves] == [[{"crop": [0, 0, 0.5, 1]}], [{"crop": [0.5, 0, 1, 1]}]]
    assert sum(half.width for half in halves) == pytest.approx(pages[1].width, abs=1)
    arranging.join_pages(batch, [half.pk for half in halves])
    assert order(batch, item) == [1, 2, 3, 4]
    assert batch.pages.get(pk=pages[1].pk).steps == []


def test_a_page_takes_the_place_of_another(batch, pages, item, take):
    take({"better.jpg": written_page(20)}, "again")
    better = batch.pages.get(unit=None)
    arranging.replace_page(batch, pages[1].pk, better.pk)
    rows = list(batch.pages.filter(unit=item, is_removed=False).order_by("position"))
    assert [row.name for row in rows][1] == "better.jpg"
    assert batch.pages.get(pk=pages[1].pk).is_removed


def test_left_out_pages_come_back(batch, pages, item):
    arranging.remove_pages(batch, [pages[0].pk])
    assert order(batch, item) == [2, 3, 4]
    arranging.remove_pages(batch, [pages[0].pk], back=True)
    assert order(batch, item) == [2, 3, 4, 1]


def test_every_change_is_taken_back_exactly_and_recorded(batch, pages, item, make_item, take):
    other = make_item(2)
    take({"loose.jpg": written_page(30)}, "again")
    loose = batch.pages.get(unit=None).pk
    first, second, third, _fourth = (page.pk for page in pages)
    changes = [
        lambda: arranging.move_pages(batch, [third], item, before=first),
        lambda: arranging.split_unit(batch, second, other),
        lambda: arranging.adjust_pages(batch, [first, second], {"turn": 180}),
        lambda: arranging.halve_page(batch, first, at=0.4),
        lambda: arranging.set_adjustments(batch, second, [{"straighten": 1.0}, {"contrast": [5, 95]}]),
        lambda: arranging.replace_page(batch, second, loose),
        lambda: arranging.remove_pages(batch, [third]),
        lambda: arranging.move_pages(batch, [first], None),
    ]
    before = []
    for change in changes:
        before.append(state(batch))
        change()
        assert state(batch) != before[-1]
    for stood in reversed(before):
        arranging.undo(batch)
        assert state(batch) == stood
    with pytest.raises(BatchFault):
        arranging.undo(batch)
    assert Event.objects.filter(action="batch.undo").count() == len(changes)


def test_masters_stay_whatever_is_done(batch, pages):
    before = set(MasterFile.objects.values_list("sha256", "size"))
    arranging.halve_page(batch, pages[0].pk)
    arranging.remove_pages(batch, [page.pk for page in pages[1:]])
    assert set(MasterFile.objects.values_list("sha256", "size")) == before


@pytest.mark.parametrize(
    "step",
    [
        {"turn": 45}, {"turn": "90"}, {"crop": [0, 0, 2, 1]}, {"crop": [0.5, 0, 0.5, 1]}, {"crop": [float("nan"), 0, 1, 1]},
        {"straighten": 90}, {"contrast": [90, 10]}, {"run": "script"}, {},
    ],
)  # fmt: skip
def test_an_impossible_adjustment_is_refused_and_changes_nothing(batch, pages, step):
    before = state(batch)
    with pytest.raises(ScanFault):
        arranging.adjust_pages(batch, [pages[0].pk], step)
    assert state(batch) == before


def test_pages_of_other_pictures_are_not_joined(batch, pages):
    with pytest.raises(BatchFault):
        arranging.join_pages(batch, [pages[0].pk, pages[1].pk])


def test_a_unit_marked_secret_takes_no_pages(batch, pages, make_item):
    secret = make_item(2)
    type(secret).objects.filter(pk=secret.pk).update(secrecy="机密★10年")
    secret.refresh_from_db()
    with pytest.raises(ScanFault):
        arranging.move_pages(batch, [pages[0].pk], secret)


def test_pages_of_another_batch_are_not_touched(batch, pages):
    from fonds.collections.models import ScanBatch

    other = ScanBatch.objects.create(title="Other")
    with pytest.raises(BatchFault):
        arranging.remove_pages(other, [pages[0].pk])
    assert not batch.pages.filter(is_removed=True).exists()


@pytest.mark.parametrize("later", [BatchState.CHECKING, BatchState.PASSED, BatchState.CLOSED])
def test_past_arranging_nothing_can_be_changed_or_taken_back(batch, pages, later):
    arranging.adjust_pages(batch, [pages[0].pk], {"turn": 90})
    type(batch).objects.update(state=later)
    with pytest.raises(BatchFault):
        arranging.adjust_pages(batch, [pages[0].pk], {"turn": 90})
    with pytest.raises(BatchFault):
        arranging.undo(batch)


def test_a_leaning_page_is_straightened_by_what_was_measured(batch, take, item):
    import pyvips
    from django.core.files.storage import storages

    from fonds.collections.page_images import open_page
    from fonds.collections.page_measures import measure, small
    from fonds.collections.storage import local_path

    take({f"{CODE}/001.jpg": written_page(1, lean=3)})
    row = batch.pages.get()
    arranging.straighten_pages(batch, [row.pk])
    row = batch.pages.select_related("master").get()
    with local_path(storages["masters"], row.master.key) as path:
        picture = open_page(row, path)
        assert isinstance(picture, pyvips.Image)
        assert (picture.width, picture.height) == (row.width, row.height)
        assert abs(measure(small(picture)).skew) <= 0.2
