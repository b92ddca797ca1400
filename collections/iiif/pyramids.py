"""Parts of a picture at any size, read from its deep-zoom archive: only the tiles that are needed, of the level that
is just large enough. The master is never touched."""

import re
from dataclasses import dataclass
from functools import cached_property

import pyvips
from django.core.files.storage import Storage

from ..delivery.zoom_archives import read_member
from ..watermarks.drawing import draw, draw_in_two
from .parameters import ImageRequest, Region

JPEG_QUALITY = 85
WEBP_QUALITY = 80
PNG_COMPRESSION = 3
BLACK_BELOW = 128
_NUMBERS = re.compile(rb'\b(TileSize|Overlap|Width|Height)="([0-9]+)"')


@dataclass(frozen=True)
class Pyramid:
    """The deep-zoom archive ``key`` in ``storage``. Everything raises ``FileNotFoundError`` where it is not there."""

    storage: Storage
    key: str

    @cached_property
    def description(self) -> dict[str, int]:
        """``Width`` and ``Height`` of the picture, ``TileSize`` and ``Overlap`` of its tiles, in pixels."""
        found = dict(_NUMBERS.findall(self._member("zoom.dzi")))
        return {name.decode(): int(number) for name, number in found.items()}

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.description["Width"], self.description["Height"]

    @property
    def tile_size(self) -> int:
        return self.description["TileSize"]

    @property
    def levels(self) -> int:
        """How many times the picture can be halved until one pixel is left."""
        return (max(self.size) - 1).bit_length()

    @property
    def scale_factors(self) -> list[int]:
        """The scales at which the picture is kept, down to the one where a single tile holds it."""
        halvings = max(0, ((max(self.size) - 1) // self.tile_size).bit_length())
        return [2**halving for halving in range(halvings + 1)]

    def stored_tile(self, wanted: ImageRequest) -> bytes | None:
        """The tile that is exactly what is ``wanted``, as it is kept; ``None`` where there is none."""
        region, side = wanted.region, self.tile_size
        if self.description["Overlap"] or not wanted.is_plain or wanted.width > side or wanted.height > side:
            return None
        for halvings in range(self.levels + 1):
            scale = 2**halvings
            if _shrunk(region.width, scale) == wanted.width and _shrunk(region.height, scale) == wanted.height:
                break
        else:
            return None
        step = side * scale
        width, height = self.size
        whole = Region(region.x, region.y, min(step, width - region.x), min(step, height - region.y))
        if region.x % step or region.y % step or region != whole:
            return None
        return self._tile(halvings, region.x // step, region.y // step)

    def render(self, wanted: ImageRequest, watermark: str = "") -> bytes:
        """What is ``wanted``, with the words of ``watermark`` across it, encoded."""
        image = self._part(wanted.region, wanted.width, wanted.height)
        if (image.width, image.height) != (wanted.width, wanted.height):
            image = image.thumbnail_image(wanted.width, height=wanted.height, size="force")
        if wanted.mirrored:
            image = image.fliphor()
        if wanted.rotation:
            image = image.rot(f"d{wanted.rotation}")
        if wanted.quality != "default" and image.bands > 1:
            image = image.colourspace("b-w")
        if wanted.quality == "bitonal":
            image = (image >= BLACK_BELOW).copy(interpretation="b-w")
        if watermark:
            region = wanted.region
            left, top = region.x * wanted.width // region.width, region.y * wanted.height // region.height
            image = (draw_in_two if wanted.quality == "bitonal" else draw)(image, watermark, left, top)
        return _encoded(image, wanted.format)

    def _part(self, region: Region, width: int, height: int) -> pyvips.Image:
        """``region`` at the smallest level at which it has at least ``width`` and ``height`` pixels."""
        ratio = max(1, int(min(region.width / width, region.height / height)))
        halvings = min(ratio.bit_length() - 1, self.levels)
        scale = 2**halvings
        left, top = region.x // scale, region.y // scale
        right, bottom = _shrunk(region.x + region.width, scale), _shrunk(region.y + region.height, scale)
        side = self.tile_size
        columns = range(left // side, (right - 1) // side + 1)
        rows = range(top // side, (bottom - 1) // side + 1)
        tiles = [self._picture(halvings, column, row) for row in rows for column in columns]
        if len(tiles) > 1:
            joined = pyvips.Image.arrayjoin(tiles, across=len(columns), hspacing=side, vspacing=side)
        else:
            joined = tiles[0]
        return joined.crop(left - columns[0] * side, top - rows[0] * side, right - left, bottom - top)

    def _picture(self, halvings: int, column: int, row: int) -> pyvips.Image:
        """One tile without what it repeats of its neighbours."""
        data = self._tile(halvings, column, row)
        if data is None:
            raise FileNotFoundError(f"{self.key}: {halvings}/{column}_{row}")
        image = pyvips.Image.jpegload_buffer(data)
        overlap, side = self.description["Overlap"], self.tile_size
        left, top = overlap * (column > 0), overlap * (row > 0)
        return image.crop(left, top, min(side, image.width - left), min(side, image.height - top))

    def _tile(self, halvings: int, column: int, row: int) -> bytes | None:
        return read_member(self.storage, self.key, f"zoom_files/{self.levels - halvings}/{column}_{row}.jpg")

    def _member(self, name: str) -> bytes:
        data = read_member(self.storage, self.key, name)
        if data is None:
            raise FileNotFoundError(f"{self.key}: {name}")
        return data


def _shrunk(length: int, scale: int) -> int:
    """``length`` at so many times less, an opened pixel counting whole."""
    return -(-length // scale)


def _encoded(image: pyvips.Image, suffix: str) -> bytes:
    match suffix:
        case "png":
            return image.pngsave_buffer(compression=PNG_COMPRESSION, keep="none")
        case "webp":
            return image.webpsave_buffer(Q=WEBP_QUALITY, effort=2, keep="none")
    return image.jpegsave_buffer(Q=JPEG_QUALITY, keep="none")
