"""What the rules of DA/T 31-2017 find in the pages of a batch, and the sentences for it in the reader's language."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from ..models import BatchPage, ScanBatch
from ..page_measures import Measures, difference
from ..scan_files import NAMES

ALIKE = 20  # bits of 256 in which the looks of the same page scanned twice may differ; other pages differ in over 40
SERIOUS = {"resolution", "colour", "same_number", "same_file"}
FORMATS = ("image/jpeg", "image/tiff", "application/pdf")  # DA/T 31-2017, 8.4: TIFF, JPEG, PDF
Finding = dict[str, object]


def of_page(batch: ScanBatch, page: BatchPage, measures: Measures | None, mime_type: str) -> list[Finding]:
    """What a page shows by itself: resolution, colour mode, format, blank page, skew."""
    found: list[Finding] = []
    if page.dpi and page.dpi < batch.least_dpi:
        found.append({"rule": "resolution", "dpi": page.dpi, "least": batch.least_dpi})
    if not page.dpi:
        found.append({"rule": "no_resolution"})
    if mime_type not in FORMATS:
        found.append({"rule": "format", "format": NAMES.get(mime_type, mime_type)})
    if measures is None:
        return found
    if measures.is_blank:
        found.append({"rule": "blank"})
    if batch.needs_colour and measures.colour_share == 0 and not measures.is_blank:
        found.append({"rule": "colour"})
    if measures.skew is not None and abs(measures.skew) > batch.most_skew:
        found.append({"rule": "skew", "degrees": measures.skew})
    return found


def among(pages: Sequence[BatchPage]) -> dict[int, list[Finding]]:
    """What the pages of one unit show side by side, by their keys: the same number, file or picture twice."""
    found: dict[int, list[Finding]] = {}
    for place, page in enumerate(pages):
        for earlier in pages[:place]:
            finding = _twice(page, earlier)
            if finding:
                found.setdefault(page.pk, []).append(finding)
                break
    return found


def _twice(page: BatchPage, earlier: BatchPage) -> Finding | None:
    if (page.sha256, page.frame, page.steps) == (earlier.sha256, earlier.frame, earlier.steps):
        return {"rule": "same_file", "name": earlier.name}
    if page.page is not None and page.page == earlier.page and page.frame == earlier.frame and not page.steps:
        return {"rule": "same_number", "name": earlier.name}
    if page.looks and earlier.looks and difference(bytes(page.looks), bytes(earlier.looks)) <= ALIKE:
        return {"rule": "alike", "name": earlier.name}
    return None


def missing_numbers(pages: Iterable[BatchPage]) -> list[int]:
    """Page numbers that no name of a unit's files has, between 1 and the highest one."""
    numbers = {page.page for page in pages if page.page}
    return sorted(set(range(1, max(numbers, default=0) + 1)) - numbers)


def is_serious(finding: Finding) -> bool:
    """Whether the page should be scanned again, not only looked at."""
    return finding["rule"] in SERIOUS


def sentence(finding: Finding) -> str:
    """``finding`` in the reader's language."""
    words = {**finding}
    match finding["rule"]:
        case "resolution":
            return _("%(dpi)s dpi, at least %(least)s are needed") % words
        case "no_resolution":
            return _("the file does not state its resolution")
        case "format":
            return _("%(format)s is not a format for scans of documents") % words
        case "blank":
            return _("blank page")
        case "colour":
            return _("not in colour")
        case "skew":
            return _("leans by %(degrees)s°") % words
        case "same_file":
            return _("the same file as “%(name)s”") % words
        case "same_number":
            return _("the same page number as “%(name)s”") % words
        case "alike":
            return _("looks like “%(name)s”") % words
        case "replaces":
            return _("replaces page %(page)s") % words
    return str(finding["rule"])
