"""What is in a file of scans: its pages, or the fault that keeps it out of the archive, in a sentence."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyvips
from django.conf import settings
from django.utils.translation import gettext as _
from pikepdf import Pdf

from . import pdf_pages, tiff_structure
from .colours import for_screen
from .faults import ScanFault
from .page_measures import SIDE, small

__all__ = ["FORMATS", "MAX_PAGES", "PageInfo", "ScanFault", "inspect"]

# A file under the same name may hold other bytes next time: libvips must not answer from memory.
pyvips.cache_set_max(0)

MAX_PAGES = 5_000
ROLL = 50  # pages of a TIFF from which the file is opened once for all of them
SIGNATURES = [
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
]
FORMATS = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".pdf": "application/pdf",
}
NAMES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/tiff": "TIFF", "application/pdf": "PDF"}
PROBE = 100  # pixels of the trial in which a PDF page without a JPEG of its own is rendered
HALVINGS = (8, 4, 2)  # a JPEG can be decoded at an eighth, a quarter or half of its size
PDF_HEAD = 1024  # a PDF's header may stand anywhere in its first kilobyte


@dataclass(frozen=True)
class PageInfo:
    """One page of a file: ``frame`` counts from 0; pixels as seen upright; ``dpi`` is 0 where the file does not say;
    ``mime_type`` is that of the whole file."""

    frame: int
    width: int
    height: int
    dpi: int
    mime_type: str


Seer = Callable[[pyvips.Image], None]


def inspect(path: Path | str, name: str | None = None, see: Seer | None = None) -> list[PageInfo]:
    """The pages of a JPEG, PNG, TIFF or PDF, every one of them really decoded.

    ``name`` is the name the file was delivered under, if ``path`` is a temporary one. ``see`` is given a small picture
    of each page in turn (upright, 8 bit, grey or sRGB, about ``page_measures.SIDE`` pixels), without decoding it twice.
    Raises ``ScanFault`` with a
    sentence in the reader's language for a file that is empty, damaged, locked, misnamed, of another format or larger
    than ``FONDS_MAX_PIXELS``.
    """
    path = Path(path)
    name = name or path.name
    mime_type = _format_of(path, name)
    try:
        pages = READERS[mime_type](path, name, see)
    except pyvips.Error as error:
        raise ScanFault(_damaged(name, mime_type)) from error
    return [PageInfo(frame, *measures, mime_type) for frame, measures in enumerate(pages)]


def _format_of(path: Path, name: str) -> str:
    """The format by the first bytes, which must be the one the name promises."""
    with open(path, "rb") as file:
        head = file.read(PDF_HEAD)
    if not head:
        raise ScanFault(_("“%(name)s” is empty (0 bytes).") % {"name": name})
    promised = FORMATS.get(Path(name).suffix.lower())
    found = next((mime for start, mime in SIGNATURES if head.startswith(start)), None)
    if found is None and b"%PDF-" in head:
        found = "application/pdf"
    if found is None and promised is None:
        raise ScanFault(
            _("“%(name)s” has a format that is not accepted. Accepted are JPEG, PNG, TIFF and PDF.") % {"name": name}
        )
    if found is None:
        words = {"name": name, "format": NAMES[promised]}
        raise ScanFault(_("“%(name)s” is not a %(format)s file as its name says, or its beginning is lost.") % words)
    if promised != found:
        words = {"name": name, "format": NAMES[found]}
        raise ScanFault(_("“%(name)s” is misnamed: its content is %(format)s.") % words)
    return found


def _damaged(name: str, mime_type: str) -> str:
    words = {"name": name, "format": NAMES[mime_type]}
    return _("“%(name)s” is a damaged or incomplete %(format)s file.") % words


def _check_size(name: str, width: int, height: int) -> None:
    if width * height > settings.FONDS_MAX_PIXELS:
        words = {
            "name": name,
            "pixels": round(width * height / 1e6),
            "limit": round(settings.FONDS_MAX_PIXELS / 1e6),
        }
        raise ScanFault(_("“%(name)s” has %(pixels)s million pixels; the limit is %(limit)s million.") % words)


def _check_count(name: str, count: int) -> None:
    if count > MAX_PAGES:
        words = {"name": name, "count": count, "limit": MAX_PAGES}
        raise ScanFault(_("“%(name)s” has %(count)s pages; a file may have %(limit)s.") % words)


def _measure(image: pyvips.Image, name: str, see: Seer | None, decode: Callable | None = None) -> tuple[int, int, int]:
    """Width, height and resolution of an image, after decoding all of it. The size is refused before that. ``decode``
    gives the image smaller than ``image``, for less work."""
    _check_size(name, image.width, image.height)
    if see:
        see(for_screen(small(decode() if decode else image)))
    else:
        image.avg()
    turned = image.get_typeof("orientation") != 0 and image.get("orientation") in (5, 6, 7, 8)
    size = (image.height, image.width) if turned else (image.width, image.height)
    return *size, _resolution(image)


def _resolution(image: pyvips.Image) -> int:
    """Dots per inch, 0 where the file does not say (libvips then assumes 72 or 25.4)."""
    dpi = round(image.xres * 25.4)
    if image.get_typeof("resolution-unit") != 0:
        return dpi
    return 0 if dpi in (25, 72) else dpi


def _jpeg(path: Path, name: str, see: Seer | None) -> list[tuple]:
    def load(**options) -> pyvips.Image:
        return pyvips.Image.jpegload(str(path), access="sequential", fail_on="error", **options)

    image = load()
    return [_measure(image, name, see, lambda: load(shrink=_halving(image)))]


def _halving(image: pyvips.Image) -> int:
    """How far a JPEG may be shrunk while it is decoded (all its data is read all the same)."""
    shortest, longest = sorted((image.width, image.height))
    return next((by for by in HALVINGS if longest / by >= SIDE * 0.75 and shortest >= by), 1)


def _png(path: Path, name: str, see: Seer | None) -> list[tuple]:
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        if b"IEND" not in file.read():
            raise ScanFault(_damaged(name, "image/png"))
    return [_measure(pyvips.Image.pngload(str(path), access="sequential", fail_on="error"), name, see)]


def _tiff(path: Path, name: str, see: Seer | None) -> list[tuple]:
    try:
        sizes = tiff_structure.frame_sizes(path, MAX_PAGES)
    except tiff_structure.BrokenTiff as error:
        raise ScanFault(_damaged(name, "image/tiff")) from error
    _check_count(name, len(sizes))
    for width, height in sizes:
        _check_size(name, width, height)
    return [_measure(image, name, see) for image in _frames(path, sizes)]


def _frames(path: Path, sizes: list[tuple[int, int]]) -> Iterator[pyvips.Image]:
    """The pages of a TIFF in their order, each to be read before the next is asked for. Of many pages alike the file is
    opened once: libvips goes through all its directories whenever it opens one."""
    if len(sizes) > ROLL and len(set(sizes)) == 1:
        try:
            roll = pyvips.Image.tiffload(str(path), n=len(sizes), access="sequential", fail_on="error")
        except pyvips.Error:
            roll = None  # pages of different depth or colour do not go into one picture
        if roll is not None:
            for frame in range(len(sizes)):
                page = roll.crop(0, frame * sizes[0][1], *sizes[0]).copy()
                page.remove("page-height")
                page.remove("n-pages")
                yield page
            return
    for frame in range(len(sizes)):
        yield pyvips.Image.tiffload(str(path), page=frame, access="sequential", fail_on="error")


def _pdf(path: Path, name: str, see: Seer | None) -> list[tuple]:
    with pdf_pages.opened(path, name) as pdf:
        _check_count(name, len(pdf.pages))
        return [_pdf_page(path, pdf, number, name, see) for number in range(len(pdf.pages))]


def _pdf_page(path: Path, pdf: Pdf, number: int, name: str, see: Seer | None) -> tuple:
    for width, height in pdf_pages.image_sizes(pdf.pages[number]):
        _check_size(name, width, height)
    single = pdf_pages.single_jpeg(pdf.pages[number])
    if single is None:
        width, height, dpi = pdf_pages.rendered_size(pdf.pages[number])
        _check_size(name, width, height)
        scale = min(1, SIDE / max(width, height)) if see else PROBE / max(width, height)
        rendered = pdf_pages.render(path, number, max(1, round(width * scale)), max(1, round(height * scale)))
        if see:
            see(for_screen(pdf_pages.as_picture(*rendered)))
        return width, height, dpi
    image = pyvips.Image.jpegload_buffer(single.data, access="sequential", fail_on="error")
    width, height, _unsaid = _measure(image, name, see)
    return width, height, single.dpi


READERS: dict[str, Callable[[Path, str, Seer | None], list[tuple]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/tiff": _tiff,
    "application/pdf": _pdf,
}
