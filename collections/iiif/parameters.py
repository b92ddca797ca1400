"""The parameters of an image request (IIIF Image API 3.0, section 4): read, checked, and put in their canonical form."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

MAX_SIDE = 4096  # pixels of an answer, either way
MAX_AREA = 12_000_000
QUALITIES = ("default", "color", "gray", "bitonal")
FORMATS = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}

_WHOLE = "([0-9]{1,9})"
_DECIMAL = r"([0-9]{1,9}(?:\.[0-9]{1,12})?|\.[0-9]{1,12})"
_REGION_PIXELS = re.compile(",".join([_WHOLE] * 4))
_REGION_PERCENT = re.compile("pct:" + ",".join([_DECIMAL] * 4))
_SIZE_PERCENT = re.compile("pct:" + _DECIMAL)
_SIZE_SIDES = re.compile("(!?)([0-9]{0,9}),([0-9]{0,9})")
_ROTATION = re.compile("(!?)" + _DECIMAL)


class BadParameter(ValueError):
    """A parameter that is not understood, impossible or beyond the limits; the sentence is for the reader."""


class Region(NamedTuple):
    """A part of the picture, in its pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class ImageRequest:
    """What is asked of a picture: ``region`` of it, scaled to ``width`` and ``height`` pixels, mirrored, then turned
    clockwise by ``rotation`` degrees (0, 90, 180 or 270). ``canonical`` is the path that asks the same."""

    region: Region
    width: int
    height: int
    mirrored: bool
    rotation: int
    quality: str
    format: str
    canonical: str

    @property
    def is_plain(self) -> bool:
        """Whether nothing is done to the picture but cutting and scaling."""
        return not (self.mirrored or self.rotation) and self.quality == "default" and self.format == "jpg"


def read_request(size_of_picture: tuple[int, int], path: tuple[str, str, str, str, str]) -> ImageRequest:
    """What ``path`` (region, size, rotation, quality, format) asks of a picture of so many pixels.

    Raises ``BadParameter``.
    """
    region = read_region(path[0], *size_of_picture)
    width, height = read_size(path[1], region)
    mirrored, rotation = _read_rotation(path[2])
    quality, suffix = path[3:]
    if quality not in QUALITIES:
        raise BadParameter(
            _("Quality “%(value)s”: there are default, color, gray and bitonal.") % {"value": quality[:40]}
        )
    if suffix not in FORMATS:
        raise BadParameter(_("Format “%(value)s”: there are jpg, png and webp.") % {"value": suffix[:40]})
    quality = "default" if quality == "color" else quality  # the same pixels
    canonical = "/".join(
        [
            _canonical_region(region, size_of_picture),
            _canonical_size(region, width, height),
            f"{'!' * mirrored}{rotation}",
            f"{quality}.{suffix}",
        ]
    )
    return ImageRequest(region, width, height, mirrored, rotation, quality, suffix, canonical)


