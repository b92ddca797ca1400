"""Pages of PDF files: their structure by pikepdf (qpdf), their picture by PDFium. Scripts in them never run.

A scanner's PDF is mostly one JPEG per page, perhaps with an invisible text layer. Such a page is its JPEG: the bytes
are taken as they are, without loss. Everything else is rendered.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pikepdf
import pypdfium2
import pyvips
from django.utils.translation import gettext as _

from .faults import ScanFault

RENDER_DPI = 200  # DA/T 31-2017: the least resolution of a scan
POINTS = 72
TOLERANCE = 0.02  # of the page's side, by which a full-page picture may miss its edge
INVISIBLE = 3  # text rendering mode, PDF 32000-1, 9.3.6
IMAGES_AT_MOST = 2_000
# What qpdf raises on a malformed file, and what comes of a word where the standard has a number or the other way round.
MALFORMED = (
    pikepdf.PikepdfError, RuntimeError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError,
    pypdfium2.PdfiumError,
)  # fmt: skip
_PDFIUM = threading.RLock()  # PDFium is not thread-safe


class SingleJpeg(NamedTuple):
    """The JPEG that is a page: its bytes, pixels, and dots per inch as placed on the page."""

    data: bytes
    width: int
    height: int
    dpi: int


@contextmanager
def opened(path: Path, name: str) -> Iterator[pikepdf.Pdf]:
    """The PDF at ``path``; raises ``ScanFault`` where it is locked, damaged or has no pages."""
    damaged = _("“%(name)s” is a damaged or incomplete %(format)s file.") % {"name": name, "format": "PDF"}
    try:
        pdf = pikepdf.open(path)
    except pikepdf.PasswordError as error:
        raise ScanFault(_("“%(name)s” is protected by a password.") % {"name": name}) from error
    except MALFORMED as error:
        raise ScanFault(damaged) from error
    with pdf:
        try:
            pages = len(pdf.pages)
            if any("reconstruct" in str(warning) for warning in pdf.get_warnings()):
                raise ScanFault(damaged)
            if not pages:
                raise ScanFault(_("“%(name)s” has no pages.") % {"name": name})
            yield pdf
        except MALFORMED as error:
            raise ScanFault(damaged) from error


def image_sizes(page: pikepdf.Page) -> list[tuple[int, int]]:
    """Width and height of the pictures a page refers to, without decoding them."""
    images = list(page.get_images().values())[:IMAGES_AT_MOST]
    return [(int(image.get("/Width", 0)), int(image.get("/Height", 0))) for image in images]


def single_jpeg(page: pikepdf.Page) -> SingleJpeg | None:
    """The page's JPEG if the page is nothing but one upright JPEG from edge to edge, else None."""
    images = page.get_images(recursive=False)
    if len(images) != 1 or page.rotation % 360 or "/Annots" in page:
        return None
    ((name, image),) = images.items()
    if not _is_plain_jpeg(image):
        return None
    place = _only_picture(page, name)
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    across, up = right - left, top - bottom
    if place is None or across <= 0 or up <= 0:
        return None
    missed = [(place[0] - left) / across, (place[1] - bottom) / up, (place[2] - right) / across, (place[3] - top) / up]
    if any(abs(edge) > TOLERANCE for edge in missed):
        return None
    width, height = int(image.Width), int(image.Height)
    unit = float(page.get("/UserUnit", 1))
    dpi = round(width * POINTS / ((place[2] - place[0]) * unit))
    data = BytesIO()
    try:
        if pikepdf.PdfImage(image).extract_to(stream=data) != ".jpg":
            return None
    except (pikepdf.NotExtractableError, pikepdf.UnsupportedImageTypeError):
        return None
    return SingleJpeg(data.getvalue(), width, height, dpi)


