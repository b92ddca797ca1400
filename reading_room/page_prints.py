"""The pages of a unit to be printed by whoever has the right to: the scans on sheets that say for whom and when.

Nothing is certified by it; that is ``fonds.reading_room.copies``.
"""

import io
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import PageScan
from fonds.reports.albums import opened_album
from fonds.reports.press import render_pdf
from fonds.reports.sheets import place_pictures

from .actions import MOST_PAGES
from .copies import picture_of


def printed_pages(unit: ArchivePage, scans: Sequence[PageScan], reader) -> bytes:
    """``scans`` as PDF, one A4 sheet each, in the reader's language. Raises ``ValidationError`` for none and for more than
    ``MOST_PAGES``, ``ScanNotPrintable`` where one cannot be read."""
    if not scans:
        raise ValidationError(_("There is no such page to print."))
    if len(scans) > MOST_PAGES:
        raise ValidationError(_("At most %(most)s pages are printed at once.") % {"most": MOST_PAGES})
    with opened_album() as album:
        pictures = [album.put(picture_of(scan)) for scan in scans]
        sheets = render_pdf(
            "reading_room/reports/printed_pages.html",
            {
                "unit": unit,
                "reader": reader,
                "printed_at": timezone.localtime(),
                "sheets": [
                    {"number": scan.number, "landscape": picture.is_landscape}
                    for scan, picture in zip(scans, pictures, strict=True)
                ],
            },
            language=get_language(),
        )
        with album.bound(sheets) as pdf:
            place_pictures(pdf, pdf.pages, pictures)
            out = io.BytesIO()
            pdf.save(out, force_version="1.7")
    return out.getvalue()
