"""Whether a certificate is what the archive issued: by its number, or by the file itself, bit for bit."""

import hashlib
import re
from dataclasses import dataclass
from typing import BinaryIO

import pikepdf
from django.utils.translation import gettext as _

from .copies import MARK
from .enums import CertificateStatus, Finding
from .models import Certificate
from .numbers import read_check_code, read_number

LARGEST_FILE = 50 * 1024**2
_CHUNK = 1024 * 1024
_MARK = re.compile(re.escape(MARK.encode()) + rb"([0-9]{4}-[0-9]{4,9})(?![0-9])")
_OVERLAP = 100  # bytes kept between two chunks, more than the longest mark
_FINDINGS = {
    CertificateStatus.VALID: Finding.VALID,
    CertificateStatus.REVOKED: Finding.REVOKED,
    CertificateStatus.VOIDED: Finding.VOIDED,
    CertificateStatus.ISSUING: Finding.UNKNOWN,
}


class CannotVerify(Exception):
    """The input is nothing that could be verified; the message is a sentence for the person who brought it."""


@dataclass(frozen=True)
class Answer:
    """What is found about a certificate. ``certificate`` is the register entry, where there is one to speak of;
    ``by_file``: the bytes were compared; ``code_matches``: of a check code that was given, else ``None``."""

    finding: Finding
    certificate: Certificate | None = None
    by_file: bool = False
    code_matches: bool | None = None

    @property
    def unit_is_open(self) -> bool:
        """Whether title and code of what was certified may be said to anyone."""
        unit = self.certificate.unit if self.certificate else None
        return bool(unit and unit.is_open and unit.live)


def verify_number(text: str, check_code: str = "") -> Answer:
    """What the register says of a number in any spelling. A check code that is given must belong to the number:
    otherwise the paper is altered. Raises ``CannotVerify`` where ``text`` holds no number."""
    number = read_number(text)
    if number is None:
        raise CannotVerify(_("This is not the number of a certificate. It looks like 2026-0001 or 〔2026〕0001号."))
    certificate = Certificate.objects.numbered(number).select_related("unit", "replaced_by").first()
    if certificate is None or certificate.status == CertificateStatus.ISSUING:
        return Answer(Finding.UNKNOWN)
    typed = read_check_code(check_code)
    if typed and typed != certificate.check_code:
        return Answer(Finding.ALTERED, certificate, code_matches=False)
    return Answer(_FINDINGS[certificate.status], certificate, code_matches=True if typed else None)


def verify_file(file: BinaryIO) -> Answer:
    """What the register says of a PDF: valid only where every byte is as issued.

    ``file`` is read in pieces and never kept; it must be seekable. Raises ``CannotVerify`` for an empty file, one over
    ``LARGEST_FILE`` bytes, and one that is neither a PDF nor carries a certificate's mark.
    """
    digest, size, marked, head = _read_through(file)
    if not size:
        raise CannotVerify(_("The file is empty."))
    entries = Certificate.objects.select_related("unit", "replaced_by").exclude(status=CertificateStatus.ISSUING)
    same = entries.filter(sha256=digest, size=size).first()
    if same:
        return Answer(_FINDINGS[same.status], same, by_file=True)
    is_pdf = b"%PDF-" in head
    number = marked or (_mark_inside(file) if is_pdf else None)
    altered = entries.numbered(number).first() if number else None
    if altered:
        return Answer(Finding.ALTERED, altered, by_file=True)
    if not is_pdf:
        raise CannotVerify(_("This file is not a PDF. Drop the PDF file that was issued."))
    return Answer(Finding.UNKNOWN, by_file=True)


def _read_through(file: BinaryIO) -> tuple[str, int, str | None, bytes]:
    """SHA-256, size, the number in the file's mark, and its first 1,024 bytes."""
    digest, size, number, head, tail = hashlib.sha256(), 0, None, b"", b""
    file.seek(0)
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        if size > LARGEST_FILE:
            raise CannotVerify(_("The file is larger than 50 MB. Type its number instead."))
        digest.update(chunk)
        head = head or chunk[:1024]
        match = _MARK.search(tail + chunk) if number is None else None
        number = match[1].decode() if match else number
        tail = chunk[-_OVERLAP:]
    return digest.hexdigest(), size, number, head


def _mark_inside(file: BinaryIO) -> str | None:
    """The number in the metadata of a PDF that was written anew and compressed; ``None`` where it cannot be read."""
    file.seek(0)
    try:
        with pikepdf.open(file) as pdf:
            match = _MARK.search(pdf.Root.Metadata.read_bytes())
    except (pikepdf.PikepdfError, AttributeError, KeyError, ValueError):
        return None
    return match[1].decode() if match else None
