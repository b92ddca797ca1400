"""Scans come to a unit: rows, numbers, idempotence, refusals, and what printouts take from a page."""

import io

import pikepdf
import pytest
import pyvips
from django.core.exceptions import PermissionDenied
from django.utils import translation
from PIL import Image
from wagtail.models import PageLogEntry

from fonds.access.models import User
from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import DigitalObject, MasterFile, PageScan
from fonds.collections.page_images import page_jpeg, page_source
from fonds.collections.scan_files import ScanFault, inspect
from fonds.collections.scans import add_scans
from fonds.reports.models import Job

pytestmark = pytest.mark.django_db


def size_of(jpeg: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(jpeg)) as image:
        return image.size


def test_every_page_of_every_file_becomes_a_numbered_page_scan(item, picture, pdf_of):
    files = [picture("b.jpg"), pdf_of("a.pdf", [picture("1.jpg", (310, 400)), picture("2.jpg", (320, 400))])]
    scans = add_scans(item, files)
    assert scans.changed
    stored = PageScan.objects.filter(unit=item).values_list("number", "frame", "width", "height", "dpi")
    assert list(stored) == [(1, 0, 300, 400, 200), (2, 0, 310, 400, 200), (3, 1, 320, 400, 200)]
    objects = DigitalObject.objects.filter(unit=item).values_list("number", "name", "master__mime_type")
    assert list(objects) == [(1, "b.jpg", "image/jpeg"), (2, "a.pdf", "application/pdf")]
    assert all(scan.sha256 == scan.master.sha256 for scan in scans)


def test_the_unit_counts_its_scans_and_keeps_the_page_count_it_was_described_with(make_item, picture):
    described, undescribed = make_item(1, page_count=7), make_item(2)
    for unit in (described, undescribed):
        add_scans(unit, [picture("1.jpg"), picture("2.jpg")])
    rows = ArchivePage.objects.filter(pk__in=[described.pk, undescribed.pk]).order_by("reference_code")
    assert list(rows.values_list("scan_count", "page_count")) == [(2, 7), (2, 2)]
    assert (undescribed.scan_count, undescribed.page_count) == (2, 2)


def test_the_same_files_again_change_nothing(item, picture):
    files = [picture("1.jpg"), picture("2.jpg")]
    first = add_scans(item, files)
    again = add_scans(item, files)
    assert not again.changed
    assert [scan.pk for scan in again] == [scan.pk for scan in first]
    assert PageLogEntry.objects.filter(page=item.pk, action="fonds.add_scans").count() == 1


def test_other_files_are_refused_unless_they_are_to_replace(item, picture):
    old, new = picture("old.jpg"), picture("new.jpg", (200, 200))
    add_scans(item, [old])
    with translation.override("en"), pytest.raises(ScanFault, match="already has other scans"):
        add_scans(item, [new])
    add_scans(item, [new, old], replace=True)
    assert list(PageScan.objects.filter(unit=item).values_list("number", "width")) == [(1, 200), (2, 300)]
    assert MasterFile.objects.count() == 2


def test_two_units_with_the_same_file_share_its_master(make_item, picture):
    path = picture("1.jpg")
    add_scans(make_item(1), [path])
    add_scans(make_item(2), [path])
    assert MasterFile.objects.count() == 1
    assert PageScan.objects.count() == 2


def test_one_faulty_file_and_nothing_is_written(item, picture, tmp_path):
    (tmp_path / "2.jpg").write_bytes(b"")
    with pytest.raises(ScanFault):
        add_scans(item, [picture("1.jpg"), tmp_path / "2.jpg"])
    assert not PageScan.objects.exists()
    assert not DigitalObject.objects.exists()
    assert not MasterFile.objects.exists()


def test_no_file_is_a_fault(item):
    with translation.override("en"), pytest.raises(ScanFault, match="no file"):
        add_scans(item, [])


@pytest.mark.parametrize("mark", ["机密", "机密★10年", "绝密", "绝密★30年", " 机密"])
def test_the_pages_of_a_secret_unit_are_refused(make_item, picture, mark, settings):
    settings.FONDS_KEEP_CLASSIFIED_ENTRIES = True
    unit = make_item(secrecy=mark, opening_status="controlled")
    with translation.override("en"), pytest.raises(ScanFault, match="must not be kept in this system"):
        add_scans(unit, [picture("1.jpg")])
    assert not MasterFile.objects.exists()


@pytest.mark.parametrize("mark", ["", "内部", "秘密★5年"])
def test_lower_marks_are_taken_in(make_item, picture, mark):
    assert add_scans(make_item(secrecy=mark), [picture("1.jpg")]).changed


def test_only_the_staff_adds_scans(item, picture, staff):
    with pytest.raises(PermissionDenied):
        add_scans(item, [picture("1.jpg")], User.objects.create_user("reader"))
    assert add_scans(item, [picture("1.jpg")], staff).changed


def test_delivered_names_and_earlier_findings_may_be_given(item, picture):
    path = picture("temporary.jpg")
    add_scans(item, [(path, "第一页.jpg")], pages={path: inspect(path)})
    assert DigitalObject.objects.get().name == "第一页.jpg"


def test_a_job_for_the_pictures_is_queued_unless_the_caller_does_that(make_item, picture, staff):
    add_scans(make_item(1), [picture("1.jpg")], staff)
    job = Job.objects.get(kind="make_derivatives")
    assert job.arguments == {"scans": [PageScan.objects.get().pk]}
    assert job.started_by == staff
    add_scans(make_item(2), [picture("2.jpg")], queue=False)
    assert Job.objects.count() == 1


