"""The skeleton of a TIFF file (TIFF 6.0, section 2; BigTIFF): enough to see that all of its pages are there.

Image libraries fill what is missing from a cut TIFF with grey; here every directory and every strip must lie inside
the file.
"""

import os
import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

WIDTH, HEIGHT = 256, 257
STRIP_OFFSETS, STRIP_BYTES, TILE_OFFSETS, TILE_BYTES = 273, 279, 324, 325
WANTED = {WIDTH, HEIGHT, STRIP_OFFSETS, STRIP_BYTES, TILE_OFFSETS, TILE_BYTES}
FIELD_TYPES = {3: "H", 4: "I", 16: "Q", 18: "Q"}


class BrokenTiff(Exception):
    """A directory or a strip is missing or lies outside the file."""


class _Layout(NamedTuple):
    """How this file writes its directories: byte order, sizes of counts, entries and offsets."""

    order: str
    count: str
    entry: str
    offset: str


def frame_sizes(path: Path, limit: int) -> list[tuple[int, int]]:
    """Width and height of every page, reading at most ``limit`` + 1 directories; raises ``BrokenTiff``."""
    size = os.path.getsize(path)
    frames: list[tuple[int, int]] = []
    seen: set[int] = set()
    with open(path, "rb") as file:
        layout, where = _head(file)
        while where:
            if where in seen:
                raise BrokenTiff("the directories form a circle")
            seen.add(where)
            tags, where = _directory(file, layout, where, size)
            frames.append(_checked(tags, size))
            if len(frames) > limit:
                break
    if not frames:
        raise BrokenTiff("no page")
    return frames


def _head(file: BinaryIO) -> tuple[_Layout, int]:
    order = "<" if _read(file, 0, 2) == b"II" else ">"
    (version,) = struct.unpack(order + "H", _read(file, 2, 2))
    if version == 43:
        layout = _Layout(order, "Q", "HHQ8s", "Q")
        return layout, struct.unpack(order + "Q", _read(file, 8, 8))[0]
    layout = _Layout(order, "H", "HHI4s", "I")
    return layout, struct.unpack(order + "I", _read(file, 4, 4))[0]


def _directory(file: BinaryIO, layout: _Layout, where: int, size: int) -> tuple[dict, int]:
    """The wanted tags of the directory at ``where`` and the place of the next one (0: none)."""
    count_size = struct.calcsize(layout.order + layout.count)
    (count,) = struct.unpack(layout.order + layout.count, _read(file, where, count_size))
    entry_size = struct.calcsize(layout.order + layout.entry)
    if count * entry_size > size:
        raise BrokenTiff("a directory is longer than the file")
    rows = _read(file, where + count_size, count * entry_size)
    tags = {}
    for tag, kind, length, value in struct.iter_unpack(layout.order + layout.entry, rows):
        if tag in WANTED and kind in FIELD_TYPES:
            tags[tag] = _values(file, layout, FIELD_TYPES[kind], length, value, size)
    offset_size = struct.calcsize(layout.order + layout.offset)
    following = _read(file, where + count_size + count * entry_size, offset_size)
    return tags, struct.unpack(layout.order + layout.offset, following)[0]


def _values(file: BinaryIO, layout: _Layout, letter: str, length: int, value: bytes, size: int) -> tuple:
    """The numbers of one field: in the entry itself where they fit, else where it points to."""
    needed = struct.calcsize(layout.order + letter) * length
    if needed > size:
        raise BrokenTiff("a field is longer than the file")
    if needed > len(value):
        (where,) = struct.unpack(layout.order + layout.offset, value)
        value = _read(file, where, needed)
    return struct.unpack(f"{layout.order}{length}{letter}", value[:needed])


def _checked(tags: dict, size: int) -> tuple[int, int]:
    offsets = tags.get(STRIP_OFFSETS) or tags.get(TILE_OFFSETS) or ()
    lengths = tags.get(STRIP_BYTES) or tags.get(TILE_BYTES) or ()
    if not offsets or len(offsets) != len(lengths) or not tags.get(WIDTH) or not tags.get(HEIGHT):
        raise BrokenTiff("a directory without picture")
    if any(start + length > size for start, length in zip(offsets, lengths, strict=True)):
        raise BrokenTiff("a strip lies outside the file")
    return tags[WIDTH][0], tags[HEIGHT][0]


def _read(file: BinaryIO, where: int, length: int) -> bytes:
    file.seek(where)
    data = file.read(length)
    if len(data) != length:
        raise BrokenTiff("the file ends too early")
    return data
