"""Releasing collections and exhibits: an editor submits, an approver releases (domain.md 5.3)."""

from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.models import GroupApprovalTask, Workflow, WorkflowPage, WorkflowTask

from .models import CollectionIndexPage, ExhibitIndexPage

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