@pytest.mark.parametrize("files", [1, 20])
def test_the_number_of_queries_grows_with_the_files_only_by_their_masters(
    make_item, picture, files, django_assert_max_num_queries
):
    unit = make_item()
    paths = [picture(f"{number}.jpg", (100 + number, 100)) for number in range(files)]
    with django_assert_max_num_queries(24 + 6 * files):
        add_scans(unit, paths)


def test_a_jpeg_goes_untouched_into_a_printout(item, picture):
    path = picture("1.jpg")
    (scan,) = add_scans(item, [path])
    assert page_source(scan) == ("jpeg", path.read_bytes(), 300, 400, 200)
    assert page_jpeg(scan) == path.read_bytes()
    assert size_of(page_jpeg(scan, 100)) == (75, 100)
    assert size_of(page_jpeg(scan, 4000)) == (300, 400)


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize(
    "draw",
    [b"", b"BT 3 Tr 0.5 g 1 0 0 1 10 10 Tm () Tj ET"],
    ids=["picture only", "invisible text over it"],
)
def test_the_only_picture_of_a_pdf_page_goes_untouched(item, picture, pdf_of, mode, draw):
    jpeg = picture("1.jpg", mode=mode)
    (scan,) = add_scans(item, [pdf_of("a.pdf", [jpeg], draw=draw)])
    assert page_source(scan) == ("jpeg", jpeg.read_bytes(), 300, 400, 200)


@pytest.mark.parametrize(
    "change",
    [
        {"draw": b"1 0 0 rg 10 10 30 30 re f"},
        {"draw": b"BT 0 Tr 1 0 0 1 10 10 Tm () Tj ET"},
        {"rotate": 90},
        {"draw": b"q 20 0 0 20 0 0 cm /Im0 Do Q"},
    ],
    ids=["something drawn over it", "visible text", "turned", "drawn twice"],
)
def test_any_other_pdf_page_is_rendered_as_it_is_seen(item, picture, pdf_of, change):
    jpeg = picture("1.jpg")
    (scan,) = add_scans(item, [pdf_of("a.pdf", [jpeg], **change)])
    kind, data, width, height, dpi = page_source(scan)
    assert (kind, dpi) == ("jpeg", 200)
    assert data != jpeg.read_bytes()
    assert size_of(data) == (width, height) == ((400, 300) if "rotate" in change else (300, 400))


def test_a_drawn_mark_is_seen_on_the_rendered_page(item, picture, pdf_of):
    path = pdf_of("a.pdf", [picture("1.jpg")], draw=b"1 0 0 rg 0 0 54 72 re f")
    (scan,) = add_scans(item, [path])
    with Image.open(io.BytesIO(page_jpeg(scan))) as image:
        red, green, blue = image.getpixel((20, 380))
    assert red > 200
    assert max(green, blue) < 60


def test_an_annotation_such_as_a_stamp_is_not_lost(item, picture, pdf_of):
    path = pdf_of("a.pdf", [picture("1.jpg")])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        form = pdf.make_stream(b"0 1 0 rg 0 0 54 72 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        form.BBox = [0, 0, 54, 72]
        stamp = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=[0, 0, 54, 72], F=4,
            AP=pikepdf.Dictionary(N=form),
        )  # fmt: skip
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(stamp)]))
        pdf.save(path)
    (scan,) = add_scans(item, [path])
    with Image.open(io.BytesIO(page_jpeg(scan))) as image:
        red, green, blue = image.getpixel((20, 380))
    assert green > 200
    assert max(red, blue) < 60


def test_the_frames_of_a_tiff_are_rendered_each(item, tmp_path):
    frames = [Image.new("RGB", (300, 400), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.tif", save_all=True, append_images=frames[1:], dpi=(200, 200))
    sources = [page_source(scan) for scan in add_scans(item, [tmp_path / "a.tif"])]
    colours = []
    for source in sources:
        with Image.open(io.BytesIO(source.data)) as image:
            colours.append(image.getpixel((10, 10)))
    assert [colour[0] > 200 for colour in colours] == [True, False]
    assert [colour[2] > 200 for colour in colours] == [False, True]


@pytest.mark.parametrize(
    ("name", "mode", "options"),
    [
        ("a.png", "RGBA", {}),
        ("a.png", "LA", {}),
        ("a.png", "P", {}),
        ("a.jpg", "CMYK", {}),
        ("a.tif", "1", {"compression": "group4"}),
        ("a.png", "I;16", {}),
    ],
)
def test_every_kind_of_picture_becomes_a_plain_jpeg(item, tmp_path, name, mode, options):
    Image.new(mode if mode != "I;16" else "I;16", (300, 400)).save(tmp_path / name, **options)
    (scan,) = add_scans(item, [tmp_path / name])
    image = pyvips.Image.jpegload_buffer(page_source(scan).data)
    assert (image.width, image.height, image.bands in (1, 3)) == (300, 400, True)


def test_a_sideways_photograph_is_turned_for_printouts(item, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (400, 300)).save(tmp_path / "1.jpg", exif=exif)
    (scan,) = add_scans(item, [tmp_path / "1.jpg"])
    source = page_source(scan)
    assert (source.width, source.height) == (scan.width, scan.height) == size_of(source.data) == (300, 400)


def test_publishing_an_older_draft_does_not_forget_the_scans(item, picture):
    item.save_revision()
    add_scans(type(item).objects.get(pk=item.pk), [picture("1.jpg")])
    type(item).objects.get(pk=item.pk).get_latest_revision().publish()
    assert ArchivePage.objects.get(pk=item.pk).scan_count == 1
