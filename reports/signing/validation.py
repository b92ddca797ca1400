"""Reading signatures back: whether one is intact, covers the whole file, and whose it is, as of the day it was made."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from asn1crypto import pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import DocumentSecurityStore, async_validate_pdf_signature
from pyhanko.sign.validation.errors import (
    NoDSSFoundError,
    SignatureValidationError,
    ValidationInfoReadingError,
)
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from .running import run_to_end

# What strangers send in is no fault of ours to log.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

_UNREADABLE = (PdfError, SigningError, SignatureValidationError, ValueError, KeyError, IndexError, TypeError,
               AttributeError, RecursionError, OSError)  # fmt: skip


class UnreadableSignature(ValueError):
    """The file is no PDF whose signatures can be read."""


@dataclass(frozen=True)
class SignatureReport:
    """The first signature of a file. ``count`` is how many there are; ``is_intact``: what it covers is as it was
    signed; ``covers_all``: that is the file from the first byte to the last; ``is_final``: it forbids later changes;
    ``is_trusted``: its certificate led to a trusted one at that time and was not revoked; ``stamped_at`` is the time
    that a time-stamp service confirmed, ``None`` without one; ``signed_at`` what the signer's clock said."""

    count: int
    is_intact: bool
    covers_all: bool
    is_final: bool
    is_trusted: bool
    is_revoked: bool
    holder: str
    fingerprint: str
    signed_at: datetime | None
    stamped_at: datetime | None
    stamped_by: str


def read_chain(text: str) -> list[x509.Certificate]:
    """The certificates of a chain kept as PEM."""
    return [x509.Certificate.load(data) for _name, _headers, data in pem.unarmor(text.encode(), multiple=True)]


def name_of(certificate: x509.Certificate) -> str:
    """Who holds a certificate, in short: its common name, else all of its subject."""
    name = certificate.subject.native.get("common_name")
    return name if isinstance(name, str) else certificate.subject.human_friendly


def roots_in(file: BinaryIO) -> list[x509.Certificate]:
    """The certificates in a file's document security store that lead no further; none where it has no store."""
    try:
        store = DocumentSecurityStore.read_dss(PdfFileReader(file))
        return [each for each in store.load_certs() if each.self_signed != "no"]
    except (NoDSSFoundError, ValidationInfoReadingError):
        return []
    except _UNREADABLE as error:
        raise UnreadableSignature(str(error)) from error


def read_signature(
    file: BinaryIO, *, roots: Iterable[x509.Certificate] = (), others: Iterable[x509.Certificate] = (),
    moment: datetime | None = None,
) -> SignatureReport | None:  # fmt: skip
    """The report of the signature of ``file`` (seekable), judged with ``roots`` at ``moment`` (default: now) by what
    the file itself keeps of revocations; nothing is fetched. ``None`` where it has no signature. Raises
    ``UnreadableSignature``."""
    try:
        reader = PdfFileReader(file)
        signatures = reader.embedded_signatures
        if not signatures:
            return None
        signature = signatures[0]
        context = _context(reader, list(roots), list(others), moment)
        status = run_to_end(async_validate_pdf_signature(signature, context, context, skip_diff=True))
        stamp = status.timestamp_validity
        return SignatureReport(
            count=len(signatures),
            is_intact=status.intact and status.valid,
            covers_all=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
            is_final=signature.docmdp_level is not None and signature.docmdp_level.value == 1,
            is_trusted=status.trusted and (stamp is None or stamp.trusted),
            is_revoked=status.revoked,
            holder=name_of(status.signing_cert),
            fingerprint=status.signing_cert.sha256.hex(),
            signed_at=signature.self_reported_timestamp,
            stamped_at=stamp.timestamp if stamp and stamp.valid and stamp.intact else None,
            stamped_by=name_of(stamp.signing_cert) if stamp else "",
        )
    except _UNREADABLE as error:
        raise UnreadableSignature(str(error)) from error


def _context(reader, roots: list, others: list, moment: datetime | None) -> ValidationContext:
    options = {"trust_roots": roots, "other_certs": others, "moment": moment, "allow_fetching": False,
               "revocation_mode": "soft-fail"}  # fmt: skip
    try:
        return DocumentSecurityStore.read_dss(reader).as_validation_context(options)
    except (NoDSSFoundError, ValidationInfoReadingError):
        return ValidationContext(**options)
