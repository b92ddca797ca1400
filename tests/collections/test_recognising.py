"""Recognised text: stored small and whole, kept apart by version, never over a hand's words; words found on the picture."""

import io
import socket
import subprocess

import pytest
import pyvips
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont
from wagtail.models import GroupPagePermission, PageLogEntry

from fonds.access.classes import class_of
from fonds.access.enums import Rank
from fonds.archive_pages.models import ArchivePage
from fonds.collections.masters import store_master
from fonds.collections.models import PageScan, RecognisedText
from fonds.collections.recognising import actions, recogniser
from fonds.collections.recognising.boxes import marked_boxes
from fonds.collections.recognising.jobs import queue_recognition
from fonds.collections.recognising.lines import SCALE, Line, pack, text_of, unpack
from fonds.collections.scans import set_texts
from fonds.reports.models import Job, JobState
from fonds.search.find import find_units

LINES = ["越州市工商行政管理局文件", "关于做好2008年清明节", "期间值班工作的通知"]


def line(text: str, top: float = 0.1, left: float = 0.1, width: float = 0.05) -> Line:
    edges = tuple((left + width * place, left + width * (place + 1)) for place in range(len(text)))
    return Line(text, left, top, edges[-1][1], top + 0.03, edges, 0.9)


@pytest.fixture
def typed(tmp_path, item):
    """A page with three lines of print, as a scan of the item."""
    found = subprocess.run(
        ["fc-match", "-f", "%{file}", "Noto Sans CJK SC"], capture_output=True, text=True, check=True
    )
    font = ImageFont.truetype(found.stdout, 40)
    sheet = Image.new("L", (900, 500), 255)
    pen = ImageDraw.Draw(sheet)
    for number, text in enumerate(LINES):
        pen.text((90, 60 + 120 * number), text, fill=0, font=font)
    path = tmp_path / "001.png"
    sheet.save(path)
    master = store_master(path, "image/png")
    scan = PageScan.objects.create(
        unit_id=item.pk, number=1, master=master, sha256=master.sha256, width=900, height=500, dpi=200
    )
    ArchivePage.objects.filter(pk=item.pk).update(scan_count=1)
    return scan


@given(
    st.lists(
        st.tuples(
            st.text("工商12号〔 é𬭎", min_size=1, max_size=30), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)
        ),
        max_size=20,
    )
)
def test_lines_are_stored_and_read_back_to_a_ten_thousandth(rows):
    lines = [
        Line(text, left, top, 1.0, 1.0, tuple((left, top) for _sign in text), score) for text, left, top, score in rows
    ]
    back = unpack(pack(lines))
    assert [each.text for each in back] == [each.text for each in lines]
    for one, other in zip(lines, back, strict=True):
        assert other.left == pytest.approx(one.left, abs=1 / SCALE)
        assert other.edges == tuple(
            (pytest.approx(a, abs=1 / SCALE), pytest.approx(b, abs=1 / SCALE)) for a, b in one.edges
        )


def test_a_page_is_stored_in_little_more_than_its_text():
    page = [line("越州市工商行政管理局关于做好二〇〇八年清明节期间值班", 0.03 * number) for number in range(20)]
    assert len(pack(page)) < 4 * len(text_of(page))


def test_a_printed_page_is_read_found_and_marked_across_line_ends(typed, item):
    call_command("recognise_text", item.reference_code, stdout=io.StringIO())
    typed.refresh_from_db()
    assert typed.text.splitlines() == LINES
    assert find_units("清明节期间", AnonymousUser()).hits[0].pk == item.pk
    first, second = marked_boxes(typed, ["清明节期间"])
    assert first.y < second.y
    assert 0.38 < first.x < 0.46
    assert second.x == pytest.approx(0.1, abs=0.02)
    assert first.width == pytest.approx(3 * 40 / 900, abs=0.03)
    assert marked_boxes(typed, ["无此词"]) == []


def test_what_a_hand_wrote_stays_and_versions_are_kept_apart(typed, monkeypatch):
    actions.keep_text(typed, [line("工商行政管理")])
    monkeypatch.setattr(actions, "version_name", lambda: "other 2")
    assert actions.keep_text(typed, [line("工商行政")])  # a recogniser's text gives way to the next one's
    typed.refresh_from_db()
    assert typed.text == "工商行政"
    set_texts({typed.pk: "工商行政管理局"})
    assert not actions.keep_text(typed, [line("别的")])
    typed.refresh_from_db()
    assert typed.text == "工商行政管理局"
    assert sorted(read.text for read in RecognisedText.objects.all()) == ["别的", "工商行政管理"]


def test_a_delivered_text_stays(typed):
    set_texts({typed.pk: "随文移交的文字"})
    assert not actions.keep_text(typed, [line("识别的文字")])
    typed.refresh_from_db()
    assert typed.text == "随文移交的文字"


