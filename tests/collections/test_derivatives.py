"""Thumbnail, preview and deep zoom of a page: made by the job, by the command, or on the spot."""

import io
import zipfile

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from PIL import Image

from fonds.collections import derivatives
from fonds.collections.delivery.zoom_archives import read_member
from fonds.collections.derivatives import ensure_derivatives, has_derivatives, make_derivatives
from fonds.collections.jobs import queue_derivatives
from fonds.collections.models import PageScan
from fonds.collections.scans import add_scans
from fonds.reports.models import Job, JobState

pytestmark = pytest.mark.django_db


def size_of(key: str) -> tuple[int, int]:
    with storages["derivatives"].open(key) as file, Image.open(file) as image:
        return image.size


@pytest.fixture
def scan(item, picture):
    return add_scans(item, [picture("1.jpg", (1500, 2000))])[0]


def test_the_three_derivatives_of_a_page(scan):
    make_derivatives(scan)
    scan.refresh_from_db()
    assert size_of(scan.thumbnail) == (180, 240)
    assert size_of(scan.preview) == (960, 1280)
    assert scan.deep_zoom == f"{scan.sha256[:2]}/{scan.sha256[2:4]}/{scan.sha256}-0-z2.szi"


def test_deep_zoom_is_one_uncompressed_zip_whose_tiles_are_read_by_place(scan):
    make_derivatives(scan)
    store = storages["derivatives"]
    with store.open(scan.deep_zoom) as file, zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
        for entry in entries:
            name = entry.filename.removeprefix("zoom/")
            if "zoom_files/" in name and name.endswith(".jpg"):
                assert read_member(store, scan.deep_zoom, name) == archive.read(entry)
    assert b'Width="1500"' in read_member(store, scan.deep_zoom, "zoom.dzi")
    with Image.open(io.BytesIO(read_member(store, scan.deep_zoom, "zoom_files/11/2_3.jpg"))) as image:
        assert image.size == (1500 - 2 * 512, 2000 - 3 * 512)
    assert read_member(store, scan.deep_zoom, "zoom_files/11/3_3.jpg") is None
    assert read_member(store, scan.deep_zoom, "../zoom.dzi") is None


def test_an_archive_made_anew_is_read_by_its_new_directory(scan, picture):
    make_derivatives(scan)
    store = storages["derivatives"]
    read_member(store, scan.deep_zoom, "zoom.dzi")
    path = store.path(scan.deep_zoom)
    with zipfile.ZipFile(path) as archive:
        members = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in reversed(members):
            archive.writestr(name, members[name])
    derivatives.put_bytes(store, scan.deep_zoom, buffer.getvalue(), "application/zip")
    assert read_member(store, scan.deep_zoom, "zoom_files/0/0_0.jpg") == members["zoom/zoom_files/0/0_0.jpg"]


def test_units_that_share_a_page_share_its_derivatives(make_item, picture):
    path = picture("1.jpg")
    (one,), (other,) = (add_scans(make_item(number), [path]) for number in (1, 2))
    make_derivatives(one)
    other.refresh_from_db()
    assert other.deep_zoom == one.deep_zoom


def test_a_page_too_large_to_hold_is_read_from_its_file(item, tmp_path, monkeypatch):
    monkeypatch.setattr(derivatives, "HELD_PIXELS", 1000)
    frames = [Image.effect_noise((1500, 2000), 30), Image.effect_noise((2000, 1500), 30)]
    frames[0].save(tmp_path / "a.tif", save_all=True, append_images=frames[1:], compression="tiff_lzw")
    for scan, size in zip(add_scans(item, [tmp_path / "a.tif"]), [(960, 1280), (1280, 960)], strict=True):
        make_derivatives(scan)
        assert size_of(scan.preview) == size


def test_a_large_page_waits_for_its_job(scan, monkeypatch):
    monkeypatch.setattr(derivatives, "ON_DEMAND_PIXELS", 1000)
    assert not ensure_derivatives(scan)
    assert not has_derivatives(scan)
    monkeypatch.undo()
    assert ensure_derivatives(scan)
    assert has_derivatives(scan)


def test_the_job_makes_what_is_missing(make_item, picture, pdf_of, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        scans = add_scans(make_item(1), [picture("1.jpg"), pdf_of("a.pdf", [picture("2.jpg"), picture("3.jpg")])])
    job = Job.objects.get()
    assert (job.state, job.done, job.total, job.result) == (JobState.DONE, 3, 3, {"made": 3, "failed": []})
    assert all(has_derivatives(scan) for scan in PageScan.objects.all())
    with django_capture_on_commit_callbacks(execute=True):
        again = queue_derivatives([scan.pk for scan in scans])
    again.refresh_from_db()
    assert again.result == {"made": 0, "failed": []}


def test_there_is_no_job_for_no_page():
    assert queue_derivatives([]) is None


def test_a_lost_master_is_named_and_the_other_pages_get_theirs(make_item, picture, django_capture_on_commit_callbacks):
    lost, kept = (add_scans(make_item(n), [picture(f"{n}.jpg")], queue=False)[0] for n in (1, 2))
    storages["masters"].delete(lost.master.key)
    with django_capture_on_commit_callbacks(execute=True):
        job = queue_derivatives([lost.pk, kept.pk])
    job.refresh_from_db()
    assert job.result == {"made": 1, "failed": [lost.pk]}
    assert "J037-WS·2008-Y-BGS-0001" in job.log


def test_the_command_makes_the_missing_or_all(make_item, picture, capsys):
    first, second = (add_scans(make_item(n), [picture(f"{n}.jpg")], queue=False)[0] for n in (1, 2))
    make_derivatives(first)
    call_command("make_derivatives", "--missing")
    assert capsys.readouterr().out.startswith("1 of 1 pages in ")
    call_command("make_derivatives")
    assert capsys.readouterr().out.startswith("2 of 2 pages in ")
    storages["masters"].delete(second.master.key)
    with pytest.raises(CommandError):
        call_command("make_derivatives")
