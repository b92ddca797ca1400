"""Making the searchable PDF: PDF/A-2b, one sheet of the picture's own size for each page."""

import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pikepdf

from fonds.archive_pages.models import ArchivePage
from fonds.reports.press import print_html
from fonds.reports.sheets import UnreadablePicture, image_object, read_picture, turn_of

from ..faults import ScanFault
from ..models import PageScan, RecognisedText
from ..page_images import UNREADABLE, page_source
from ..recognising.lines import Line
from ..watermarks.drawing import marked_picture
from .invisible_text import InvisibleFont, text_commands

USUAL_DPI = 200  # of a page whose file does not state its resolution
POINTS = 72
LINES_OF_A_PAGE = 40
MARGIN = 0.08


def scans_of(unit: ArchivePage) -> list[PageScan]:
    """The page scans of ``unit`` in order, with what the PDF needs."""
    return list(PageScan.objects.filter(unit=unit.pk).select_related("master").order_by("number"))


def write_searchable_pdf(unit: ArchivePage, scans: Iterable[PageScan], target: Path, watermark: str = "") -> int:
    """Write the pages ``scans`` of ``unit`` to ``target``; how many there are.

    A grey or RGB JPEG keeps its bytes, unless the words of ``watermark`` are drawn across each page. The text stands where
    it was recognised; one that was corrected by hand or delivered, and so has no places, is spread over the page. Raises
    ``ScanFault`` with the page where one cannot be read, or where there is none.
    """
    scans = list(scans)
    if not scans:
        raise ScanFault.of_none(unit)
    recognised = _recognised(scans)
    font = InvisibleFont()
    with pikepdf.open(io.BytesIO(_empty())) as pdf:
        del pdf.pages[:]
        for scan in scans:
            _add_page(pdf, scan, recognised.get(scan.pk), font, watermark)
        written = font.write(pdf)
        for page in pdf.pages:
            page.obj["/Resources"]["/Font"] = pikepdf.Dictionary(Text=written)
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as metadata:
            metadata["dc:title"] = unit.title
            if unit.reference_code:
                metadata["dc:identifier"] = unit.reference_code
        pdf.save(target, force_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.preserve)
    return len(scans)


@cache
def _empty() -> bytes:
    """A PDF/A-2b with colour profile and metadata, whose only page goes."""
    return print_html("<!doctype html><html><head><title>-</title></head><body></body></html>")


def _recognised(scans: list[PageScan]) -> dict[int, RecognisedText]:
    """The newest recognised text of each page."""
    texts = RecognisedText.objects.filter(scan__in=[scan.pk for scan in scans]).order_by("made_at", "pk")
    return {text.scan_id: text for text in texts}


def _add_page(
    pdf: pikepdf.Pdf, scan: PageScan, recognised: RecognisedText | None, font: InvisibleFont, watermark: str
) -> None:
    try:
        data = page_source(scan).data
        if watermark:
            data, _kind = marked_picture(data, "image/jpeg", watermark)
        picture = read_picture(data, scan.dpi)
    except (UnreadablePicture, *UNREADABLE) as error:
        raise ScanFault.of_page(scan) from error
    wide, high = picture.upright
    dpi = picture.dpi if picture.dpi >= POINTS else USUAL_DPI
    width, height = wide * POINTS / dpi, high * POINTS / dpi
    commands = f"q {width:.3f} 0 0 {height:.3f} 0 0 cm {turn_of(picture)} cm /Scan Do Q\n"
    commands += text_commands(_lines(scan, recognised), font, width, height)
    page = pdf.add_blank_page(page_size=(width, height))
    page.obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=image_object(pdf, picture)))
    page.obj["/Contents"] = pdf.make_stream(commands.encode("ascii"))


def _lines(scan: PageScan, recognised: RecognisedText | None) -> list[Line]:
    """The lines of the page with their places: those recognised where they are still its text."""
    if recognised is not None:
        lines = recognised.lines
        if scan.text in ("", "\n".join(line.text for line in lines)):
            return lines
    return _spread(scan.text)


def _spread(text: str) -> list[Line]:
    """Lines of a text without places, from the top of the page to its foot."""
    rows = [row.strip() for row in text.splitlines() if row.strip()]
    high = (1 - 2 * MARGIN) / max(LINES_OF_A_PAGE, len(rows))
    lines = []
    for number, row in enumerate(rows):
        top, step = MARGIN + number * high, (1 - 2 * MARGIN) / len(row)
        edges = tuple((MARGIN + place * step, MARGIN + (place + 1) * step) for place in range(len(row)))
        lines.append(Line(row, MARGIN, top, 1 - MARGIN, top + 0.9 * high, edges))
    return lines
