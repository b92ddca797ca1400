"""Whether a certificate is what the archive issued: by its number, or by the file itself, bit for bit."""

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from .checks import Check, checks_of_altered, checks_of_issued, checks_of_number
from .copies import MARK
from .differences import TooBusy, examine, scripts_said
from .enums import CertificateStatus, Finding
from .models import Certificate
from .numbers import read_check_code, read_number

LARGEST_FILE = 150 * 1024**2
_CHUNK = 1024 * 1024
_MARK = re.compile(re.escape(MARK.encode()) + rb"([0-9]{4}-[A-Z]?[0-9]{4,9})(?![0-9])")
_SOURCE = re.compile(rb"(https?://[^\s<>\"']{1,200})/verify/[0-9]{4}-[A-Z]?[0-9]{4,9}/")
_OVERLAP = 400  # bytes kept between two chunks, more than the longest mark
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
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
    ``by_file``: the bytes were compared; ``code_matches``: of a check code that was given, else ``None``; ``checks``:
    what was looked at, one by one; ``changes``: how an altered file differs from the issued one; ``digest`` and ``size``:
    SHA-256 and bytes of the file that was looked at."""

    finding: Finding
    certificate: Certificate | None = None
    by_file: bool = False
    code_matches: bool | None = None
    checks: list[Check] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    digest: str = ""
    size: int = 0

    @property
    def unit_is_open(self) -> bool:
        """Whether title and code of what was certified may be said to anyone: all of it, where it is several."""
        if not self.certificate:
            return False
        if self.certificate.parts:
            units = list(self.certificate.units.all())
            return len(units) == len(self.certificate.parts) and all(unit.is_open and unit.live for unit in units)
        unit = self.certificate.unit
        return bool(unit and unit.is_open and unit.live)


@dataclass(frozen=True)
class _Read:
    """A file read through once: SHA-256, size, its first 1,024 bytes, the number in its mark and the archive that its
    mark names."""

    digest: str
    size: int
    head: bytes
    number: str | None
    source: str | None

    @property
    def is_pdf(self) -> bool:
        return b"%PDF-" in self.head


def verify_number(text: str, check_code: str = "") -> Answer:
    """What the register says of a number in any spelling, or of the address in a QR code. A check code that is given
    must belong to the number: otherwise the paper is altered. Raises ``CannotVerify`` where ``text`` holds no number
    of this archive."""
    number = read_number(_own_part(text))
    if number is None:
        raise CannotVerify(_("This is not the number of a certificate. It looks like 2026-0001 or 〔2026〕0001号."))
    certificate = (
        Certificate.objects.numbered(number).select_related("unit", "replaced_by", "signed_with").first()
    )  # fmt: skip
    if certificate is None or certificate.status == CertificateStatus.ISSUING:
        return Answer(Finding.UNKNOWN)
    typed = read_check_code(check_code)
    matches = typed == certificate.check_code if typed else None
    checks = checks_of_number(certificate, matches)
    if matches is False:
        return Answer(Finding.ALTERED, certificate, code_matches=False, checks=checks)
    return Answer(_FINDINGS[certificate.status], certificate, code_matches=matches, checks=checks)


def _own_part(text: str) -> str:
    """``text``, or where it is an address of this archive what stands behind ``/verify/``. Raises ``CannotVerify`` for
    the address of another one: its numbers look like ours."""
    address = _ADDRESS.search(text)
    if not address:
        return text
    if not is_own(address[0]):
        raise _other_archive(address[0])
    return address[0].partition("/verify/")[2].partition("?")[0]


def is_own(address: str) -> bool:
    """Whether ``address`` is one of this archive."""
    try:
        return urlsplit(address).hostname == urlsplit(settings.WAGTAILADMIN_BASE_URL).hostname
    except ValueError:
        return False


def _other_archive(address: str) -> CannotVerify:
    try:
        host = urlsplit(address).hostname or address[:100]
    except ValueError:
        host = address[:100]
    return CannotVerify(
        _("This comes from another archive (%(host)s), which alone can say whether it is genuine. Ask there.")
        % {"host": host[:100]}
    )


def verify_file(file: BinaryIO) -> Answer:
    """What the register says of a PDF: valid only where every byte is as issued.

    ``file`` is read in pieces and never kept; it must be seekable. Raises ``CannotVerify`` for an empty file, one over
    ``LARGEST_FILE`` bytes, one of another archive, and one that is neither a PDF nor carries a certificate's mark.
    """
    read = _read_through(file)
    if not read.size:
        raise CannotVerify(_("The file is empty."))
    entries = Certificate.objects.select_related("unit", "replaced_by", "signed_with").exclude(
        status=CertificateStatus.ISSUING
    )
    same = entries.filter(sha256=read.digest, size=read.size).first()
    try:
        answer = (
            Answer(_FINDINGS[same.status], same, by_file=True, checks=checks_of_issued(same, file))
            if same
            else _verify_other(file, read, entries)
        )
    except TooBusy as error:
        raise CannotVerify(str(error)) from error
    return replace(answer, digest=read.digest, size=read.size)


def _verify_other(file: BinaryIO, read: _Read, entries) -> Answer:
    """The answer for a file that is none of those issued."""
    number, source, facts = read.number, read.source, None
    if read.is_pdf and not number:  # perhaps written anew, with its metadata packed
        facts = examine(file)
        number, source = _number_in(facts.mark.encode()), _source_in(facts.mark.encode())
    if number and source and not is_own(source):
        raise _other_archive(source)
    altered = entries.numbered(number).first() if number else None
    if altered:
        checks, changes = checks_of_altered(altered, file)
        return Answer(Finding.ALTERED, altered, by_file=True, checks=checks, changes=changes)
    if not read.is_pdf:
        raise CannotVerify(_("This file is not a PDF. Drop the PDF file that was issued."))
    facts = facts or examine(file)
    return Answer(Finding.UNKNOWN, by_file=True, changes=[scripts_said()] if facts.scripts else [])


def _read_through(file: BinaryIO) -> _Read:
    digest, size, number, source, head, tail = hashlib.sha256(), 0, None, None, b"", b""
    file.seek(0)
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        if size > LARGEST_FILE:
            raise too_large()
        digest.update(chunk)
        head = head or chunk[:1024]
        here, tail = tail + chunk, chunk[-_OVERLAP:]
        number = number or _number_in(here)
        source = source or _source_in(here)
    return _Read(digest.hexdigest(), size, head, number, source)


def too_large() -> CannotVerify:
    """What is said of a file over ``LARGEST_FILE``."""
    return CannotVerify(
        _("The file is larger than %(most)s MB. Type its number instead.") % {"most": LARGEST_FILE // 1024**2}
    )


def _number_in(data: bytes) -> str | None:
    match = _MARK.search(data)
    return match[1].decode() if match else None


def _source_in(data: bytes) -> str | None:
    match = _SOURCE.search(data)
    return match[1].decode(errors="replace") if match else None
