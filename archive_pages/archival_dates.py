"""Archival dates: stored as a sortable span, shown as written (DA/T 18-2022; domain.md 4).

Understood: ``20080312``, ``200803``, ``2008``, ``2008-03-12``, ``2008年3月12日``, spans ``20080312-20080401`` or
``2008—2009``, and any of these in ``[ ]`` for an uncertain one.
"""

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

_PARTS = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?")
_COMPACT = re.compile(r"(\d{4})(?:(\d{2})(\d{2})?)?")
_SPAN = re.compile(r"(.+?)\s*(?:--|—+|–|~|至|/)\s*(.+)")
_HYPHEN_SPAN = re.compile(r"(\d{4}|\d{6}|\d{8})-(\d{4}|\d{6}|\d{8})")


@dataclass(frozen=True)
class ArchivalDate:
    """First and last day that a written date can mean; ``uncertain`` for a date in brackets."""

    start: date
    end: date
    uncertain: bool


def parse_archival_date(text: str) -> ArchivalDate:
    """Read ``text``; raises ``ValueError`` with a sentence where it is not a date or no such day exists."""
    written = unicodedata.normalize("NFKC", text).strip().replace("〔", "[").replace("〕", "]")
    uncertain = written.startswith("[") and written.endswith("]")
    core = written[1:-1].strip() if uncertain else written
    whole = _match(core)
    if whole:
        start, end = _span_of(whole, text)
        return ArchivalDate(start, end, uncertain)
    two = _HYPHEN_SPAN.fullmatch(core) or _SPAN.fullmatch(core)
    first, last = (_match(two[1].strip()), _match(two[2].strip())) if two else (None, None)
    if not first or not last:
        raise ValueError(
            _("“%(text)s” is not a date. Write 20080312, 200803 or 2008, in brackets if uncertain.") % {"text": text}
        )
    start, end = _span_of(first, text)[0], _span_of(last, text)[1]
    if end < start:
        raise ValueError(_("The span “%(text)s” ends before it begins.") % {"text": text})
    return ArchivalDate(start, end, uncertain)


def _match(text: str) -> re.Match | None:
    return _COMPACT.fullmatch(text) or _PARTS.fullmatch(text)


def _span_of(match: re.Match, written: str) -> tuple[date, date]:
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year, month or 1, day or 1)
    except ValueError as error:
        raise ValueError(_("There is no such day: “%(text)s”.") % {"text": written}) from error
    if day:
        return first, first
    last_month = month or 12
    return first, date(year, last_month, calendar.monthrange(year, last_month)[1])
