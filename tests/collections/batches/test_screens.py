"""The screens of batches as an editor uses them, and what others get."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from fonds.access.enums import Rank
from fonds.collections.batches import checking
from fonds.collections.enums import BatchState
from fonds.collections.models import BatchPage, PageScan, ScanBatch
from fonds.reports.models import Job, JobState

from .conftest import CODE, written_page

pytestmark = pytest.mark.once  # screens and forms; what they change is tried on both databases beside this file

RULES = {"least_dpi": 200, "most_skew": 1, "sample_percent": 5, "pass_percent": 95, "patterns": "{code}/{page}"}


def jpeg(number: int) -> bytes:
    out = io.BytesIO()
    written_page(number).save(out, "jpeg", dpi=(200, 200))
    return out.getvalue()


def zipped(files: dict[str, bytes]) -> SimpleUploadedFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return SimpleUploadedFile("scans.zip", out.getvalue())


@pytest.fixture
def pages(batch, take, item):
    take({f"{CODE}/{number:03}.jpg": written_page(number) for number in range(1, 4)})
    return list(batch.pages.order_by("position"))


def change(client, batch, **data):
    return client.post(reverse("scan_batch_change", args=[batch.pk]), data)


def test_a_zip_is_given_taken_in_checked_and_taken_over(editor_client, item, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = editor_client.post(
            reverse("scan_batch_new"),
            {"title": "Box 3", "archive": zipped({f"{CODE}/001.jpg": jpeg(1), f"{CODE}/002.jpg": jpeg(2)}), **RULES},
        )
    job = Job.objects.get(kind="take_scans")
    assert (answer.url, job.state) == (reverse("job", args=[job.pk]), JobState.DONE)
    batch = ScanBatch.objects.get()
    state = reverse("scan_batch_state", args=[batch.pk])
    assert editor_client.post(state, {"to": "check"}).url == reverse("scan_batch_check", args=[batch.pk])
    sampled = checking.sample_of(batch).get()
    editor_client.post(reverse("scan_batch_check", args=[batch.pk]), {"page": sampled.pk, "verdict": "good"})
    editor_client.post(state, {"to": "finish"})
    with django_capture_on_commit_callbacks(execute=True):
        editor_client.post(state, {"to": "close"})
    batch.refresh_from_db()
    assert batch.state == BatchState.CLOSED
    assert [scan.number for scan in item.page_scans.order_by("number")] == [1, 2]
    assert all(scan.deep_zoom for scan in item.page_scans.all())


def test_a_folder_comes_with_the_names_of_its_folders(editor_client, item, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        editor_client.post(
            reverse("scan_batch_new"),
            {
                "title": "Box", "files": [SimpleUploadedFile("001.jpg", jpeg(1)), SimpleUploadedFile("002.jpg", b"")],
                "paths": f"box/{CODE}/001.jpg\nbox/{CODE}/002.jpg", **RULES,
            },
        )  # fmt: skip
    batch = ScanBatch.objects.get()
    assert batch.pages.get(unit=item).page == 1
    assert "002.jpg" in batch.pages.get(master=None).fault


@pytest.mark.parametrize(
    ("changed", "word"),
    [({"patterns": "{page}"}, "{page}"), ({"sample_percent": 1}, "5"), ({"archive": ""}, "zip")],
)
def test_what_is_wrong_in_the_form_is_said_and_nothing_kept(editor_client, changed, word):
    data = {"title": "Box", "archive": zipped({"001.jpg": b"x"}), **RULES, **changed}
    answer = editor_client.post(reverse("scan_batch_new"), data)
    assert answer.status_code == 200
    assert word in answer.content.decode()
    assert not ScanBatch.objects.exists()


def test_pages_are_arranged_by_form_without_a_script(editor_client, batch, pages, make_item):
    other = make_item(2)
    keys = [pages[2].pk, pages[0].pk]
    change(editor_client, batch, kind="move", pages=keys, unit="j037-ws.2008-y-bgs-0002")
    assert list(batch.pages.filter(unit=other).order_by("position").values_list("pk", flat=True)) == keys
    change(editor_client, batch, kind="turn", pages=[keys[0]], value="90")
    assert batch.pages.get(pk=keys[0]).steps == [{"turn": 90}]
    change(editor_client, batch, kind="undo")
    assert batch.pages.get(pk=keys[0]).steps == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "turn", "value": "45"}, {"kind": "turn", "value": "<script>"}, {"kind": "fly"},
        {"kind": "move", "unit": "J037-WS·2008-Y-BGS-9999"}, {"kind": "split"}, {"kind": "join"}, {"kind": "replace"},
    ],
)  # fmt: skip
def test_a_wrong_change_is_told_in_a_sentence_and_changes_nothing(editor_client, batch, pages, wrong):
    before = list(batch.pages.values())
    address = reverse("scan_batch_change", args=[batch.pk])
    answer = editor_client.post(address, {"pages": [pages[0].pk], **wrong}, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert list(batch.pages.values()) == before


def test_the_screen_asks_as_often_for_many_pages_as_for_few(
    editor_client, batch, pages, take, make_item, django_assert_max_num_queries
):
    address = reverse("scan_batch", args=[batch.pk])
    editor_client.get(address)
    with django_assert_max_num_queries(24) as few:
        editor_client.get(address)
    for number in range(2, 8):
        make_item(number)
    take(
        {
            f"J037-WS·2008-Y-BGS-{unit:04}/{page:03}.jpg": written_page(unit * 9 + page)
            for unit in range(2, 8)
            for page in (1, 2)
        }
    )
    with django_assert_max_num_queries(len(few)):
        answer = editor_client.get(address)
    assert answer.content.decode().count("data-leaf=") == 15


def test_the_list_asks_as_often_for_many_batches_as_for_one(editor_client, batch, pages, django_assert_max_num_queries):
    editor_client.get(reverse("scan_batches"))
    with django_assert_max_num_queries(12) as few:
        editor_client.get(reverse("scan_batches"))
    for number in range(20):
        BatchPage.objects.create(batch=ScanBatch.objects.create(title=f"Batch {number}"), name="x", fault="empty")
    with django_assert_max_num_queries(len(few)):
        answer = editor_client.get(reverse("scan_batches"))
    assert "Batch 19" in answer.content.decode()


def test_pictures_of_pages_follow_their_adjustments(editor_client, batch, pages):
    address = reverse("batch_page_preview", args=[pages[0].pk])
    before = editor_client.get(address)
    change(editor_client, batch, kind="turn", pages=[pages[0].pk], value="180")
    after = editor_client.get(address)
    assert before["Content-Type"] == after["Content-Type"] == "image/jpeg"
    assert before.content != after.content
    assert editor_client.get(address + "?delivered").content == before.content


def test_one_page_is_adjusted_beside_the_delivered_one(editor_client, batch, pages):
    address = reverse("batch_page_adjust", args=[pages[0].pk])
    assert editor_client.get(address).status_code == 200
    numbers = {
        "turn": 0,
        "straighten": "1.5",
        "left": 10,
        "top": 0,
        "right": 90,
        "bottom": 100,
        "black": 0,
        "white": 90,
    }
    editor_client.post(address, numbers)
    steps = [{"straighten": 1.5}, {"crop": [0.1, 0, 0.9, 1]}, {"contrast": [0, 90]}]
    assert batch.pages.get(pk=pages[0].pk).steps == steps
    answer = editor_client.post(address, {**numbers, "left": 95})
    assert answer.status_code == 200
    assert batch.pages.get(pk=pages[0].pk).steps == steps


def test_what_is_to_be_scanned_again_is_a_spreadsheet(editor_client, batch, pages):
    checking.begin_check(batch)
    page = checking.sample_of(batch).get()
    checking.judge(page, "cut", remark="=1+1")
    checking.finish_check(batch)
    answer = editor_client.get(reverse("scan_batch_again", args=[batch.pk]))
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    row = next(row for row in rows if row[1] == CODE)
    assert row[2] == page.page
    assert "=1+1" in row[4]


def test_a_units_pages_are_arranged_in_a_batch_of_their_own(editor_client, item, delivery):
    from fonds.collections.scans import add_scans

    add_scans(item, sorted(delivery({"001.jpg": written_page(1), "002.jpg": written_page(2)}, "first").glob("*")))
    type(item).objects.filter(pk=item.pk).update(scan_count=2)
    answer = editor_client.post(reverse("unit_arrange", args=[item.pk]))
    batch = ScanBatch.objects.get(corrects=item)
    assert answer.url == reverse("scan_batch", args=[batch.pk])
    assert batch.pages.filter(scan__in=PageScan.objects.all()).count() == 2
    item.catalogue_rank = item.content_rank = Rank.SEALED
    item.save()
    assert batch.title not in editor_client.get(reverse("scan_batches")).content.decode()
    for name in ("scan_batch", "scan_batch_check", "scan_batch_again", "scan_batch_files"):
        assert editor_client.get(reverse(name, args=[batch.pk])).status_code == 404
    for name in ("scan_batch_change", "scan_batch_state"):
        assert editor_client.post(reverse(name, args=[batch.pk]), {"kind": "undo", "to": "close"}).status_code == 404


def test_pages_of_units_that_may_not_be_seen_stay_hidden(editor, editor_client, batch, pages, item):
    item.catalogue_rank = item.content_rank = Rank.SEALED
    item.save()
    key = pages[0].pk
    answer = editor_client.get(reverse("scan_batch", args=[batch.pk]))
    shown = answer.content.decode()
    assert set(answer.context["counts"].values()) == {0}
    assert editor_client.get(reverse("scan_batches")).context["batches"][0].counts == {}
    assert item.title not in shown
    assert pages[0].name not in shown
    assert editor_client.get(reverse("batch_page_thumbnail", args=[key])).status_code == 404
    assert editor_client.get(reverse("batch_page_adjust", args=[key])).status_code == 404
    change(editor_client, batch, kind="remove", pages=[key])
    assert not batch.pages.get(pk=key).is_removed


def test_who_may_not_take_in_scans_gets_no_further(staff_client, batch, pages):
    addresses = [
        reverse("scan_batches"), reverse("scan_batch_new"), reverse("scan_batch", args=[batch.pk]),
        reverse("scan_batch_check", args=[batch.pk]), reverse("scan_batch_again", args=[batch.pk]),
        reverse("batch_page_thumbnail", args=[pages[0].pk]), reverse("batch_page_adjust", args=[pages[0].pk]),
    ]  # fmt: skip
    assert {staff_client.get(address).status_code for address in addresses} <= {302, 403, 404}
    change(staff_client, batch, kind="remove", pages=[pages[0].pk])
    assert not batch.pages.get(pk=pages[0].pk).is_removed
