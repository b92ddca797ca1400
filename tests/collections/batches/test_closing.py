"""The check by eye decides; what passed becomes the page scans of its units, and nothing of them is lost."""

import pytest
from django.core.management import CommandError, call_command

from fonds.collections.batches import arranging, checking
from fonds.collections.batches.closing import close_batch
from fonds.collections.batches.matching import load_pages
from fonds.collections.batches.states import BatchFault
from fonds.collections.derivatives import make_derivatives
from fonds.collections.enums import BatchState
from fonds.collections.models import DigitalObject, MasterFile, PageScan, RecognisedText, ScanBatch
from fonds.collections.page_images import page_source
from fonds.collections.recognising.actions import keep_text, to_recognise
from fonds.collections.recognising.lines import Line
from fonds.collections.scans import add_scans
from fonds.reports.models import Job

from .conftest import CODE, written_page

LINE = Line("越州", 0.1, 0.1, 0.3, 0.2, ((0.1, 0.2), (0.2, 0.3)))


@pytest.fixture
def pages(batch, take, item):
    take({f"{CODE}/{number:03}.jpg": written_page(number) for number in range(1, 4)})
    return list(batch.pages.order_by("position"))


def judge_all(batch, verdict: str = "good") -> None:
    for page in checking.sample_of(batch):
        checking.judge(page, verdict)


def pass_check(batch) -> None:
    checking.begin_check(batch)
    judge_all(batch)
    assert checking.finish_check(batch) == BatchState.PASSED


def test_the_sample_is_a_share_of_the_pages_and_one_at_least(batch, take, item, pages):
    assert checking.begin_check(batch) == 1
    checking.reopen(batch)
    take({f"{CODE}/{number:03}.jpg": written_page(number) for number in range(4, 24)})
    assert checking.begin_check(batch) == 2  # 5 % of 23, rounded up
    assert checking.sample_of(batch).count() == 2


def test_nothing_is_checked_before_all_is_sorted(batch, pages, take):
    take({"loose.jpg": written_page(9), "broken.jpg": b""}, "again")
    with pytest.raises(BatchFault):
        checking.begin_check(batch)
    arranging.dismiss_faulty(batch)
    with pytest.raises(BatchFault):
        checking.begin_check(batch)
    arranging.remove_pages(batch, [batch.pages.get(name="loose.jpg").pk])
    assert checking.begin_check(batch) == 1


def test_a_check_is_only_finished_when_all_is_judged(batch, pages):
    checking.begin_check(batch)
    with pytest.raises(BatchFault):
        checking.finish_check(batch)
    page = checking.sample_of(batch).get()
    with pytest.raises(BatchFault):
        checking.judge(page, "splendid")
    other = batch.pages.filter(is_sampled=False).first()
    with pytest.raises(BatchFault):
        checking.judge(other, "good")


def test_a_batch_below_the_limit_goes_back_and_the_new_scan_takes_the_place(batch, pages, take, item):
    checking.begin_check(batch)
    judge_all(batch, "blurred")
    assert checking.finish_check(batch) == BatchState.RETURNED
    bad = checking.to_scan_again(batch).get()
    with pytest.raises(BatchFault):
        close_batch(batch)
    take({bad.name: written_page(40)}, "again")
    batch.refresh_from_db()
    assert batch.state == BatchState.OPEN
    assert batch.pages.get(pk=bad.pk).is_removed
    assert batch.pages.filter(unit=item, is_removed=False).count() == 3
    pass_check(batch)
    close_batch(batch)
    assert item.page_scans.count() == 3
    assert not item.page_scans.filter(sha256=bad.sha256).exists()


def test_a_batch_that_passed_becomes_page_scans(batch, pages, item):
    pass_check(batch)
    written = close_batch(batch)
    scans = list(item.page_scans.order_by("number"))
    assert [scan.sha256 for scan in scans] == [page.sha256 for page in pages]
    assert [scan.pk for scan in scans] == written
    item.refresh_from_db()
    assert (item.scan_count, item.page_count) == (3, 3)
    assert list(DigitalObject.objects.values_list("name", flat=True)) == ["001.jpg", "002.jpg", "003.jpg"]
    batch.refresh_from_db()
    assert batch.state == BatchState.CLOSED
    with pytest.raises(BatchFault):
        close_batch(batch)


