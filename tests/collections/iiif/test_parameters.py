"""What an image request asks, by the forms of the specification, and what no picture can give."""

import pytest

from fonds.collections.iiif.parameters import MAX_AREA, MAX_SIDE, BadParameter, Region, read_region, read_request

pytestmark = pytest.mark.once  # files and pictures, whatever the database

PICTURE = (1000, 800)

REGIONS = {
    "full": (0, 0, 1000, 800),
    "square": (100, 0, 800, 800),
    "10,20,300,400": (10, 20, 300, 400),
    "900,700,300,400": (900, 700, 100, 100),
    "pct:10,50,25,25": (100, 400, 250, 200),
    "pct:.5,0,99.5,100": (5, 0, 995, 800),
    "0,0,999999999,999999999": (0, 0, 1000, 800),
}
SIZES = {
    ("full", "max"): (1000, 800),
    ("full", "^max"): (3873, 3098),
    ("full", "500,"): (500, 400),
    ("full", ",400"): (500, 400),
    ("full", "pct:25"): (250, 200),
    ("full", "pct:0.1"): (1, 1),
    ("full", "300,100"): (300, 100),
    ("full", "!300,100"): (125, 100),
    ("full", "!3000,3000"): (1000, 800),
    ("full", "^!2000,3000"): (2000, 1600),
    ("full", "^!9999,9999"): (3873, 3098),
    ("full", "^1500,"): (1500, 1200),
    ("full", "^,1600"): (2000, 1600),
    ("full", "^pct:150"): (1500, 1200),
    ("full", "^10,4096"): (10, 4096),
    ("0,0,100,100", "max"): (100, 100),
    ("0,0,100,100", "^max"): (3464, 3464),
}
ABSURD_REGIONS = [
    "", "FULL", "full ", "1000,0,10,10", "0,800,10,10", "0,0,0,10", "0,0,10,0", "-1,0,10,10", "0,0,10", "0,0,10,10,10",
    "1.5,0,10,10", "1e3,0,10,10", "NaN,0,1,1", "pct:NaN,0,1,1", "pct:0,0,0,0", "pct:100,0,10,10", "pct:-1,0,10,10",
    "pct:0,0,inf,inf", "pct:1e1,0,1,1", "pct:", "9999999999,0,1,1", "9" * 400 + ",0,1,1", "١,٠,١٠,١٠", "0,0,10,10\n",
    "pct:0,0,0.0001,0.0001", "全部", "0x10,0,1,1", "+1,0,1,1", "1 0,0,1,1",
]  # fmt: skip
ABSURD_SIZES = [
    "", "full", "Max", "0,", ",0", "0,0", ",", "!", "!,", "!0,10", "pct:0", "pct:NaN", "pct:inf", "pct:-5", "pct:101",
    "1001,", ",801", "1001,10", "10,801", "^4097,", "^,4097", "^4096,4096", "^pct:10000", "^pct:999999999", "-5,",
    "5.5,", "9999999999,", "^", "^^max", "1e2,", "１００,", "max\0", "pct:0.01",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), REGIONS.items())
def test_regions(text, expected):
    assert read_region(text, *PICTURE) == expected


@pytest.mark.parametrize(("asked", "expected"), SIZES.items())
def test_sizes(asked, expected):
    region, size = asked
    found = read_request(PICTURE, (region, size, "0", "default", "jpg"))
    assert (found.width, found.height) == expected
    assert max(expected) <= MAX_SIDE
    assert found.width * found.height <= MAX_AREA


@pytest.mark.parametrize("region", ABSURD_REGIONS)
def test_absurd_regions_are_refused(region):
    with pytest.raises(BadParameter, match=r".{5,}"):
        read_request(PICTURE, (region, "max", "0", "default", "jpg"))


@pytest.mark.parametrize("size", ABSURD_SIZES)
def test_absurd_sizes_are_refused(size):
    with pytest.raises(BadParameter, match=r".{5,}"):
        read_request(PICTURE, ("full", size, "0", "default", "jpg"))


@pytest.mark.parametrize(
    "rotation", ["", "45", "!12.5", "361", "450", "-90", "NaN", "90deg", "!", "!!90", "9" * 300, "九十"]
)
def test_other_rotations_than_by_right_angles_are_refused(rotation):
    with pytest.raises(BadParameter):
        read_request(PICTURE, ("full", "max", rotation, "default", "jpg"))


@pytest.mark.parametrize(
    ("quality", "suffix"), [("native", "jpg"), ("Gray", "jpg"), ("default", "tif"), ("default", "jp2")]
)
def test_other_qualities_and_formats_are_refused(quality, suffix):
    with pytest.raises(BadParameter):
        read_request(PICTURE, ("full", "max", "0", quality, suffix))


def test_the_canonical_form():
    forms = {
        ("full", "1000,800", "0", "color", "jpg"): "full/max/0/default.jpg",
        ("0,0,2000,2000", "pct:50", "360", "default", "png"): "full/500,400/0/default.png",
        ("pct:0,0,50,50", "!100,100", "!90.0", "gray", "webp"): "0,0,500,400/100,80/!90/gray.webp",
        ("square", "^900,", "180", "bitonal", "jpg"): "100,0,800,800/^900,900/180/bitonal.jpg",
        ("full", "^max", "0", "default", "jpg"): "full/^max/0/default.jpg",
    }
    for asked, canonical in forms.items():
        assert read_request(PICTURE, asked).canonical == canonical
        region, size, rotation, quality_and_suffix = canonical.split("/")
        again = read_request(PICTURE, (region, size, rotation, *quality_and_suffix.split(".")))
        assert again.canonical == canonical


def test_the_largest_size_of_a_thin_strip_has_a_pixel_across():
    found = read_request((1, 100_000), ("full", "max", "0", "default", "jpg"))
    assert (found.region, found.width, found.height) == (Region(0, 0, 1, 100_000), 1, MAX_SIDE)
