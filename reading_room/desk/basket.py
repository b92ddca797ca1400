"""The basket: the pages that were ticked, looked at anew before anything is printed.

Between a tick and the print a record can be closed, moved or destroyed and a page replaced by a new scan. What is
printed is what was looked at, or nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from fonds.access.decisions import may
from fonds.access.enums import Right
from fonds.collections.models import PageScan

from .entitlement import approvals_of, entitlement
from .models import UseItem, UseRequest

MOST_PAGES = 300


@dataclass
class Line:
    """The ticked pages of one unit; ``faults`` are sentences that stand in the way, ``unit`` is ``None`` where it is
    gone or may not be known of any more."""

    unit: object | None
    code: str
    title: str
    items: list[UseItem]
    faults: list[str] = field(default_factory=list)
    scans: list[PageScan] = field(default_factory=list)

    @property
    def pages(self) -> list[int]:
        return [item.page for item in self.items]

    @property
    def page_list(self) -> str:
        """The pages as runs: ``1–3, 7``."""
        runs = []
        for _place, run in groupby(enumerate(sorted(self.pages)), lambda pair: pair[1] - pair[0]):
            numbers = [number for _index, number in run]
            runs.append(str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}")
        return ", ".join(runs)


def basket_of(request: UseRequest, user, approvals=None) -> list[Line]:
    """The lines of the basket with what stands in their way: three queries, however many pages."""
    rows = request.items.exclude(ticked_at=None).select_related("unit", "certificate")
    lines: dict[tuple, list[UseItem]] = {}
    for item in rows.order_by("ticked_at", "pk"):
        lines.setdefault((item.unit_id, item.unit_code if item.unit_id is None else ""), []).append(item)
    if not lines:
        return []
    approvals = approvals_of(request) if approvals is None else approvals
    scans: dict[int, dict[int, PageScan]] = {}
    ids = {unit_id for unit_id, _code in lines if unit_id is not None}
    pages = {item.page for items in lines.values() for item in items}
    for scan in PageScan.objects.filter(unit_id__in=ids, number__in=pages).select_related("master").defer("text"):
        scans.setdefault(scan.unit_id, {})[scan.number] = scan
    return [
        _line(request, user, sorted(items, key=lambda item: item.page), scans.get(unit_id, {}), approvals)
        for (unit_id, _code), items in lines.items()
    ]


def _line(request: UseRequest, user, items: list[UseItem], scans: dict[int, PageScan], approvals) -> Line:
    unit, first = items[0].unit, items[0]
    if unit is None:
        return Line(None, first.unit_code, first.unit_title, items, [_("The record was destroyed meanwhile.")])
    if not may(user, Right.CATALOGUE, unit):
        return Line(None, "—", "—", items, [_("The record was closed meanwhile.")])
    line = Line(unit, first.unit_code, first.unit_title, items)
    rights = entitlement(request, unit, user, approvals)
    if not rights.may_show:
        line.faults.append(_("The record is not open any more: ask for approval."))
    elif not rights.may_print:
        line.faults.append(_("You may not print this record."))
    for item in items:
        scan = scans.get(item.page)
        if scan is None:
            line.faults.append(_("Page %(page)s is gone.") % {"page": item.page})
        elif scan.sha256 != item.sha256:
            line.faults.append(_("Page %(page)s was scanned anew: look at it and tick it again.") % {"page": item.page})
        else:
            line.scans.append(scan)
    return line


def printable(lines: Iterable[Line]) -> list[Line]:
    """``lines`` where nothing stands in the way of printing all of them; else ``ValidationError`` with each fault."""
    lines = list(lines)
    total = sum(len(line.items) for line in lines)
    if not total:
        raise ValidationError(_("The basket is empty: tick a page with the space bar."))
    if total > MOST_PAGES:
        words = {"count": total, "most": MOST_PAGES}
        raise ValidationError(_("%(count)s pages are in the basket; at most %(most)s are printed at once.") % words)
    faults = [f"{line.code}: {fault}" for line in lines for fault in line.faults]
    if faults:
        raise ValidationError(faults[:20])
    return lines
