"""Releasing collections and exhibits: an editor submits, an approver releases (domain.md 5.3)."""

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import GroupApprovalTask, Workflow, WorkflowPage, WorkflowTask

from .models import CollectionIndexPage, ExhibitIndexPage
from .models.curation import CuratedPage

WORKFLOW_NAME = "专题与展览发布"
TASK_NAME = "审核发布"


@transaction.atomic
def ensure_exhibit_workflow(approver_group: Group) -> Workflow:
    """The workflow by which members of ``approver_group`` release what is below the two index pages. Idempotent.

    Index pages made later need another call. The names are what the approver reads, in the archive's language.
    """
    workflow, _created = Workflow.objects.get_or_create(name=WORKFLOW_NAME)
    if not workflow.active:
        workflow.active = True
        workflow.save()
    task = GroupApprovalTask.objects.filter(name=TASK_NAME, workflow_tasks__workflow=workflow).first()
    if task is None:
        task = GroupApprovalTask.objects.create(name=TASK_NAME)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    task.groups.set([approver_group])
    for model in (CollectionIndexPage, ExhibitIndexPage):
        for page in model.objects.all():
            WorkflowPage.objects.update_or_create(page=page.archivepage_ptr, defaults={"workflow": workflow})
    return workflow


@transaction.atomic
def submit(page: CuratedPage, user) -> None:
    """Hand the latest state of ``page`` to the approvers. Raises ``PermissionDenied`` where ``user`` may not edit it,
    ``ValidationError`` where no workflow is set up for it."""
    if not page.permissions_for_user(user).can_edit():
        raise PermissionDenied
    workflow = page.get_workflow()
    if workflow is None:
        raise ValidationError(_("No workflow is set up for “%(title)s”.") % {"title": page.title})
    page.save_revision(user=user)
    workflow.start(page, user)


@transaction.atomic
def release(page: CuratedPage, user, comment: str = "") -> None:
    """Approve ``page``, which makes it public. Raises ``PermissionDenied`` where it does not wait for ``user``."""
    state = page.current_workflow_task_state
    allowed = state.task.specific.get_actions(page, user) if state else []
    if "approve" not in [name for name, *_rest in allowed]:
        raise PermissionDenied
    state.specific.approve(user=user, comment=comment)
