"""Which picture files become photographs: told by their bytes, measured before anything is decoded, then decoded whole.

libvips gets only what is known to be one of six formats: it would also draw SVG, and run what that asks for.
"""

from pathlib import Path
from typing import NamedTuple

import pillow_heif
import pyvips
from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image

from .. import tiff_structure
from ..faults import ScanFault
from ..scan_files import inspect
from .pictures import HEIC, load

pillow_heif.register_heif_opener()  # Pillow reads EXIF, XMP and pixels of HEIC by it

SUFFIXES = {
    "jpeg": {".jpg", ".jpeg"},
    "png": {".png"},
    "tiff": {".tif", ".tiff"},
    "gif": {".gif"},
    "webp": {".webp"},
    HEIC: {".heic", ".heif"},
}
LEAST_SIDE = 16  # pixels; less shows nothing
_CHECKED_AS_SCANS = {"jpeg", "png", "tiff"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}


class Measure(NamedTuple):
    """Pixels of a picture, and how many pictures its file holds."""

    width: int
    height: int
    frames: int = 1


def kind_of(path: Path) -> str | None:
    """The format of the file at ``path`` by its first bytes: a key of ``SUFFIXES``, or ``None``."""
    with open(path, "rb") as file:
        head = file.read(16)
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "tiff"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return HEIC if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS else None


def check_photo(path: Path, name: str) -> None:
    """Make sure that the file at ``path``, delivered as ``name``, is one whole picture within the limits.

    Raises ``ScanFault`` with a sentence for what is empty, of another format (SVG too), misnamed, animated or of several
    pages, too small, larger than the limit (told from its head alone), damaged or incomplete.
    """
    kind = kind_of(path)
    if kind is None:
        if not path.stat().st_size:
            raise ScanFault(_("“%(name)s” is empty (0 bytes).") % {"name": name})
        raise ScanFault(_("“%(name)s” is not a picture, or it is damaged or incomplete.") % {"name": name})
    if Path(name).suffix.lower() not in SUFFIXES[kind]:
        raise ScanFault(
            _("“%(name)s” is misnamed: its content is %(format)s.") % {"name": name, "format": kind.upper()}
        )
    try:
        _check_measure(measure(path, kind), name)
        if kind in _CHECKED_AS_SCANS:
            inspect(path, name)
        else:
            load(path, kind, whole=True).avg()
    except (OSError, SyntaxError, ValueError, EOFError, pyvips.Error, tiff_structure.BrokenTiff) as error:
        raise ScanFault(_("“%(name)s” is not a picture, or it is damaged or incomplete.") % {"name": name}) from error


def measure(path: Path, kind: str) -> Measure:
    """What the head of the file says of its size; nothing is decoded. Raises what the library raises for a bad head."""
    if kind == HEIC:
        return Measure(*pillow_heif.open_heif(path).size)
    if kind == "tiff":
        sizes = tiff_structure.frame_sizes(path, 1)
        return Measure(*max(sizes), len(sizes))
    head = load(path, kind)
    if head.width * head.height > pixel_limit() or kind == "jpeg":
        return Measure(head.width, head.height)
    with Image.open(path) as picture:
        return Measure(head.width, head.height, getattr(picture, "n_frames", 1))


def pixel_limit() -> int:
    """The most pixels a photograph may have."""
    return min(settings.FONDS_MAX_PIXELS, settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS)


def _check_measure(found: Measure, name: str) -> None:
    words = {"name": name, "width": found.width, "height": found.height}
    if found.width * found.height > pixel_limit():
        words |= {"pixels": found.width * found.height, "limit": pixel_limit()}
        raise ScanFault(_("“%(name)s” has %(width)s × %(height)s pixels (%(pixels)s); the limit is %(limit)s.") % words)
    if min(found.width, found.height) < LEAST_SIDE:
        words["least"] = LEAST_SIDE
        raise ScanFault(
            _("“%(name)s” has %(width)s × %(height)s pixels; a photograph has %(least)s at least each way.") % words
        )
    if found.frames > 1:
        raise ScanFault(_("“%(name)s” is animated or holds several pages; a photograph is one picture.") % words)
