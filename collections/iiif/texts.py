"""The text of a page as annotations on its canvas, line by line where the places are known."""

from django.utils.translation import gettext_noop

from ..models import PageScan, RecognisedText
from ..recognising.lines import Line
from .answers import PRESENTATION_CONTEXT
from .languages import in_all_languages
from .presentation import Maker

LANGUAGE = "zh"
TEXT = gettext_noop("Text of the page")


def text_page(maker: Maker, scan: PageScan) -> dict:
    """The annotation page of ``scan`` (Presentation API 3.0, 5.5: motivation ``supplementing``).

    What was corrected by hand keeps the places of the lines where it still has as many of them; else it is one
    annotation of the whole page, for a wrong place is worse than none.
    """
    address, canvas = maker.address("iiif_scan_texts", scan.pk), maker.address("iiif_scan_canvas", scan.pk)
    read = RecognisedText.objects.filter(scan=scan).order_by("-made_at", "-pk").first() if scan.text else None
    written = [line for line in scan.text.splitlines() if line.strip()]
    lines = [line for line in read.lines if line.text.strip()] if read else []
    if len(lines) == len(written):
        targets = [f"{canvas}#xywh={_place(line, scan)}" for line in lines]
    else:
        written, targets = [scan.text], [canvas]
    items = [
        {
            "id": f"{address}/{number}",
            "type": "Annotation",
            "motivation": "supplementing",
            "body": {"type": "TextualBody", "value": text, "format": "text/plain", "language": LANGUAGE},
            "target": target,
        }
        for number, (text, target) in enumerate(zip(written, targets, strict=True), 1)
        if text
    ]
    return {"@context": PRESENTATION_CONTEXT, "id": address, "type": "AnnotationPage",
            "label": in_all_languages(TEXT), "items": items}  # fmt: skip


def _place(line: Line, scan: PageScan) -> str:
    left, top = round(line.left * scan.width), round(line.top * scan.height)
    right, bottom = round(line.right * scan.width), round(line.bottom * scan.height)
    return f"{left},{top},{max(1, right - left)},{max(1, bottom - top)}"
