"""What can be certified, by whom, with which words: asked before a number is taken."""

import unicodedata
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from fonds.access.decisions import is_archive_staff, may, require
from fonds.access.enums import Right
from fonds.access.roles import CERTIFY_PERMISSION
from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import PageScan
from fonds.collections.scans import CLOSED_MARKS

from .enums import CertificateKind

MOST_PAGES = 300
LONGEST_STATEMENT = 1000
_DIRECTION_MARKS = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}


def certifiable_scans(unit: ArchivePage) -> list[PageScan]:
    """The scans of ``unit`` in page order, with their masters: one query."""
    return scans_of([unit])[unit.pk]


def scans_of(units: Sequence[ArchivePage]) -> dict[int, list[PageScan]]:
    """The scans of each of ``units`` by its number, in page order, with their masters: one query."""
    found: dict[int, list[PageScan]] = {unit.pk: [] for unit in units}
    scans = PageScan.objects.filter(unit_id__in=found).select_related("master").order_by("unit_id", "number")
    for scan in scans:
        found[scan.unit_id].append(scan)
    return found


def may_certify(user, units: list[ArchivePage]) -> None:
    """Raise ``Http404`` where ``user`` may not know of one of ``units``, ``PermissionDenied`` where he may not certify
    them (or, without units, at all)."""
    for unit in units:
        require(user, Right.CATALOGUE, unit)
    allowed = is_archive_staff(user) and user.has_perm(CERTIFY_PERMISSION)
    if not (all(may(user, Right.CERTIFY, unit) for unit in units) if units else allowed):
        raise PermissionDenied(_("You may not issue certified copies."))


def chosen_scans(parts: Sequence[tuple[ArchivePage, Sequence[int]]], kind: CertificateKind) -> list[PageScan]:
    """The scans of the pages chosen of each unit, in this order. Raises ``ValidationError`` (by field) for what cannot
    be certified: secret units, pages that are not there, none, or more than ``MOST_PAGES``."""
    if kind == CertificateKind.NONE_FOUND:
        if parts:
            raise ValidationError(_("A certificate that nothing was found names no record."))
        return []
    if not parts:
        raise ValidationError({"pages": _("Choose at least one page.")})
    if len({unit.pk for unit, _pages in parts}) < len(parts):
        raise ValidationError({"pages": _("A record is named twice.")})
    scans = scans_of([unit for unit, _pages in parts])
    chosen = [scan for unit, pages in parts for scan in _chosen_of(unit, pages, kind, scans[unit.pk])]
    if len(chosen) > MOST_PAGES:
        raise ValidationError({"pages": _("At most %(most)s pages go into one certified copy.") % {"most": MOST_PAGES}})
    return chosen


def _chosen_of(
    unit: ArchivePage, pages: Sequence[int], kind: CertificateKind, of_unit: list[PageScan]
) -> list[PageScan]:
    if unit.secrecy.strip().startswith(CLOSED_MARKS):
        raise ValidationError(
            _("The secrecy mark is %(mark)s: such content may not be copied from a networked system.")
            % {"mark": unit.secrecy}
        )
    if not pages and kind == CertificateKind.STATEMENT:
        return []
    scans = {scan.number: scan for scan in of_unit}
    if not scans:
        raise ValidationError(_("This item has no scans, so there is nothing to copy."))
    if not pages:
        raise ValidationError({"pages": _("Choose at least one page.")})
    foreign = sorted(set(pages) - scans.keys())
    if foreign:
        raise ValidationError(
            {
                "pages": _("This item has no page %(pages)s.")
                % {"pages": ", ".join(str(number) for number in foreign[:20])}
            }
        )
    return [scans[number] for number in sorted(set(pages))]


def clean_line(text: str, field: str, longest: int, required: bool = True) -> str:
    """``text`` as one clean line; control characters and direction marks are faults, not silently dropped."""
    text = str(text or "").strip()
    if required and not text:
        raise ValidationError({field: _("State what the copy is for.")})
    if len(text) > longest:
        raise ValidationError({field: _("At most %(most)s characters.") % {"most": longest}})
    if any(unicodedata.category(character) == "Cc" or character in _DIRECTION_MARKS for character in text):
        raise ValidationError({field: _("The text contains control characters. Type it anew, on one line.")})
    return text


def clean_statement(text: str, kind: CertificateKind) -> str:
    """The text of a certificate of ``kind``, line by line clean; empty for a copy, which has none."""
    lines = [clean_line(line, "statement", LONGEST_STATEMENT, required=False) for line in str(text or "").splitlines()]
    statement = "\n".join(lines).strip()
    if kind == CertificateKind.COPY:
        return ""
    if not statement:
        raise ValidationError({"statement": _("State what is certified, or what was searched.")})
    if len(statement) > LONGEST_STATEMENT:
        raise ValidationError({"statement": _("At most %(most)s characters.") % {"most": LONGEST_STATEMENT}})
    return statement
