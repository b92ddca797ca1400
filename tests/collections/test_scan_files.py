"""What a file of scans holds, and every fault in a sentence."""

import struct
import zlib

import pikepdf
import pytest
from django.utils import translation
from PIL import Image

from fonds.collections.scan_files import PageInfo, ScanFault, inspect


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def fault_of(path, name=None) -> str:
    with pytest.raises(ScanFault) as caught:
        inspect(path, name)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "options", "mime_type"),
    [
        ("001.jpg", {}, "image/jpeg"),
        ("001.JPEG", {"mode": "L"}, "image/jpeg"),
        ("001.jpg", {"mode": "CMYK"}, "image/jpeg"),
        ("001.png", {}, "image/png"),
        ("001.png", {"mode": "RGBA"}, "image/png"),
        ("001.tif", {"compression": "tiff_lzw"}, "image/tiff"),
        ("001.tiff", {"mode": "1", "compression": "group4"}, "image/tiff"),
    ],
)
def test_a_picture_is_one_page_with_its_size_and_resolution(picture, name, options, mime_type):
    assert inspect(picture(name, (300, 400), dpi=300, **options)) == [PageInfo(0, 300, 400, 300, mime_type)]


@pytest.mark.parametrize("name", ["001.jpg", "001.png", "001.tif"])
def test_the_resolution_is_0_where_the_file_does_not_say(picture, name):
    assert inspect(picture(name, dpi=None))[0].dpi == 0


def test_a_photograph_taken_sideways_is_measured_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.effect_noise((400, 300), 30).save(tmp_path / "001.jpg", exif=exif)
    info = inspect(tmp_path / "001.jpg")[0]
    assert (info.width, info.height) == (300, 400)


def test_every_frame_of_a_tiff_is_a_page(tmp_path):
    frames = [Image.effect_noise(size, 30) for size in ((300, 400), (400, 300), (200, 200))]
    frames[0].save(tmp_path / "a.tif", save_all=True, append_images=frames[1:], dpi=(200, 200), compression="jpeg")
    assert [(p.frame, p.width, p.height, p.dpi) for p in inspect(tmp_path / "a.tif")] == [
        (0, 300, 400, 200),
        (1, 400, 300, 200),
        (2, 200, 200, 200),
    ]


def test_every_page_of_a_pdf_is_a_page_with_the_resolution_of_its_scan(picture, pdf_of):
    path = pdf_of("a.pdf", [picture("1.jpg"), picture("2.jpg", (500, 300))])
    assert inspect(path) == [
        PageInfo(0, 300, 400, 200, "application/pdf"),
        PageInfo(1, 500, 300, 200, "application/pdf"),
    ]


def test_a_pdf_page_without_a_scan_is_measured_as_rendered_at_200_dpi(tmp_path):
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    pdf.add_blank_page(page_size=(595, 842)).rotate(90, relative=False)
    pdf.save(tmp_path / "a.pdf")
    assert [(info.width, info.height, info.dpi) for info in inspect(tmp_path / "a.pdf")] == [
        (1653, 2339, 200),
        (2339, 1653, 200),
    ]


def test_scripts_and_attachments_of_a_pdf_are_kept_and_never_run(picture, pdf_of):
    path = pdf_of("a.pdf", [picture("1.jpg")])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.attachments["x.txt"] = b"hello"
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.save(path)
    assert len(inspect(path)) == 1


@pytest.mark.parametrize("name", ["001.jpg", "001.tif", "a.pdf", "x.docx"])
def test_an_empty_file(tmp_path, name):
    (tmp_path / name).write_bytes(b"")
    assert fault_of(tmp_path / name) == f"“{name}” is empty (0 bytes)."


@pytest.mark.parametrize(
    ("name", "options", "kept"),
    [
        ("001.jpg", {}, 0.5),
        ("001.jpg", {}, 0.99),
        ("001.png", {}, 0.5),
        ("001.png", {}, 0.999),
        ("001.tif", {}, 0.5),
        ("001.tif", {}, 0.999),
        ("001.tif", {"compression": "tiff_lzw"}, 0.5),
        ("001.tif", {"compression": "jpeg"}, 0.9),
        ("001.tif", {"compression": "tiff_deflate", "big_tiff": True}, 0.9),
    ],
)
def test_a_truncated_picture(picture, name, options, kept):
    path = picture(name, **options)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    assert fault_of(path).startswith(f"“{name}” is a damaged or incomplete ")


def test_a_tiff_whose_strips_lie_outside_the_file(tmp_path):
    """The directory stands before the picture, which is cut: libraries fill such a picture up with grey."""
    entries = [
        (256, 4, 1, 100), (257, 4, 1, 100), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
        (273, 4, 1, 130), (277, 3, 1, 1), (278, 4, 1, 100), (279, 4, 1, 10_000),
    ]  # fmt: skip
    rows = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = b"II*\x00" + struct.pack("<I", 8) + struct.pack("<H", len(entries)) + rows + struct.pack("<I", 0)
    whole = head.ljust(130, b"\0") + bytes(range(100)) * 100
    (tmp_path / "a.tif").write_bytes(whole)
    assert len(inspect(tmp_path / "a.tif")) == 1
    (tmp_path / "a.tif").write_bytes(whole[:5000])
    assert "incomplete TIFF" in fault_of(tmp_path / "a.tif")


