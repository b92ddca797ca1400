"""The searchable PDF: untouched pictures, words in their places, PDF/A-2b, and only for whoever may copy."""

import io
import subprocess

import pikepdf
import pytest
from django.urls import reverse
from PIL import Image

from fonds.access.enums import Rank
from fonds.audit.models import Event
from fonds.collections.faults import ScanFault
from fonds.collections.models import PageScan
from fonds.collections.recognising.actions import keep_text
from fonds.collections.recognising.lines import Line
from fonds.collections.scans import add_scans, set_texts
from fonds.collections.searchable.pdf import scans_of, write_searchable_pdf

pytestmark = pytest.mark.once  # files and pictures, whatever the database


def line(text: str, top: float = 0.1) -> Line:
    step = 0.5 / len(text)
    edges = tuple((0.2 + step * place, 0.2 + step * (place + 1)) for place in range(len(text)))
    return Line(text, 0.2, top, 0.7, top + 0.02, edges)


def words_of(path, *options: str) -> str:
    """What poppler reads in a PDF."""
    return subprocess.run(["pdftotext", *options, path, "-"], capture_output=True, check=True).stdout.decode()


@pytest.fixture
def scanned(item, picture):
    add_scans(item, [picture("1.jpg", (400, 600)), picture("2.jpg", (600, 400), dpi=None)])
    first, second = scans_of(item)
    keep_text(first, [line("越州市工商行政管理局文件"), line("关于陈𬭎同志的通知", 0.2)])
    set_texts({second.pk: "校改过的文字\n第二行"})
    return item


@pytest.fixture
def made(scanned, tmp_path):
    target = tmp_path / "out.pdf"
    write_searchable_pdf(scanned, scans_of(scanned), target)
    return target


def test_every_word_is_found_on_its_page_the_rare_ones_too(made):
    first, second = words_of(made, "-layout").split("\f")[:2]
    assert "越州市工商行政管理局文件" in first
    assert "陈𬭎同志" in first
    assert "校改过的文字" in second


def test_words_stand_where_they_were_recognised(made):
    boxes = words_of(made, "-bbox", "-l", "1")
    word = next(row for row in boxes.splitlines() if "越州" in row)
    place = {
        part.split("=")[0]: float(part.split('"')[1])
        for part in word.split()
        if "=" in part and "M" in part.split("=")[0]
    }
    width, height = 400 * 72 / 200, 600 * 72 / 200
    assert place["xMin"] == pytest.approx(0.2 * width, abs=1)
    assert place["xMax"] == pytest.approx(0.7 * width, abs=2)
    assert 0.08 * height < place["yMin"] < place["yMax"] < 0.14 * height


def test_pictures_keep_their_bytes_and_sizes(made, scanned):
    with pikepdf.open(made) as pdf:
        for page, scan in zip(pdf.pages, scans_of(scanned), strict=True):
            assert page.obj.Resources.XObject.Scan.read_raw_bytes() == scan.master.open().read()
        assert [round(float(side)) for side in pdf.pages[0].mediabox[2:]] == [144, 216]


def test_the_text_is_not_seen(item, tmp_path):
    Image.new("RGB", (400, 600), "white").save(tmp_path / "white.jpg", dpi=(200, 200))
    add_scans(item, [tmp_path / "white.jpg"])
    keep_text(scans_of(item)[0], [line("越州市工商行政管理局文件")])
    write_searchable_pdf(item, scans_of(item), tmp_path / "white.pdf")
    assert "越州" in words_of(tmp_path / "white.pdf")
    subprocess.run(["pdftoppm", "-png", tmp_path / "white.pdf", tmp_path / "page"], check=True)
    with Image.open(next(tmp_path.glob("page*.png"))) as shown:
        assert min(low for low, _high in shown.convert("RGB").getextrema()) > 250


def test_it_is_pdf_a_2b(made):
    pdfa = pytest.importorskip("pikepdf.pdfa", exc_type=ImportError)
    with pikepdf.open(made) as pdf:
        assert pdf.open_metadata().pdfa_status == "2B"
        report = pdfa.check(pdf, "2b")
    assert report.passed, report.summary()


def test_a_unit_without_scans_and_a_page_that_is_broken_are_told(item, picture, tmp_path):
    with pytest.raises(ScanFault):
        write_searchable_pdf(item, [], tmp_path / "none.pdf")
    add_scans(item, [picture("1.jpg")])
    scan = PageScan.objects.select_related("master").get()
    scan.master.key = "aa/bb/gone.jpg"
    with pytest.raises(ScanFault, match="1"):
        write_searchable_pdf(item, [scan], tmp_path / "broken.pdf")


def test_who_may_copy_gets_it_and_it_is_recorded(staff_client, staff, scanned, client, django_assert_max_num_queries):
    address = reverse("searchable_pdf", args=[scanned.pk])
    with django_assert_max_num_queries(16):
        answer = staff_client.get(address)
    data = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == 2
    assert Event.objects.get(action="file.original").detail == {"pdf": 2}
    assert client.get(address).status_code == 404


def test_a_closed_unit_gives_nothing(staff_client, scanned):
    scanned.catalogue_rank = scanned.content_rank = Rank.SEALED
    scanned.save()
    assert staff_client.get(reverse("searchable_pdf", args=[scanned.pk])).status_code == 404