def test_a_job_goes_on_where_it_was_killed_and_tells_of_a_broken_page(
    typed, item, monkeypatch, staff, django_capture_on_commit_callbacks
):
    second = PageScan.objects.create(
        unit_id=item.pk, number=2, master=typed.master, sha256=typed.sha256, width=900, height=500
    )
    read = []

    def dies(scan):
        if read:
            raise KeyboardInterrupt
        read.append(scan.pk)
        return [line("第一页")]

    monkeypatch.setattr(actions, "read_page", dies)
    with pytest.raises(KeyboardInterrupt):
        list(actions.recognise_scans([typed.pk, second.pk]))
    units = ArchivePage.objects.filter(pk=item.pk)
    assert list(actions.to_recognise(units).values_list("pk", flat=True)) == [second.pk]

    def broken(scan):
        raise OSError("truncated")

    monkeypatch.setattr(actions, "read_page", broken)
    with django_capture_on_commit_callbacks(execute=True):
        job = queue_recognition(item, staff)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert job.result == {"read": 0, "failed": [second.pk]}
    assert "truncated" in job.log
    monkeypatch.setattr(actions, "read_page", lambda scan: [])
    with django_capture_on_commit_callbacks(execute=True):
        queue_recognition(item, staff)
    assert queue_recognition(item, staff) is None


def test_the_recogniser_fetches_nothing(monkeypatch):
    """Its models are files of the package: it begins and reads without a network."""

    def refuse(*_arguments):
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    recogniser._engine.cache_clear()
    blank = pyvips.Image.black(200, 200) + 255
    assert recogniser.recognise(blank) == []


@pytest.mark.parametrize("rank", [Rank.PUBLIC, Rank.STAFF])
def test_marks_are_shown_to_who_may_see_the_page(client, staff_client, typed, item, rank):
    actions.keep_text(typed, [line("工商行政管理")])
    ArchivePage.objects.filter(pk=item.pk).update(content_class=class_of(rank))
    address = reverse("scan_marks", args=[typed.pk])
    answer = client.get(address, {"mark": "行政"})
    assert answer.status_code == (200 if rank == Rank.PUBLIC else 404)
    boxes = staff_client.get(address, {"mark": "行政"}).json()["boxes"]
    assert boxes == [[0.2, 0.1, 0.1, 0.03]]
    assert client.get(address, {"mark": "\0'\""}).status_code == answer.status_code


def test_an_unknown_code_is_refused_in_words(db):
    with pytest.raises(CommandError, match="X999"):
        call_command("recognise_text", "X999")


@pytest.fixture
def editor_client(staff, client, series):
    """Somebody who may edit what is in the series."""
    group = Group.objects.create(name="Editors of the series")
    permission = Permission.objects.get(content_type__app_label="archive_pages", codename="change_archivepage")
    GroupPagePermission.objects.create(group=group, page=series, permission=permission)
    staff.groups.add(group)
    client.force_login(staff)
    return client


def test_a_text_is_corrected_beside_its_picture_and_found_at_once(editor_client, typed, item):
    actions.keep_text(typed, [line("越州市工商行改管理局")])
    address = reverse("page_text", args=[typed.pk])
    shown = editor_client.get(address)
    assert "工商行改管理局" in shown.content.decode()
    assert reverse("scan_preview", args=[typed.pk]) in shown.content.decode()
    answer = editor_client.post(address, {"text": "越州市工商行政管理局\r\n"})
    assert answer.status_code == 302
    typed.refresh_from_db()
    assert typed.text == "越州市工商行政管理局"
    assert find_units("工商行政管理局", AnonymousUser()).count == 1
    assert find_units("工商行改", AnonymousUser()).count == 0
    logged = PageLogEntry.objects.get(page=item.pk, action="fonds.correct_text")
    assert logged.data["page"] == 1
    editor_client.post(address, {"text": "越州市工商行政管理局"})  # nothing changed, nothing logged
    assert PageLogEntry.objects.filter(action="fonds.correct_text").count() == 1
    too_long = editor_client.post(address, {"text": "字" * 100_001})
    assert too_long.context["form"].errors["text"]


def test_the_screen_says_how_many_pages_are_to_be_read_and_starts_the_job(editor_client, typed, series):
    address = reverse("unit_recognise", args=[series.pk])
    assert editor_client.get(address).context["counts"] == {"all": 1, "missing": 1}
    answer = editor_client.post(address, {})
    job = Job.objects.get(kind="recognise_text")
    assert answer.url == reverse("job", args=[job.pk])
    actions.keep_text(typed, [])
    answer = editor_client.post(address, {})
    assert answer.url == address
    assert Job.objects.count() == 1


def test_who_may_not_edit_a_unit_has_no_page_of_it_read_or_corrected(staff_client, typed, series):
    for address in (reverse("page_text", args=[typed.pk]), reverse("unit_recognise", args=[series.pk])):
        assert staff_client.post(address, {"text": "别的"}).status_code == 302
    typed.refresh_from_db()
    assert typed.text == ""
    assert not Job.objects.exists()
