"""An answer of the verification as plain data, for programs."""

from django.utils import timezone

from .enums import CertificateKind, Finding
from .verification import Answer


def as_data(answer: Answer) -> dict:
    """``answer`` for JSON: ``finding`` (valid, altered, revoked, voided, unknown), what was certified as far as anyone
    may know it, ``checks`` and ``changes``. Never names applicant or purpose."""
    data = {
        "finding": answer.finding.value,
        "by_file": answer.by_file,
        "checks": [{"name": check.name, "state": check.state, "sentence": check.sentence} for check in answer.checks],
        "changes": answer.changes,
    }
    if answer.code_matches is not None:
        data["code_matches"] = answer.code_matches
    if answer.certificate:
        data["certificate"] = _certificate(answer)
    return data


def _certificate(answer: Answer) -> dict:
    entry = answer.certificate
    data = {"number": entry.number, "number_in_print": entry.shown_number, "kind": entry.kind}
    if answer.finding == Finding.VOIDED:
        return data
    data |= {"issued_on": timezone.localdate(entry.issued_at).isoformat(), "office": entry.office,
             "pages": entry.page_count}  # fmt: skip
    if answer.unit_is_open and entry.kind != CertificateKind.NONE_FOUND:
        data |= {"title": entry.unit_title, "reference_code": entry.unit_code}
    if answer.finding == Finding.REVOKED:
        data["revoked_on"] = timezone.localdate(entry.ended_at).isoformat()
        data["replaced_by"] = entry.replaced_by.number if entry.replaced_by else None
    return data
