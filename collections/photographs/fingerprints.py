"""What a picture looks like in 64 bits, and which pictures look alike.

The fingerprint is the usual perceptual hash: the picture in 32 × 32 greys, its 64 lowest frequencies
(discrete cosine transform), one bit for each that lies above their median. Smaller, brighter, cropped by a hair or saved
anew, a picture keeps nearly all of its bits.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyvips

from ..colours import for_screen
from .pictures import HEIC, load

SIDE = 32
KEPT = 8
LEAST_CONTRAST = 3.0  # grey levels; a blank leaf looks like every other
FARTHEST = 7  # bits that may differ. With four parts of 16 bits, one of them then differs in one bit at most.
PARTS = 4
PART_BITS = 16

_RANKS = np.arange(SIDE)
_COSINES = np.cos(np.pi * (2 * _RANKS[None, :] + 1) * _RANKS[:, None] / (2 * SIDE))


def fingerprint_of(path: Path, kind: str) -> int | None:
    """The fingerprint of the picture at ``path`` (0 to 2⁶⁴ − 1); ``None`` for one without contrast. Raises
    ``pyvips.Error`` or ``OSError`` where it cannot be read."""
    return fingerprint_of_greys(_greys(path, kind))


def fingerprint_of_greys(greys: np.ndarray) -> int | None:
    """The same of 32 × 32 greys."""
    if greys.std() < LEAST_CONTRAST:
        return None
    frequencies = (_COSINES @ greys.astype(float) @ _COSINES.T)[:KEPT, :KEPT].ravel()
    bits = frequencies > np.median(frequencies)
    return int("".join("1" if bit else "0" for bit in bits), 2)


def _greys(path: Path, kind: str) -> np.ndarray:
    if kind == HEIC:
        small = load(path, kind).thumbnail_image(SIDE, height=SIDE, size="force")
    else:
        small = pyvips.Image.thumbnail(str(path), SIDE, height=SIDE, size="force")
    grey = for_screen(small).colourspace("b-w")
    return np.ndarray(buffer=grey.write_to_memory(), dtype=np.uint8, shape=[SIDE, SIDE, grey.bands])[:, :, 0]


def distance(one: int, other: int) -> int:
    """How many bits of two fingerprints differ."""
    return (one ^ other).bit_count()


def parts_of(fingerprint: int) -> list[int]:
    """The four parts of 16 bits, the highest first."""
    mask = (1 << PART_BITS) - 1
    return [fingerprint >> shift & mask for shift in range((PARTS - 1) * PART_BITS, -1, -PART_BITS)]


def neighbours_of(part: int) -> Iterable[int]:
    """A part, and all that differ from it in one bit."""
    return [part, *(part ^ 1 << bit for bit in range(PART_BITS))]


def signed(fingerprint: int) -> int:
    """As a database keeps 64 bits."""
    return fingerprint - (1 << 64) if fingerprint >> 63 else fingerprint


def unsigned(value: int) -> int:
    """Back from ``signed``."""
    return value % (1 << 64)
