"""The home of the admin: what waits for work, each count a link to exactly that.

A room above adds its own rows with ``@work_list``: a function of the request that gives a ``WorkItem`` or ``None``
where the person has nothing to do with it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import swapper
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component
from wagtail.models import GroupApprovalTask, TaskState, WorkflowState
from wagtail.permissions import policy_registry

from fonds.access.decisions import visible
from fonds.access.enums import OpeningStatus
from fonds.reports.jobs import may_have_jobs, visible_jobs
from fonds.reports.models import JobState

from .models import ArchivePage, FondsIndexPage

RIGHTS = {"add", "change", "publish"}


@dataclass(frozen=True)
class WorkItem:
    """One row of the work list. ``url`` shows exactly the ``count`` things; ``urgent`` ones are marked."""

    label: str
    count: int
    url: str
    icon: str = "doc-empty"
    urgent: bool = False


WORK_LISTS: list[Callable] = []


def work_list(function: Callable) -> Callable:
    """Register ``function(request) -> WorkItem | None`` as a row of the work list."""
    WORK_LISTS.append(function)
    return function


def units_in_reach(user) -> tuple[FondsIndexPage | None, QuerySet[ArchivePage]]:
    """The list of fonds and the units below it that ``user`` may see in the tree; no list for who works on none."""
    index = FondsIndexPage.objects.first()
    if index is None:
        return None, ArchivePage.objects.none()
    page = swapper.load_model("wagtailcore", "Page")
    policy = policy_registry.get_by_type(page)
    units = visible(ArchivePage.objects.descendant_of(index), user)
    if not policy.user_has_any_permission_for_instance(user, RIGHTS, index):
        units = units.filter(pk__in=policy.explorable_instances(user).order_by().values("pk"))
        if not units.exists():
            return None, units
    return index, units


@work_list
def unreviewed_units(request) -> WorkItem | None:
    index, units = units_in_reach(request.user)
    if index is None:
        return None
    count = units.filter(opening_status=OpeningStatus.UNREVIEWED).count()
    url = reverse("wagtailadmin_explore", args=[index.pk]) + f"?opening_status={OpeningStatus.UNREVIEWED}"
    return WorkItem(_("Units whose opening is not reviewed"), count, url, "view")


@work_list
def draft_units(request) -> WorkItem | None:
    index, units = units_in_reach(request.user)
    if index is None:
        return None
    url = reverse("wagtailadmin_explore", args=[index.pk]) + "?live=False"
    return WorkItem(_("Units not published yet"), units.filter(live=False).count(), url, "draft")


@work_list
def pages_to_approve(request) -> WorkItem | None:
    if not GroupApprovalTask.objects.filter(groups__user=request.user, active=True).exists():
        return None
    states = TaskState.objects.reviewable_by(request.user)
    count = WorkflowState.objects.filter(current_task_state__in=states).count()
    url = reverse("wagtailadmin_reports:workflow") + "?reviewable=true"
    return WorkItem(_("Pages that wait for your approval"), count, url, "check", urgent=bool(count))


@work_list
def failed_jobs(request) -> WorkItem | None:
    if not may_have_jobs(request.user):
        return None
    count = visible_jobs(request.user).filter(state=JobState.FAILED).count()
    return WorkItem(_("Failed jobs"), count, reverse("jobs") + "?state=failed", "warning", urgent=bool(count))


class WorkPanel(Component):
    """The work list on the home of the admin."""

    name = "fonds_work"
    order = 50
    template_name = "archive_pages/admin/work_panel.html"

    def get_context_data(self, parent_context) -> dict:
        request = parent_context["request"]
        items = [item for item in (function(request) for function in WORK_LISTS) if item is not None]
        return {"items": items}
