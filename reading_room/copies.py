"""The certified copy as a PDF: cover certificate, then one sheet per scan with footer and seal."""

import hashlib
import io
from collections.abc import Sequence
from contextlib import suppress

import pikepdf
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import PageScan
from fonds.collections.page_images import UNREADABLE, page_source
from fonds.collections.page_steps import geometric
from fonds.reports.press import Asset, render_pdf
from fonds.reports.seals import official_seal, qr_code
from fonds.reports.sheets import (
    OtherColours,
    Picture,
    UnreadablePicture,
    place_pictures,
    read_picture,
)

from .models import Certificate, IssuingOffice

MARK = "urn:fonds:certificate:"  # stands before the number in the metadata of every certified copy


class ScanNotPrintable(Exception):
    """A scan cannot go into a certified copy; the message is a sentence that names its page."""


def verification_address(number: str) -> str:
    """The absolute public address that confirms ``number``."""
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("verify_number", args=[number])


def certified_copy(certificate: Certificate, scans: Sequence[PageScan], office: IssuingOffice) -> bytes:
    """The certified copy of ``scans`` as PDF/A-2b, in the certificate's language. Raises ``ScanNotPrintable``."""
    pictures = [picture_of(scan) for scan in scans]
    cover = render_pdf(
        "reading_room/reports/certified_copy.html",
        {
            "certificate": certificate,
            "unit": certificate.unit,
            "fonds": fonds_of(certificate.unit),
            "address": verification_address(certificate.number),
            "sheets": [
                {"number": number, "landscape": picture.is_landscape} for number, picture in enumerate(pictures, 1)
            ],
            "page_total": len(pictures),
        },
        assets={
            "seal.svg": Asset(_seal(office).encode(), "image/svg+xml"),
            "qr.svg": Asset(qr_code(verification_address(certificate.number)).encode(), "image/svg+xml"),
        },
        language=certificate.language,
    )
    return _assemble(cover, pictures, certificate.number)


def _seal(office: IssuingOffice) -> str:
    return official_seal(office.seal_text, office.seal_name, "" if office.seal_confirmed else "样章 SPECIMEN")


def _assemble(cover: bytes, pictures: Sequence[Picture], number: str) -> bytes:
    """Put the pictures on their sheets; the last page of ``cover`` is the seal alone and becomes a shared form."""
    with pikepdf.open(io.BytesIO(cover)) as pdf:
        seal = pdf.make_indirect(pdf.pages[-1].as_form_xobject())
        del pdf.pages[-1]
        place_pictures(pdf, pdf.pages[-len(pictures) :], pictures, seal)
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as metadata:
            metadata["dc:identifier"] = MARK + number
        out = io.BytesIO()
        pdf.save(out, force_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.preserve)
    return out.getvalue()


def picture_of(scan: PageScan) -> Picture:
    """One page as a JPEG: the master's own bytes, proved by their checksum, where the master is a grey or RGB JPEG;
    else as ``page_source`` makes it. Raises ``ScanNotPrintable``."""
    try:
        if scan.master.mime_type == "image/jpeg" and not geometric(scan.steps):
            with suppress(OtherColours):
                return read_picture(_proved_master(scan), scan.dpi)
        source = page_source(scan)
        return read_picture(source.data, source.dpi)
    except (UnreadablePicture, *UNREADABLE) as error:
        raise ScanNotPrintable(
            _("The scan of page %(page)s cannot be read, so no certified copy can be made of it.")
            % {"page": scan.number}
        ) from error


def _proved_master(scan: PageScan) -> bytes:
    with scan.master.open() as file:
        data = file.read()
    if hashlib.sha256(data).hexdigest() != scan.master.sha256:
        raise ScanNotPrintable(
            _("The scan of page %(page)s is no longer the file that was taken in; its checksum differs.")
            % {"page": scan.number}
        )
    return data


def fonds_of(unit: ArchivePage) -> ArchivePage | None:
    """The fonds that ``unit`` belongs to."""
    return ArchivePage.objects.ancestor_of(unit).filter(level="fonds").order_by("depth").first()