def test_a_tiff_whose_directories_form_a_circle(picture):
    path = picture("a.tif")
    data = bytearray(path.read_bytes())
    (where,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, where)
    struct.pack_into("<I", data, where + 2 + 12 * count, where)
    path.write_bytes(data)
    assert "damaged or incomplete TIFF" in fault_of(path)


def test_a_pdf_behind_a_password(picture, pdf_of):
    path = pdf_of("a.pdf", [picture("1.jpg")], encryption=pikepdf.Encryption(owner="o", user="u"))
    assert fault_of(path) == "“a.pdf” is protected by a password."


def test_a_damaged_pdf(picture, pdf_of):
    path = pdf_of("a.pdf", [picture("1.jpg"), picture("2.jpg")])
    path.write_bytes(path.read_bytes()[:4000])
    assert fault_of(path) == "“a.pdf” is a damaged or incomplete PDF file."


def test_a_pdf_with_a_damaged_scan(picture, pdf_of):
    jpeg = picture("1.jpg")
    jpeg.write_bytes(jpeg.read_bytes()[:9000])
    assert fault_of(pdf_of("a.pdf", [jpeg])) == "“a.pdf” is a damaged or incomplete PDF file."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/Width 300", b"/Width /A  "),
        (b"/Height 400", b"/Heigkt 400"),
    ],
)
def test_a_pdf_with_a_word_where_a_number_should_be(picture, pdf_of, old, new):
    path = pdf_of("a.pdf", [picture("1.jpg")], object_stream_mode=pikepdf.ObjectStreamMode.disable)
    data = path.read_bytes()
    assert data.count(old) == 1
    path.write_bytes(data.replace(old, new))
    assert fault_of(path) == "“a.pdf” is a damaged or incomplete PDF file."


def test_a_pdf_without_pages(tmp_path):
    pikepdf.new().save(tmp_path / "a.pdf")
    assert fault_of(tmp_path / "a.pdf") == "“a.pdf” has no pages."


def test_a_misnamed_file(picture):
    path = picture("001.png")
    path = path.rename(path.with_name("001.jpg"))
    assert fault_of(path) == "“001.jpg” is misnamed: its content is PNG."


def test_the_name_given_counts_not_that_of_the_temporary_file(picture):
    path = picture("upload.png")
    assert fault_of(path, "甲.pdf") == "“甲.pdf” is misnamed: its content is PNG."


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("001.jpg", b"<html>not a picture</html>", "“001.jpg” is not a JPEG file as its name says"),
        ("001.bmp", b"BM" + bytes(100), "“001.bmp” has a format that is not accepted."),
        ("notes", b"words", "“notes” has a format that is not accepted."),
    ],
)
def test_other_content(tmp_path, name, content, sentence):
    (tmp_path / name).write_bytes(content)
    assert fault_of(tmp_path / name).startswith(sentence)


@pytest.mark.parametrize("name", ["001.jpg", "001.png", "001.tif"])
def test_a_picture_over_the_pixel_limit(picture, settings, name):
    settings.FONDS_MAX_PIXELS = 1_000_000
    path = picture(name, (1500, 1000))
    assert fault_of(path) == f"“{name}” has 2 million pixels; the limit is 1 million."


def test_a_pdf_with_a_page_over_the_pixel_limit(picture, pdf_of, tmp_path, settings):
    settings.FONDS_MAX_PIXELS = 1_000_000
    assert "million pixels" in fault_of(pdf_of("a.pdf", [picture("1.jpg", (1500, 1000))]))
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(2000, 2000))
    pdf.save(tmp_path / "b.pdf")
    assert "million pixels" in fault_of(tmp_path / "b.pdf")


def test_a_small_file_that_would_be_a_huge_picture_is_refused_before_it_is_decoded(tmp_path):
    """A PNG of 60,000 × 60,000 pixels in its head, and nothing behind: only the head is believed."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + head + body)
    assert fault_of(tmp_path / "bomb.png") == "“bomb.png” has 3600 million pixels; the limit is 400 million."


def test_a_drawing_larger_than_pillow_would_open_is_accepted(tmp_path):
    size = (14_000, 13_000)
    assert size[0] * size[1] > 2 * Image.MAX_IMAGE_PIXELS
    Image.new("1", size, 1).save(tmp_path / "drawing.tif", compression="group4", dpi=(300, 300))
    assert inspect(tmp_path / "drawing.tif") == [PageInfo(0, *size, 300, "image/tiff")]
