"""What may be shown to a reader at the window: open records, and others by approval of a duty manager.

The clerk's own rights come first (``fonds.access.decisions``); this asks in addition for the person who looks over his
shoulder.
"""

from dataclasses import dataclass

from fonds.access.decisions import may
from fonds.access.enums import Right

from .enums import ApprovalState
from .models import DeskApproval, UseRequest


@dataclass(frozen=True)
class Entitlement:
    """May the pages of ``unit`` be shown, and printed, in this request; which approval says so, or waits."""

    may_show: bool
    may_print: bool
    approval: DeskApproval | None = None

    @property
    def needs_approval(self) -> bool:
        return not self.may_show

    @property
    def waits(self) -> bool:
        return bool(self.approval and self.approval.state == ApprovalState.WAITING)

    @property
    def was_refused(self) -> bool:
        return bool(self.approval and self.approval.state == ApprovalState.REFUSED)


def approvals_of(request: UseRequest) -> list[DeskApproval]:
    """All approvals of a request with the paths of their units, the latest first: one query."""
    return list(request.approvals.select_related("unit", "decided_by"))


def entitlement(request: UseRequest, unit, user, approvals: list[DeskApproval] | None = None) -> Entitlement:
    """What ``user``, serving ``request``, may show and print of ``unit``."""
    rows = approvals_of(request) if approvals is None else approvals
    above = [row for row in rows if unit.path.startswith(row.unit.path)]
    granted = next((row for row in above if row.state == ApprovalState.GRANTED), None)
    known = granted or next(iter(above), None)
    reader_may = unit.is_open or granted is not None
    return Entitlement(reader_may and may(user, Right.VIEW, unit), reader_may and may(user, Right.PRINT, unit), known)
