"""What can be measured of a page picture without a person: colour, emptiness, skew, and how it looks (DA/T 31-2017, 9)."""

import math
from functools import reduce
from typing import NamedTuple

import numpy as np
import pyvips

SIDE = 640  # pixels of the longer side on which a page is measured
MARGIN = 0.04  # of each side that is left out: edges, punch holes, the scanner's shadow
EMPTY_SHARE = 0.0006  # ink below this share of the page is dust
LEAST_INK = 1_500  # pixels from which lines of text can be told
CHROMA = 40  # difference between the strongest and the weakest of three colours that the eye sees as one
SURE = 1.3  # how much sharper than usual the best angle must be
COARSE, FINE = 0.5, 0.1  # steps in degrees
WIDEST = 6.0
LOOKS_SIDE = 16


class Measures(NamedTuple):
    """``skew`` is degrees clockwise that the lines lean, ``None`` where there are too few; ``looks`` is a perceptual hash
    of 32 bytes, ``colour_share`` the part of the page that is not grey."""

    is_blank: bool
    skew: float | None
    colour_share: float
    looks: bytes


def small(picture: pyvips.Image) -> pyvips.Image:
    """``picture`` upright, and not much larger than the size on which it is measured."""
    if max(picture.width, picture.height) <= SIDE * 1.5:
        return picture.copy_memory().autorot()
    return picture.thumbnail_image(SIDE, height=SIDE).copy_memory()


def measure(picture: pyvips.Image) -> Measures:
    """The measures of an upright ``picture`` (8 bit, grey or sRGB) of about ``SIDE`` pixels."""
    pixels = picture.numpy()
    colours = pixels if pixels.ndim == 3 else pixels[:, :, None]
    bands = [colours[:, :, band] for band in range(colours.shape[2])]
    chroma = reduce(np.maximum, bands) - reduce(np.minimum, bands)
    grey = bands[len(bands) // 2]  # green is nearest to what the eye calls light
    ink = _ink(_inner(grey))
    share = ink.mean() if ink.size else 0.0
    return Measures(
        is_blank=bool(share < EMPTY_SHARE),
        skew=_skew(ink),
        colour_share=round(float((chroma > CHROMA).mean()), 4),
        looks=looks_of(picture),
    )


def _inner(grey: np.ndarray) -> np.ndarray:
    height, width = grey.shape
    up, left = int(height * MARGIN), int(width * MARGIN)
    return grey[up : height - up, left : width - left]


def _ink(grey: np.ndarray) -> np.ndarray:
    """Where something is written: clearly darker than the paper around it."""
    if not grey.size:
        return np.zeros((0, 0), dtype=bool)
    paper = float(np.percentile(grey[::4, ::4], 80))
    return grey < paper - max(40.0, paper * 0.25)


def _skew(ink: np.ndarray) -> float | None:
    """The angle at which the rows of ink are most sharply told from the gaps between them."""
    down, across = np.nonzero(ink)
    if len(down) < LEAST_INK:
        return None
    scores = {angle: _sharpness(down, across, angle) for angle in np.arange(-WIDEST, WIDEST + COARSE, COARSE)}
    best = max(scores, key=scores.get)
    if scores[best] < SURE * float(np.median(list(scores.values()))):
        return None  # no lines of text: a photograph, a plan
    near = np.arange(best - COARSE, best + COARSE + FINE, FINE)
    return round(float(max(near, key=lambda angle: _sharpness(down, across, angle))), 1)


def _sharpness(down: np.ndarray, across: np.ndarray, angle: float) -> float:
    rows = np.bincount(np.round(down - across * math.tan(math.radians(angle)) + 100).astype(np.int32).clip(0))
    return float((np.diff(rows.astype(np.float64)) ** 2).sum())


def looks_of(picture: pyvips.Image) -> bytes:
    """A perceptual hash of 256 bits: pages that look alike differ in few of them."""
    grey = picture.colourspace("b-w") if picture.bands > 1 else picture
    tiny = grey.thumbnail_image(LOOKS_SIDE + 1, height=LOOKS_SIDE, size="force").numpy().astype(np.int16)
    tiny = tiny.reshape(LOOKS_SIDE, LOOKS_SIDE + 1)
    return np.packbits(tiny[:, 1:] > tiny[:, :-1]).tobytes()


def difference(one: bytes, other: bytes) -> int:
    """How many of the bits of two looks differ."""
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()
