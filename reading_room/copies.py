"""Certificates as PDF: the certifying page, the list of what is copied, one sheet per scan with footer and seal; signed."""

import hashlib
import io
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import BinaryIO

import pikepdf
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import PageScan
from fonds.collections.page_images import UNREADABLE, page_source
from fonds.collections.page_steps import geometric
from fonds.reports.albums import opened_album
from fonds.reports.press import Asset, render_pdf
from fonds.reports.riding_seals import ride
from fonds.reports.seals import official_seal, qr_code
from fonds.reports.sheets import (
    OtherColours,
    Picture,
    UnreadablePicture,
    place_pictures,
    read_picture,
)
from fonds.reports.signing.documents import write_signed
from fonds.reports.signing.signers import ReadySigner

from .models import Certificate, IssuingOffice, as_ranges

MARK = "urn:fonds:certificate:"  # stands before the number in the metadata of every certified copy
SEAL_PLACE = "seal:"  # the address of the link that holds the place of the seal on the certifying page
SPECIMEN = "样章 SPECIMEN"


class ScanNotPrintable(Exception):
    """A scan cannot go into a certified copy; the message is a sentence that names its page."""


def verification_address(number: str) -> str:
    """The absolute public address that confirms ``number``."""
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("verify_number", args=[number])


def write_certificate(
    certificate: Certificate, scans: Sequence[PageScan], office: IssuingOffice, signer: ReadySigner, out: BinaryIO
) -> str:
    """Write ``certificate`` with ``scans`` as signed PDF/A-2b, in its language, to ``out`` (empty, readable, seekable);
    its SHA-256. Raises ``ScanNotPrintable``, ``SigningFault``, ``OSError``."""
    is_specimen = signer.key.is_specimen or not office.seal_confirmed
    drawing = official_seal(office.seal_text, office.seal_name, SPECIMEN if is_specimen else "")
    with opened_album() as album:
        pictures = [album.put(picture_of(scan)) for scan in scans]
        with album.bound(_rendered(certificate, scans, pictures, is_specimen)) as pdf:
            seal = _seal(pdf, drawing)
            place_pictures(pdf, pdf.pages[len(pdf.pages) - len(pictures) :], pictures, seal)
            ride(pdf, pdf.pages, seal)
            return _signed(pdf, certificate, seal, signer, out)


def _signed(
    pdf: pikepdf.Pdf, certificate: Certificate, seal: pikepdf.Object, signer: ReadySigner, out: BinaryIO
) -> str:
    """Write ``pdf``, complete but for what names and proves it; its SHA-256."""
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as metadata:
        metadata["dc:identifier"] = MARK + certificate.number
        metadata["dc:source"] = verification_address(certificate.number)
    page, place = _take_place(pdf)
    with override(certificate.language):
        reason = f"{certificate.get_kind_display()} {certificate.shown_number}"
    return write_signed(
        pdf, out, signer, page=page, place=place, appearance=seal, name=certificate.office, reason=reason
    )


def _seal(pdf: pikepdf.Pdf, drawing: str) -> pikepdf.Object:
    """The seal as a form of ``pdf``, for all places where it stands."""
    with pikepdf.open(io.BytesIO(_printed_seal(drawing))) as printed:
        return pdf.copy_foreign(printed.make_indirect(printed.pages[0].as_form_xobject()))


@lru_cache(maxsize=8)
def _printed_seal(drawing: str) -> bytes:
    """The seal (SVG) as a page of its own. It is the same on all certificates, and its letters cost as much as a cover."""
    return render_pdf(
        "reading_room/reports/seal.html", {}, assets={"seal.svg": Asset(drawing.encode(), "image/svg+xml")}
    )


def _rendered(certificate, scans, pictures, is_specimen: bool) -> bytes:
    """The pages without pictures and seal."""
    address = verification_address(certificate.number)
    return render_pdf(
        "reading_room/reports/certificate.html",
        {
            "certificate": certificate,
            "unit": certificate.unit,
            "fonds": fonds_of(certificate.unit) if certificate.unit else None,
            "address": address,
            "seal_place": SEAL_PLACE,
            "specimen": SPECIMEN if is_specimen else "",
            "parts": _contents(certificate),
            "sheets": _sheets(certificate, scans, pictures),
            "page_total": len(pictures),
        },
        assets={"qr.svg": Asset(qr_code(address).encode(), "image/svg+xml")},
        language=certificate.language,
    )


def _sheets(certificate: Certificate, scans: Sequence[PageScan], pictures: Sequence[Picture]) -> list[dict]:
    codes = {part["unit"]: part["code"] for part in certificate.parts}
    return [
        {
            "number": number,
            "landscape": picture.is_landscape,
            "code": codes.get(scan.unit_id, certificate.unit_code),
            "page": scan.number,
        }
        for number, (scan, picture) in enumerate(zip(scans, pictures, strict=True), 1)
    ]


def _contents(certificate: Certificate) -> list[dict]:
    """The rows of the contents page: each unit with its pages and the sheets they stand on."""
    rows, first = [], 1
    for part in certificate.parts:
        last = first + len(part["pages"]) - 1
        rows.append(
            {**part, "pages": as_ranges(part["pages"]), "count": len(part["pages"]), "first": first, "last": last}
        )
        first = last + 1
    return rows


def _take_place(pdf: pikepdf.Pdf) -> tuple[pikepdf.Page, list[float]]:
    """The page and the place (left, bottom, right, top) that the template keeps for the seal, its link taken away."""
    for page in pdf.pages:
        for position, link in enumerate(page.obj.get("/Annots", [])):
            if str(link.get("/A", {}).get("/URI", "")) == SEAL_PLACE:
                del page.obj.Annots[position]
                across, upward = (sorted(float(link.Rect[edge]) for edge in pair) for pair in ((0, 2), (1, 3)))
                return page, [across[0], upward[0], across[1], upward[1]]
    raise RuntimeError("The template of the certificate keeps no place for the seal.")


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