def _is_plain_jpeg(image: pikepdf.Stream) -> bool:
    """Whether the stream is a JPEG file of 8-bit grey or RGB without mask or remapping."""
    filters = image.get("/Filter")
    last = filters[-1] if isinstance(filters, pikepdf.Array) and len(filters) else filters
    if last != pikepdf.Name.DCTDecode or int(image.get("/BitsPerComponent", 8)) != 8:
        return False
    if any(key in image for key in ("/SMask", "/Mask", "/Decode")):
        return False
    space = image.get("/ColorSpace")
    if isinstance(space, pikepdf.Array) and len(space) == 2 and space[0] == pikepdf.Name.ICCBased:
        return int(space[1].get("/N", 0)) in (1, 3)
    return space in (pikepdf.Name.DeviceRGB, pikepdf.Name.DeviceGray)


# Operators that set something and draw nothing (PDF 32000-1, annex A).
_STATE = (
    "gs BT ET Td TD Tm T* Tf Tc Tw Tz TL Ts BMC BDC EMC MP DP BX EX rg RG g G k K cs CS sc SC scn SCN w J j M d ri i"
)
SILENT = frozenset(_STATE.split())
SHOWING = {"Tj", "TJ", "'", '"'}


def _only_picture(page: pikepdf.Page, name: str) -> tuple[float, float, float, float] | None:
    """Where the picture ``name`` lies (left, bottom, right, top) if the page draws it once and shows nothing else."""
    matrix, stack, mode, place = pikepdf.Matrix(), [], 0, None
    for operands, operator in pikepdf.parse_content_stream(page):
        word = str(operator)
        if word == "q":
            stack.append((matrix, mode))
        elif word == "Q" and stack:
            matrix, mode = stack.pop()
        elif word == "cm":
            matrix = pikepdf.Matrix(*(float(number) for number in operands)) @ matrix
        elif word == "Tr":
            mode = int(operands[0])
        elif word == "Do" and str(operands[0]) == name and place is None:
            place = matrix
        elif word in SILENT or (word in SHOWING and mode == INVISIBLE):
            continue
        else:
            return None
    if place is None or place.b or place.c or place.a <= 0 or place.d <= 0:
        return None
    return place.e, place.f, place.e + place.a, place.f + place.d


def rendered_size(page: pikepdf.Page, dpi: int = RENDER_DPI) -> tuple[int, int, int]:
    """Pixels of a page rendered at ``dpi``, and ``dpi``."""
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    unit = float(page.get("/UserUnit", 1))
    width, height = (max(1, round(side * unit * dpi / POINTS)) for side in (abs(right - left), abs(top - bottom)))
    return (height, width, dpi) if page.rotation % 180 else (width, height, dpi)


def render(path: Path, frame: int, width: int, height: int) -> tuple[int, int, bytes]:
    """The page as seen, about ``width`` × ``height`` pixels: exact width, height and RGB bytes."""
    with _PDFIUM:
        pdf = pypdfium2.PdfDocument(path)
        try:
            page = pdf[frame]
            scale = max(width / page.get_width(), height / page.get_height())
            bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False, may_draw_forms=False)
            return bitmap.width, bitmap.height, _without_padding(bytes(bitmap.buffer), bitmap)
        finally:
            pdf.close()


def as_picture(width: int, height: int, pixels: bytes) -> pyvips.Image:
    """What ``render`` gives, as an image."""
    bands = len(pixels) // (width * height)
    picture = pyvips.Image.new_from_memory(pixels, width, height, bands, "uchar")
    return picture.copy(interpretation="srgb" if bands >= 3 else "b-w")


def _without_padding(pixels: bytes, bitmap: pypdfium2.PdfBitmap) -> bytes:
    """The rows of a bitmap without the bytes that fill each up to a multiple of four."""
    row = bitmap.width * bitmap.n_channels
    if bitmap.stride == row:
        return pixels
    return b"".join(pixels[start : start + row] for start in range(0, bitmap.height * bitmap.stride, bitmap.stride))
