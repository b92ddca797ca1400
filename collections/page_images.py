"""The picture of one page scan, made from its master: for the screen, for derivatives and for certified copies."""

from pathlib import Path
from typing import NamedTuple

import pypdfium2
import pyvips
from django.core.files.storage import storages

from . import page_steps, pdf_pages
from .colours import for_screen
from .faults import ScanFault
from .models import PageScan
from .storage import local_path

QUALITY = 85
COPY_QUALITY = 90  # of a page that has to be rendered for a certified copy
UPRIGHT = (0, 1)
# What a master that cannot be read any more raises: libvips, PDFium, the store, qpdf.
UNREADABLE = (pyvips.Error, pypdfium2.PdfiumError, OSError, ScanFault)


class PageSource(NamedTuple):
    """A page as it goes into a printout: ``kind`` is always "jpeg"; ``dpi`` 0 where the master does not say."""

    kind: str
    data: bytes
    width: int
    height: int
    dpi: int


def page_jpeg(scan: PageScan, longest: int | None = None) -> bytes:
    """The page as a JPEG whose longest side has at most ``longest`` pixels; ``None``: full size, the untouched bytes
    where the master holds a JPEG."""
    if longest is None:
        return page_source(scan).data
    with local_path(storages["masters"], scan.master.key) as path:
        return scaled_jpeg(open_page(scan, path), longest)


def page_source(scan: PageScan) -> PageSource:
    """The page for a certified copy: the JPEG's own bytes where the page is one (a JPEG file, or the only picture of a
    PDF page), else rendered at the scan's size as a JPEG of quality 90. Of a page's adjustments those are carried out
    that move what is on it, not its contrast."""
    with local_path(storages["masters"], scan.master.key) as path:
        steps = page_steps.geometric(scan.steps)
        untouched = None if steps else _untouched_jpeg(scan, path)
        if untouched:
            return untouched
        image = page_steps.applied(open_master(scan, path), steps).copy_memory()
        data = image.jpegsave_buffer(Q=COPY_QUALITY, keep="none")
        return PageSource("jpeg", data, image.width, image.height, scan.dpi)


def _untouched_jpeg(scan: PageScan, path: Path) -> PageSource | None:
    if scan.master.mime_type == "image/jpeg":
        image = pyvips.Image.jpegload(str(path))
        if image.bands not in (1, 3) or _orientation(image) not in UPRIGHT:
            return None
        return PageSource("jpeg", path.read_bytes(), image.width, image.height, scan.dpi)
    if scan.master.mime_type == "application/pdf":
        with pdf_pages.opened(path, path.name) as pdf:
            single = pdf_pages.single_jpeg(pdf.pages[scan.frame])
        return PageSource("jpeg", *single[:3], scan.dpi) if single else None
    return None


def open_page(scan: PageScan, path: Path, *, sequential: bool = False) -> pyvips.Image:
    """The page as it is shown: as ``open_master`` gives it, with its adjustments carried out."""
    image = open_master(scan, path, sequential=sequential)
    if not scan.steps:
        return image
    return page_steps.applied(image.copy_memory() if sequential else image, scan.steps)


def open_master(scan: PageScan, path: Path, *, sequential: bool = False) -> pyvips.Image:
    """The page in its master at ``path``: upright, 8 bit, grey or sRGB, on white. ``sequential`` where the picture is
    read once from top to bottom and is too large to be held."""
    image = _load(scan, path, "sequential" if sequential else "random")
    if _orientation(image) not in UPRIGHT:
        image = (image.copy_memory() if sequential else image).autorot()
    return for_screen(image)


def _load(scan: PageScan, path: Path, access: str) -> pyvips.Image:
    match scan.master.mime_type:
        case "image/jpeg":
            return pyvips.Image.jpegload(str(path), access=access)
        case "image/png":
            return pyvips.Image.pngload(str(path), access=access)
        case "image/tiff":
            return pyvips.Image.tiffload(str(path), page=scan.frame, access=access)
        case "application/pdf":
            return _load_pdf(scan, path, access)
    raise ValueError(scan.master.mime_type)


def _load_pdf(scan: PageScan, path: Path, access: str) -> pyvips.Image:
    with pdf_pages.opened(path, path.name) as pdf:
        single = pdf_pages.single_jpeg(pdf.pages[scan.frame])
    if single:
        return pyvips.Image.jpegload_buffer(single.data, access=access)
    return pdf_pages.as_picture(*pdf_pages.render(path, scan.frame, scan.width, scan.height))


def _orientation(image: pyvips.Image) -> int:
    return image.get("orientation") if image.get_typeof("orientation") != 0 else 1


def scaled_jpeg(image: pyvips.Image, longest: int) -> bytes:
    """``image`` as a JPEG with at most ``longest`` pixels on its longest side, never enlarged."""
    if max(image.width, image.height) > longest:
        image = image.thumbnail_image(longest, height=longest, size="down")
    return image.jpegsave_buffer(Q=QUALITY, keep="none")
