"""Material that is hard on the room: a thousand pages in a file, a disk that is full, a picture that is taken away."""

import pytest
from PIL import Image

from fonds.collections import derivatives
from fonds.collections.batches.taking import take_files
from fonds.collections.importing.walking import Delivered
from fonds.collections.jobs import run_make_derivatives
from fonds.collections.models import ScanBatch
from fonds.collections.recognising.actions import to_recognise
from fonds.collections.scans import add_scans
from fonds.reports.jobs import JobHandle
from fonds.reports.models import Job, JobState

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def job_for(scans) -> JobHandle:
    arguments = {"scans": [scan.pk for scan in scans]}
    return JobHandle(
        Job.objects.create(kind="make_derivatives", title="x", state=JobState.RUNNING, arguments=arguments)
    )


def test_a_tiff_of_a_thousand_pages_comes_in_page_by_page(item, tmp_path):
    pages = [Image.new("L", (40, 60), number % 256) for number in range(1_000)]
    path = tmp_path / "pages.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:], dpi=(200, 200))
    batch = ScanBatch.objects.create(title="A thousand")
    assert take_files(batch, [Delivered(path, f"{item.reference_code}.tif")]) == 1_000
    rows = list(batch.pages.filter(unit=item).order_by("position").values_list("frame", "page"))
    assert rows == [(number, number + 1) for number in range(1_000)]


def test_a_full_disk_leaves_the_pages_to_be_made_later(item, picture, monkeypatch):
    scans = add_scans(item, [picture("1.jpg"), picture("2.jpg")], queue=False)

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(derivatives, "put_bytes", full)
        assert run_make_derivatives(job_for(scans))["failed"] == [scan.pk for scan in scans]
    for scan in scans:
        scan.refresh_from_db()
        assert not scan.deep_zoom
        assert scan.master.open().read(3) == b"\xff\xd8\xff"
    assert run_make_derivatives(job_for(scans)) == {"made": 2, "failed": []}


def test_the_fonds_named_first_is_read_first(make_item, picture):
    units = [make_item(1), make_item(2), make_item(3)]
    for unit in units:
        add_scans(unit, [picture(f"{unit.pk}.jpg")], queue=False)
    everything = type(units[0]).objects.all()
    plain = list(to_recognise(everything).values_list("unit", flat=True))
    wanted = list(to_recognise(everything, first=[units[2].path, units[1].path]).values_list("unit", flat=True))
    assert plain == [unit.pk for unit in units]
    assert wanted == [units[2].pk, units[1].pk, units[0].pk]