def read_region(text: str, width: int, height: int) -> Region:
    """``full``, ``square``, ``x,y,w,h`` or ``pct:x,y,w,h`` of a picture, cut off at its edges."""
    if text == "full":
        return Region(0, 0, width, height)
    if text == "square":
        side = min(width, height)
        return Region((width - side) // 2, (height - side) // 2, side, side)
    if found := _REGION_PIXELS.fullmatch(text):
        x, y, across, down = map(int, found.groups())
    elif found := _REGION_PERCENT.fullmatch(text):
        shares = [float(number) / 100 for number in found.groups()]
        x, y = round(shares[0] * width), round(shares[1] * height)
        across, down = round(shares[2] * width), round(shares[3] * height)
    else:
        sentence = _("Region “%(value)s” is not full, square, x,y,w,h or pct:x,y,w,h.")
        raise BadParameter(sentence % {"value": text[:40]})
    across, down = min(across, width - x), min(down, height - y)
    if across < 1 or down < 1:
        raise BadParameter(_("Region “%(value)s” holds nothing of the picture.") % {"value": text[:40]})
    return Region(x, y, across, down)


def read_size(text: str, region: Region) -> tuple[int, int]:
    """Width and height in pixels of ``region`` at the size that ``text`` asks; ``^`` allows to enlarge."""
    enlarge = text.startswith("^")
    form = text.removeprefix("^")
    if form == "max":
        return largest(region, enlarge=enlarge)
    if found := _SIZE_PERCENT.fullmatch(form):
        factor = float(found[1]) / 100
        size = round(region.width * factor), round(region.height * factor)
    elif (found := _SIZE_SIDES.fullmatch(form)) and (found[2] or found[3]):
        size = _size_by_sides(found, region, enlarge)
    else:
        raise BadParameter(_("Size “%(value)s” is not understood.") % {"value": text[:40]})
    if min(size) < 1:
        raise BadParameter(_("Size “%(value)s” leaves no pixel.") % {"value": text[:40]})
    if not enlarge and (size[0] > region.width or size[1] > region.height):
        sentence = _("Size “%(value)s” is larger than the region; put ^ before it to enlarge.")
        raise BadParameter(sentence % {"value": text[:40]})
    if not _is_within_limits(*size):
        words = {"value": text[:40], "side": MAX_SIDE, "area": MAX_AREA}
        raise BadParameter(
            _("Size “%(value)s” is beyond the limit of %(side)s pixels either way and %(area)s in all.") % words
        )
    return size


def largest(region: Region, *, enlarge: bool = False) -> tuple[int, int]:
    """The largest size of ``region`` within the limits; as it is at most, unless ``enlarge``."""
    width, height = _scaled(region, _limit(region) if enlarge else min(1.0, _limit(region)))
    return max(1, width), max(1, height)


def _size_by_sides(found: re.Match, region: Region, enlarge: bool) -> tuple[int, int]:
    confined, width, height = found[1], int(found[2] or 0), int(found[3] or 0)
    if confined:
        factor = min(width / region.width, height / region.height, _limit(region))
        return _scaled(region, factor if enlarge else min(1.0, factor))
    if found[2] and found[3]:
        return width, height
    if found[2]:
        return width, round(region.height * width / region.width)
    return round(region.width * height / region.height), height


def _scaled(region: Region, factor: float) -> tuple[int, int]:
    """``region`` by ``factor``, which is within the limits; rounded down where rounding would go beyond them."""
    size = round(region.width * factor), round(region.height * factor)
    return size if _is_within_limits(*size) else (int(region.width * factor), int(region.height * factor))


def _limit(region: Region) -> float:
    """By how much ``region`` may be scaled at most."""
    width, height = region.width, region.height
    return min(MAX_SIDE / width, MAX_SIDE / height, (MAX_AREA / (width * height)) ** 0.5)


def _is_within_limits(width: int, height: int) -> bool:
    return width <= MAX_SIDE and height <= MAX_SIDE and width * height <= MAX_AREA


def _read_rotation(text: str) -> tuple[bool, int]:
    found = _ROTATION.fullmatch(text)
    degrees = float(found[2]) if found else -1
    if not 0 <= degrees <= 360 or degrees % 90:
        sentence = _("Rotation “%(value)s”: there are 0, 90, 180 and 270, and the same with ! before them.")
        raise BadParameter(sentence % {"value": text[:40]})
    return bool(found[1]), int(degrees) % 360


def _canonical_region(region: Region, size_of_picture: tuple[int, int]) -> str:
    return "full" if region == (0, 0, *size_of_picture) else ",".join(map(str, region))


def _canonical_size(region: Region, width: int, height: int) -> str:
    if (width, height) == largest(region):
        return "max"
    if (width, height) == largest(region, enlarge=True):
        return "^max"
    mark = "^" if width > region.width or height > region.height else ""
    return f"{mark}{width},{height}"
