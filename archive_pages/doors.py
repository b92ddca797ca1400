"""How the arguments of addresses lead to pages: for ``fonds.access.doors``."""

from django.db.models import Q
from wagtail.models import Revision, TaskState, WorkflowState

from fonds.access.decisions import visible_q
from fonds.access.doors import KINDS
from fonds.access.enums import Right

from .codes import known_records
from .models import ArchivePage

ROOT_DEPTH = 1  # the invisible root of the tree shows nothing


def known_units(user, numbers: set[int], right: Right) -> set[int]:
    """The pages among ``numbers`` on which ``user`` has ``right``."""
    pages = ArchivePage.objects.filter(Q(depth=ROOT_DEPTH) | visible_q(user, right=right), pk__in=numbers)
    return set(pages.values_list("pk", flat=True))


def known_code_records(user, numbers: set[int], right: Right) -> set[int]:
    """The rows of the register of codes among ``numbers`` that ``user`` may know of."""
    return set(known_records(user).filter(pk__in=numbers).values_list("pk", flat=True))


def known_revisions(user, numbers: set[int], right: Right) -> set[int]:
    return _by_page(Revision.objects.filter(pk__in=numbers), "object_id", user, right)


def known_workflow_states(user, numbers: set[int], right: Right) -> set[int]:
    return _by_page(WorkflowState.objects.filter(pk__in=numbers), "object_id", user, right)


def known_task_states(user, numbers: set[int], right: Right) -> set[int]:
    return _by_page(TaskState.objects.filter(pk__in=numbers), "workflow_state__object_id", user, right)


def _by_page(rows, column: str, user, right: Right) -> set[int]:
    """The ``rows`` whose page ``user`` may have; only pages have revisions and workflows here."""
    page_of = {pk: int(page) for pk, page in rows.values_list("pk", column)}
    known = known_units(user, set(page_of.values()), right)
    return {pk for pk, page in page_of.items() if page in known}


def register_kinds() -> None:
    """Make the kinds of this room known to the doors."""
    KINDS.update(
        unit=known_units, code_record=known_code_records, revision=known_revisions,
        workflow_state=known_workflow_states, task_state=known_task_states,
    )  # fmt: skip
