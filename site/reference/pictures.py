"""The few hundred page pictures that all page scans of the reference archive show."""

import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from fonds.archive_pages.models import ItemPage
from fonds.collections.derivatives import make_derivatives
from fonds.collections.models import PageScan
from fonds.collections.scans import add_scans

from .naming import dice
from .texts import page_text

SIZE = (1240, 1754)  # A4 at 150 dpi
DPI = 150
MARGIN, LINE, POINTS, IN_A_LINE = 130, 62, 40, 24
QUALITY = 45
MOST = 300
PAGES_EACH = 400  # pages to one picture, in a small archive
FIRST_NUMBER = 1 << 40  # numbers of the pictures' texts, past all units
_TOPIC = 41


class FontMissing(Exception):
    """The font of the page pictures is not installed."""


@lru_cache(maxsize=2)
def font(points: int) -> ImageFont.FreeTypeFont:
    """The song-style font of the pages, as fontconfig knows it."""
    family = "Noto Serif CJK SC"
    found = subprocess.run(["fc-match", "-f", "%{file}|%{family}", family], capture_output=True, text=True, check=True)
    path, _bar, families = found.stdout.partition("|")
    if family not in families:
        raise FontMissing(f"The font {family} is not installed (Debian: fonts-noto-cjk).")
    return ImageFont.truetype(path, points)


def wanted(pages: int) -> int:
    """How many pictures an archive of so many pages has."""
    return max(6, min(MOST, pages // PAGES_EACH))


def draw_page(seed: int, number: int) -> Image.Image:
    """A typed page, a little grey and slightly askew, as a scanner sees it."""
    random = dice(seed, number, _TOPIC)
    sheet = Image.new("L", SIZE, 244)
    pen = ImageDraw.Draw(sheet)
    place = MARGIN
    for paragraph in page_text(seed, FIRST_NUMBER + number, 1).split("\n"):
        for start in range(0, len(paragraph), IN_A_LINE):
            pen.text((MARGIN, place), paragraph[start : start + IN_A_LINE], fill=45, font=font(POINTS))
            place += LINE
    pen.text((SIZE[0] // 2, SIZE[1] - 90), f"— {number} —", fill=90, font=font(POINTS), anchor="mm")
    turned = sheet.rotate(random.uniform(-0.6, 0.6), resample=Image.Resampling.BILINEAR, fillcolor=244)
    return turned.filter(ImageFilter.GaussianBlur(0.6))


def ensure_pictures(sample: ItemPage, pages: int, seed: int, tell: Callable[[str], None]) -> Sequence[PageScan]:
    """The page scans of ``sample``, drawn and taken in as scans with all derivatives where they are missing."""
    scans = PageScan.objects.filter(unit=sample.pk).order_by("number")
    if not scans.exists():
        count = wanted(pages)
        with tempfile.TemporaryDirectory() as folder:
            files = [_drawn(Path(folder), seed, number) for number in range(1, count + 1)]
            add_scans(sample, files, queue=False)
        tell(f"{count} page pictures drawn")
    for scan in scans.filter(deep_zoom="").select_related("master"):
        make_derivatives(scan)
    return list(scans.defer("text"))


def _drawn(folder: Path, seed: int, number: int) -> Path:
    path = folder / f"{number:04}.jpg"
    draw_page(seed, number).save(path, "JPEG", quality=QUALITY, dpi=(DPI, DPI), optimize=True)
    return path
