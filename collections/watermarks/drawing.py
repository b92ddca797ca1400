"""Drawing a watermark into a picture: rows of slanted words that darken the paper a little and lighten their own edge.

The rows are laid out from the corner of the whole picture, so that neighbouring tiles of one level continue them. Every
512 pixels square holds the words at least once. What is drawn is added to the pixels, so that the text below stays
legible: grey on white paper, bright on black, both on what is between.
"""

from functools import lru_cache
from html import escape

import pyvips

FONT = "Noto Sans CJK SC Medium"
SMALLEST = 20  # pixels
LINES = 70  # how often the letters' size goes into the longest side of a large picture
SLANT = -25  # degrees
DARKER, LIGHTER = -64, 44
ROOM = 28  # pixels between two of the words, in letters of the smallest size
KEPT = 32
QUALITY = 80
HALF = 128


def draw(image: pyvips.Image, words: str, left: int = 0, top: int = 0) -> pyvips.Image:
    """``image`` (8 bit, grey or RGB, also with transparency) with ``words`` across it. ``left`` and ``top`` say where it
    lies in the whole picture, in its own pixels."""
    layer = _layer(image, words, left, top)
    if image.bands in (2, 4):
        colours = image.extract_band(0, n=image.bands - 1)
        return (colours + layer).cast("uchar").bandjoin(image.extract_band(image.bands - 1)).copy(
            interpretation=image.interpretation
        )  # fmt: skip
    return (image + layer).cast("uchar").copy(interpretation=image.interpretation)


def draw_in_two(image: pyvips.Image, words: str, left: int = 0, top: int = 0) -> pyvips.Image:
    """``image``, which has black and white pixels only, with ``words`` across it in such: every other pixel turned."""
    darkened = _layer(image, words, left, top) < DARKER // 2
    squares = pyvips.Image.xyz(image.width, image.height)
    every_other = ((squares[0] + squares[1]) % 2) == 0
    return (image ^ (darkened & every_other)).copy(interpretation=image.interpretation)


def marked_picture(data: bytes, mime_type: str, words: str, left: int = 0, top: int = 0) -> tuple[bytes, str]:
    """The encoded picture ``data`` with ``words`` across it, and its MIME type; what is neither JPEG nor WebP becomes
    PNG. Raises ``pyvips.Error`` where it cannot be read."""
    match mime_type:
        case "image/jpeg":
            image = draw(pyvips.Image.jpegload_buffer(data), words, left, top)
            return image.jpegsave_buffer(Q=QUALITY, keep="icc"), mime_type
        case "image/webp":
            image = draw(pyvips.Image.webpload_buffer(data), words, left, top)
            return image.webpsave_buffer(Q=QUALITY, effort=2, keep="icc"), mime_type
        case "image/gif":
            image = draw(pyvips.Image.gifload_buffer(data), words, left, top)
        case _:
            image = draw(pyvips.Image.pngload_buffer(data), words, left, top)
    return image.pngsave_buffer(compression=3, keep="icc"), "image/png"


def _layer(image: pyvips.Image, words: str, left: int, top: int) -> pyvips.Image:
    """What is added to every pixel of ``image``."""
    size = max(SMALLEST, max(image.width, image.height) // LINES)
    pattern = _pattern(words, size)
    left, top = left % pattern.width, top % pattern.height
    across = -(-(left + image.width) // pattern.width)
    down = -(-(top + image.height) // pattern.height)
    return pattern.replicate(across, down).crop(left, top, image.width, image.height)


@lru_cache(maxsize=KEPT)
def _pattern(words: str, size: int) -> pyvips.Image:
    """What repeats itself across a picture: the words twice, the second row moved by half, as differences of pixels."""
    ink = pyvips.Image.text(escape(words), font=f"{FONT} {size}", dpi=72, align="centre").rotate(SLANT)
    room = ROOM * size // SMALLEST
    width, height = ink.width + room, ink.height + room
    ink = ink.embed(room // 2, room // 2, width, height)
    edge = ink.embed(1, 1, width, height) - ink  # below and to the right of each stroke
    row = ((ink * DARKER + (edge > 0).ifthenelse(edge, 0) * LIGHTER) / 255).cast("char")
    moved = row.wrap(x=width // 2, y=0)
    return row.join(moved, "vertical").cast("short").copy_memory()