def test_a_closing_that_was_cut_off_is_gone_on_with(batch, take, make_item):
    first, second = make_item(1), make_item(2)
    take({f"{unit.reference_code}/001.jpg": written_page(unit.pk) for unit in (first, second)})
    pass_check(batch)

    def killed(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        close_batch(batch, progress=killed)
    batch.refresh_from_db()
    assert (batch.state, first.page_scans.count(), second.page_scans.count()) == (BatchState.PASSED, 1, 0)
    kept = first.page_scans.get().pk
    assert len(close_batch(batch)) == 1
    assert first.page_scans.get().pk == kept
    assert second.page_scans.count() == 1


@pytest.fixture
def corrected(item, delivery):
    """A unit with three scans and their texts, and a batch begun with them."""
    folder = delivery({f"{number:03}.jpg": written_page(number) for number in (1, 2, 3)}, "first")
    scans = add_scans(item, sorted(folder.glob("*.jpg")))
    for scan in scans:
        make_derivatives(scan)
        keep_text(scan, [LINE])
    batch = ScanBatch.objects.create(title="Correction", corrects=item)
    return batch, load_pages(batch, item), scans


def test_pages_put_in_another_order_keep_their_rows_and_texts(corrected, item):
    batch, pages, scans = corrected
    arranging.move_pages(batch, [pages[2].pk], item, before=pages[0].pk)
    assert close_batch(batch) == []
    now = list(item.page_scans.order_by("number"))
    assert [scan.pk for scan in now] == [scans[2].pk, scans[0].pk, scans[1].pk]
    assert all(scan.text == "越州" and scan.deep_zoom for scan in now)
    assert RecognisedText.objects.count() == 3


def test_a_turned_page_gets_new_pictures_and_is_read_again_and_its_master_stays(corrected, item):
    batch, pages, scans = corrected
    masters = set(MasterFile.objects.values_list("key", flat=True))
    arranging.adjust_pages(batch, [pages[0].pk], {"turn": 90})
    assert close_batch(batch) == [scans[0].pk]
    scan = item.page_scans.get(number=1)
    assert not scan.deep_zoom
    assert list(to_recognise(type(item).objects.filter(pk=item.pk))) == [scan]
    make_derivatives(scan)
    assert (scan.width, scan.height) == (scans[0].height, scans[0].width)
    source = page_source(scan)
    assert (source.width, source.height) == (scan.width, scan.height)
    assert set(MasterFile.objects.values_list("key", flat=True)) == masters
    assert page_source(item.page_scans.get(number=2)).data == scans[1].master.open().read()


def test_contrast_is_for_the_screen_alone(corrected, item):
    batch, pages, scans = corrected
    arranging.set_adjustments(batch, pages[0].pk, [{"contrast": [10, 80]}])
    close_batch(batch)
    scan = item.page_scans.get(number=1)
    assert page_source(scan).data == scans[0].master.open().read()
    assert RecognisedText.objects.filter(scan=scan).exists()
    make_derivatives(scan)
    assert scan.preview != scans[0].preview


def test_halves_share_a_master_and_each_has_its_pictures(corrected, item):
    batch, pages, _scans = corrected
    arranging.halve_page(batch, pages[1].pk)
    close_batch(batch)
    halves = list(item.page_scans.filter(sha256=pages[1].sha256).order_by("number"))
    assert [half.number for half in halves] == [2, 3]
    for half in halves:
        make_derivatives(half)
    assert halves[0].deep_zoom != halves[1].deep_zoom
    assert halves[0].width + halves[1].width == pages[1].width
    assert DigitalObject.objects.filter(unit=item).count() == 3


def test_pages_that_go_to_another_unit_take_their_texts_along_and_leave_the_first(corrected, item, make_item):
    batch, pages, scans = corrected
    other = make_item(2)
    arranging.split_unit(batch, pages[1].pk, other)
    assert close_batch(batch) == []
    assert [scan.pk for scan in item.page_scans.order_by("number")] == [scans[0].pk]
    moved = list(other.page_scans.order_by("number"))
    assert [(scan.pk, scan.number, scan.text) for scan in moved] == [(scans[1].pk, 1, "越州"), (scans[2].pk, 2, "越州")]
    assert RecognisedText.objects.count() == 3
    item.refresh_from_db()
    other.refresh_from_db()
    assert (item.scan_count, other.scan_count) == (1, 2)
    assert DigitalObject.objects.filter(unit=other).count() == 2


def test_a_unit_merged_into_another_has_no_pages_left_and_undo_brings_none_twice(corrected, item, make_item):
    batch, pages, scans = corrected
    other = make_item(2)
    arranging.move_pages(batch, [page.pk for page in pages], other)
    arranging.move_pages(batch, [pages[0].pk], item)
    arranging.undo(batch)
    assert batch.pages.count() == 3
    close_batch(batch)
    assert not item.page_scans.exists()
    assert [scan.pk for scan in other.page_scans.order_by("number")] == [scan.pk for scan in scans]
    item.refresh_from_db()
    assert item.scan_count == 0
    assert not DigitalObject.objects.filter(unit=item).exists()


def test_a_change_is_taken_back_although_a_unit_is_gone(batch, pages, make_item):
    other = make_item(2)
    arranging.move_pages(batch, [pages[0].pk], other)
    arranging.move_pages(batch, [pages[0].pk], pages[0].unit)
    other.delete()
    arranging.undo(batch)
    assert batch.pages.get(pk=pages[0].pk).unit is None


def test_scans_that_came_from_elsewhere_meanwhile_are_not_overwritten(corrected, item, delivery):
    batch, pages, _scans = corrected
    arranging.adjust_pages(batch, [pages[0].pk], {"turn": 90})
    add_scans(item, sorted(delivery({"001.jpg": written_page(50)}, "other").glob("*.jpg")), replace=True)
    with pytest.raises(BatchFault):
        close_batch(batch)
    assert item.page_scans.count() == 1


def test_a_unit_marked_secret_meanwhile_takes_nothing_over(batch, pages, item):
    pass_check(batch)
    type(item).objects.filter(pk=item.pk).update(secrecy="绝密")
    with pytest.raises(Exception, match="绝密"):
        close_batch(batch)
    assert not PageScan.objects.exists()


def test_the_command_takes_a_folder_in_and_over(item, delivery, django_capture_on_commit_callbacks, capsys):
    folder = delivery({f"{CODE}/001.jpg": written_page(1), f"{CODE}/002.jpg": written_page(2)})
    with django_capture_on_commit_callbacks():
        call_command("import_scans", folder, close=True)
    assert item.page_scans.count() == 2
    assert set(Job.objects.values_list("kind", flat=True)) == {"make_derivatives", "recognise_text"}
    assert "2" in capsys.readouterr().out


def test_the_command_closes_nothing_that_is_unsorted(item, delivery):
    folder = delivery({f"{CODE}/001.jpg": written_page(1), "loose.jpg": written_page(2)})
    with pytest.raises(CommandError):
        call_command("import_scans", folder, close=True)
    assert not PageScan.objects.exists()
