"""The roles of an archive room as groups, with their permissions (domain.md, journeys)."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from .enums import Rank

STAFF_PERMISSION = "wagtailadmin.access_admin"
CERTIFY_PERMISSION = "reading_room.issue_certificate"
IMPORT_PERMISSION = "archive_pages.import_catalogue"
RANK_PERMISSION = "access.set_ranks"
DECIDE_PERMISSION = "access.decide_request"

READER = "Registered readers"
OFFICER = "Staff officers"
RECORDS_OFFICER = "Department records officers"
POLICY_STAFF = "Policy staff"
EDITOR = "Editors"
CLERK = "Desk clerks"
MANAGER = "Managers"
SYSTEM_ADMIN = "System administrators"
SECURITY_ADMIN = "Security administrators"
AUDIT_ADMIN = "Audit administrators"
ADMINISTRATORS = (SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN)

#: The names in the reader's language; a group that an archive made itself has only its own name.
LABELS = {
    READER: pgettext_lazy("role", "Registered readers"),
    OFFICER: pgettext_lazy("role", "Staff officers"),
    RECORDS_OFFICER: pgettext_lazy("role", "Department records officers"),
    POLICY_STAFF: pgettext_lazy("role", "Policy staff"),
    CLERK: pgettext_lazy("role", "Desk clerks"),
    EDITOR: pgettext_lazy("role", "Editors"),
    MANAGER: pgettext_lazy("role", "Managers"),
    SYSTEM_ADMIN: pgettext_lazy("role", "System administrators"),
    SECURITY_ADMIN: pgettext_lazy("role", "Security administrators"),
    AUDIT_ADMIN: pgettext_lazy("role", "Audit administrators"),
}


def label_of(group_name: str) -> str:
    """What the group called ``group_name`` is called in the reader's language."""
    return LABELS.get(group_name, group_name)


class StartingClearance(NamedTuple):
    """What a role sees at first; the security administrator may change it (``Clearance``)."""

    catalogue_rank: Rank
    content_rank: Rank
    all_departments: bool = False
    may_copy: bool = False
    may_print: bool = False


_OFFICER = StartingClearance(Rank.DEPARTMENT, Rank.DEPARTMENT)
_NOTHING = StartingClearance(Rank.PUBLIC, Rank.PUBLIC)
CLEARANCES = {
    READER: StartingClearance(Rank.READER, Rank.READER),
    OFFICER: _OFFICER,
    RECORDS_OFFICER: _OFFICER,
    POLICY_STAFF: _OFFICER,
    CLERK: StartingClearance(Rank.RESTRICTED, Rank.DEPARTMENT, True, True, True),
    EDITOR: StartingClearance(Rank.RESTRICTED, Rank.RESTRICTED, True, True, True),
    MANAGER: StartingClearance(Rank.SEALED, Rank.RESTRICTED, True, True, True),
    SYSTEM_ADMIN: _NOTHING,
    SECURITY_ADMIN: StartingClearance(Rank.RESTRICTED, Rank.PUBLIC, True),
    AUDIT_ADMIN: _NOTHING,
}
