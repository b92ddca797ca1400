"""Which files become photographs, and that all of them are shown in the right colours."""

import io
import struct
import zlib

import pytest
import pyvips
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageCms

from fonds.collections.faults import ScanFault
from fonds.collections.models import ArchiveImage
from fonds.collections.photographs.files import check_photo
from fonds.collections.photographs.pictures import screen_jpeg

pytestmark = pytest.mark.once  # files and pictures, whatever the database

RED = (150, 70, 60)


def made(kind: str, size=(64, 48), mode="RGB", colour=RED, **options) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, kind, **options)
    return buffer.getvalue()


def several(kind: str) -> bytes:
    buffer = io.BytesIO()
    first, second = Image.new("RGB", (64, 48), RED), Image.new("RGB", (64, 48), "blue")
    first.save(buffer, kind, save_all=True, append_images=[second])
    return buffer.getvalue()


def noisy(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((300, 200), 60).convert("RGB").save(buffer, kind)
    return buffer.getvalue()


def bomb_png(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says to have so many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 200_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def rgb16() -> bytes:
    flat = pyvips.Image.black(64, 48, bands=3) + [value * 257 for value in RED]
    return flat.cast("ushort").copy(interpretation="rgb16").tiffsave_buffer(compression="lzw")


def cmyk(kind: str) -> bytes:
    """A plain red in the CMYK profile that libvips brings along."""
    plain = (pyvips.Image.black(64, 48, bands=3) + list(RED)).cast("uchar").copy(interpretation="srgb")
    inked = plain.icc_transform("cmyk", input_profile="srgb")
    return inked.jpegsave_buffer(Q=95) if kind == "jpeg" else inked.tiffsave_buffer()


def wide_gamut() -> bytes:
    """A red in a space whose green and red are exchanged: nothing but the profile tells."""
    plain = (pyvips.Image.black(64, 48, bands=3) + list(RED)).cast("uchar").copy(interpretation="srgb")
    return plain.icc_transform("p3", input_profile="srgb").tiffsave_buffer()


REFUSED = {
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "a.jpg", "不是图片"),
    "svg with a name of its own": (
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        "a.svg",
        "不是图片",
    ),
    "empty": (b"", "a.jpg", "0 字节"),
    "misnamed": (made("PNG"), "a.jpg", "PNG"),
    "one pixel": (made("PNG", (1, 1)), "a.png", "16"),
    "500 megapixels": (bomb_png(25_000, 20_000), "a.png", "500000000"),
    "bomb of 4 gigapixels": (bomb_png(65_000, 65_000), "a.png", "4225000000"),
    "animated gif": (several("GIF"), "a.gif", "动画"),
    "animated webp": (several("WEBP"), "a.webp", "动画"),
    "animated png": (several("PNG"), "a.png", "动画"),
    "two pages": (several("TIFF"), "a.tif", "多页"),
    "truncated jpeg": (noisy("JPEG")[:9_000], "a.jpg", "不完整"),
    "truncated png": (noisy("PNG")[:-40], "a.png", "不完整"),
    "truncated tiff": (noisy("TIFF")[:90_000], "a.tif", "不完整"),
    "truncated webp": (noisy("WEBP")[:3_000], "a.webp", "不完整"),
    "truncated heic": (noisy("HEIF")[:2_000], "a.heic", "不完整"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_sound_photograph_is_refused_with_its_reason(tmp_path, name, settings):
    data, filename, word = REFUSED[name]
    path = tmp_path / "delivered"
    path.write_bytes(data)
    with pytest.raises(ScanFault, match=word):
        check_photo(path, filename)


def test_too_many_pixels_are_refused_before_anything_is_decoded(tmp_path, monkeypatch):
    path = tmp_path / "bomb"
    path.write_bytes(bomb_png(25_000, 20_000))
    decoded = []
    for name in ("avg", "copy_memory"):
        monkeypatch.setattr(pyvips.Image, name, lambda image: decoded.append(image), raising=False)
    with pytest.raises(ScanFault):
        check_photo(path, "a.png")
    assert decoded == []


SHOWN = {
    "jpeg": (made("JPEG", quality=95), "a.jpg"),
    "tiff": (made("TIFF"), "a.tiff"),
    "tiff of 16 bit": (rgb16(), "a.tif"),
    "tiff in cmyk": (cmyk("tiff"), "a.tif"),
    "tiff with a profile": (wide_gamut(), "a.tif"),
    "jpeg in cmyk": (cmyk("jpeg"), "a.jpeg"),
    "heic": (made("HEIF", quality=95), "a.heic"),
    "gif": (made("GIF"), "a.gif"),
    "webp": (made("WEBP", lossless=True), "a.webp"),
}


@pytest.mark.parametrize("name", SHOWN)
def test_every_format_is_taken_in_and_shown_in_its_colours(client, people, name):
    data, filename = SHOWN[name]
    client.force_login(people.editor)
    upload = SimpleUploadedFile(filename, data, "image/any")
    answer = client.post(reverse("wagtailimages:add"), {"title": "x", "file": upload, "opening_status": "open"})
    assert answer.status_code == 302, answer.context["form"].errors
    photo = ArchiveImage.objects.get()
    assert (photo.width, photo.height) == (64, 48)
    assert photo.file.open("rb").read() == data
    rendition = photo.get_rendition("max-40x40")
    assert rendition.file.name.rsplit(".")[-1] in ("jpg", "png", "webp")
    with Image.open(rendition.file.open("rb")) as shown:
        assert shown.size == (40, 30)
        assert shown.convert("RGB").getpixel((20, 15)) == pytest.approx(RED, abs=9)


def test_a_picture_beside_a_large_file_keeps_its_focal_point(make_photo, monkeypatch, make_jpeg):
    photo = make_photo(1)
    plain = Image.new("RGB", (400, 100), "white")
    plain.paste((0, 0, 0), (320, 0, 400, 100))
    buffer = io.BytesIO()
    plain.save(buffer, "TIFF")
    photo.file.save("wide.tif", SimpleUploadedFile("wide.tif", buffer.getvalue()), save=False)
    photo.focal_point_x, photo.focal_point_y, photo.focal_point_width, photo.focal_point_height = 360, 50, 40, 40
    photo.save()
    monkeypatch.setattr("fonds.collections.photographs.pictures.LONGEST", 200)
    with Image.open(photo.get_rendition("fill-20x20-c100").file.open("rb")) as shown:
        assert shown.convert("L").getpixel((15, 10)) < 40
    assert photo.get_focal_point().left == 340


def test_a_turned_picture_stands_upright(tmp_path):
    exif = Image.Exif()
    exif[274] = 6
    path = tmp_path / "a.tif"
    path.write_bytes(made("TIFF", exif=exif))
    data, scale = screen_jpeg(path, "tiff")
    assert Image.open(io.BytesIO(data)).size == (48, 64)
    assert scale == 1.0


def test_srgb_profiles_are_left_to_the_browser(tmp_path):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = tmp_path / "a.tif"
    path.write_bytes(made("TIFF", icc_profile=profile))
    data, _scale = screen_jpeg(path, "tiff")
    assert Image.open(io.BytesIO(data)).getpixel((9, 9)) == pytest.approx(RED, abs=5)
