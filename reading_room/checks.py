"""What is looked at when a certificate is verified, one by one, each with a plain sentence."""

from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.core.files.storage import storages
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fonds.reports.signing.faults import SigningFault
from fonds.reports.signing.proofs import own_roots, trusted_roots
from fonds.reports.signing.validation import (
    SignatureReport,
    UnreadableSignature,
    read_chain,
    read_signature,
    roots_in,
)

from .differences import examine
from .enums import CertificateStatus
from .models import Certificate

GOOD, BAD, PLAIN = "good", "bad", "plain"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: ``name`` for programs, ``label`` and ``sentence`` for people, ``state`` good, bad or
    plain (neither)."""

    name: str
    label: str
    state: str
    sentence: str


def checks_of_number(certificate: Certificate, code_matches: bool | None) -> list[Check]:
    """What the register alone can say, without a file."""
    checks = list(_of_register(certificate))
    if code_matches is not None:
        said = (
            _("It belongs to this number.") if code_matches else _("It does not belong to this number.")
        )  # fmt: skip
        checks.insert(0, Check("code", _("Check code"), GOOD if code_matches else BAD, said))
    return checks


def checks_of_issued(certificate: Certificate, file: BinaryIO) -> list[Check]:
    """What was looked at in ``file``, which is byte for byte the one issued as ``certificate``: our own work, read here."""
    roots, chain = _trusted(certificate, file)
    try:
        report = read_signature(file, roots=roots, others=chain, moment=certificate.issued_at)
        signature = list(_of_signature(certificate, report))
    except UnreadableSignature:
        signature = [_unreadable()]
    return [_bytes_check(True), *signature, *_of_register(certificate)]


def checks_of_altered(certificate: Certificate, file: BinaryIO) -> tuple[list[Check], list[str]]:
    """What was looked at in ``file``, which bears the number of ``certificate`` without being the issued one, and how
    it differs from the kept bytes, in sentences. Raises ``TooBusy``."""
    kept = _kept(certificate)
    with kept or nullcontext():
        roots, chain = _trusted(certificate, kept)
        facts = examine(file, kept, roots=roots, others=chain, moment=certificate.issued_at)
    try:
        signature = list(_of_signature(certificate, facts.signature))
    except UnreadableSignature:
        signature = [_unreadable()]
    return [_bytes_check(False), *signature, *_of_register(certificate)], facts.sentences()


def _kept(certificate: Certificate) -> BinaryIO | None:
    try:
        return storages["masters"].open(certificate.key) if certificate.key else None
    except OSError:  # missing from the store
        return None


def _trusted(certificate: Certificate, issued: BinaryIO | None) -> tuple[list, list]:
    """The certificates that are trusted for the day of issue, by what the archive kept of it, and the key's chain."""
    chain = read_chain(certificate.signed_with.chain) if certificate.signed_with else []
    try:
        roots = trusted_roots()
    except SigningFault:
        roots = []
    roots += own_roots(chain) or chain[:1]
    if issued:
        with suppress(UnreadableSignature):
            roots += roots_in(issued)
    return roots, chain


def _unreadable() -> Check:
    return Check("signature", _("Signature"), BAD, _("The signature can no longer be read."))


def _bytes_check(is_same: bool) -> Check:
    said = (
        _("Every byte is as the archive issued it.")
        if is_same
        else _("It is not the file that the archive issued under its number.")
    )
    return Check("bytes", pgettext("on a computer", "File"), GOOD if is_same else BAD, said)


def _of_register(certificate: Certificate) -> Iterator[Check]:
    if certificate.status == CertificateStatus.REVOKED:
        said = _("It was revoked on %(day)s.") % {"day": _day(certificate.ended_at)}
        yield Check("register", _("Register"), BAD, said)
    elif certificate.status == CertificateStatus.VOIDED:
        yield Check("register", _("Register"), BAD, _("The number is void."))
    else:
        yield Check("register", _("Register"), GOOD, _("The certificate is entered and in force."))
    if certificate.signed_with and certificate.signed_with.is_specimen:
        said = _("It is a specimen, made with a key for trying out, and no document of the archive.")
        yield Check("specimen", _("Specimen"), BAD, said)


def _of_signature(certificate: Certificate, report: SignatureReport | None) -> Iterator[Check]:
    if report is None:
        state = BAD if certificate.signed_with else PLAIN
        yield Check("signature", _("Signature"), state, _("The file carries no signature."))
        return
    yield _intact(report)
    yield _coverage(report)
    yield _holder(certificate, report)
    yield _time(report)


def _intact(report: SignatureReport) -> Check:
    label = _("Signature")
    if report.is_intact:
        return Check("signature", label, GOOD, _("It is intact: what it covers was not changed."))
    return Check("signature", label, BAD, _("It is broken: what it covers was changed after signing."))


def _coverage(report: SignatureReport) -> Check:
    label = _("Covers")
    if report.count > 1:
        return Check("coverage", label, BAD, _("The file was signed again after the archive had closed it."))
    if not report.covers_all:
        return Check("coverage", label, BAD, _("It does not cover the whole file: something was added later."))
    if not report.is_final:
        return Check("coverage", label, BAD, _("It covers the file, but does not close it for later changes."))
    return Check("coverage", label, GOOD, _("The whole file, which it closes for every later change."))


def _holder(certificate: Certificate, report: SignatureReport) -> Check:
    label, said = _("Signed by"), {"holder": report.holder}
    known = certificate.signed_with
    if known is None or known.fingerprint != report.fingerprint:
        return Check("certificate", label, BAD, _("%(holder)s. This is not the archive's certificate.") % said)
    if not report.is_intact:
        said = _("It names %(holder)s; a broken signature proves nothing.") % said
        return Check("certificate", label, PLAIN, said)
    if report.is_revoked:
        return Check("certificate", label, BAD, _("%(holder)s. The certificate had been revoked.") % said)
    if not report.is_trusted:
        return Check("certificate", label, BAD, _("%(holder)s. The chain of certificates cannot be confirmed.") % said)
    return Check("certificate", label, GOOD, _("%(holder)s, the archive's certificate at that time.") % said)


def _time(report: SignatureReport) -> Check:
    label = _("Time of signing")
    if report.stamped_at:
        said = _("%(time)s, confirmed by the time-stamp service %(service)s.")
        return Check("time", label, GOOD, said % {"time": _moment(report.stamped_at), "service": report.stamped_by})
    if report.signed_at:
        said = _("%(time)s by the archive's clock; no time-stamp service confirmed it.")
        return Check("time", label, PLAIN, said % {"time": _moment(report.signed_at)})
    return Check("time", label, PLAIN, _("The signature names no time."))


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d H:i")


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d")
