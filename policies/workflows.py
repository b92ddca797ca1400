"""The approval of policies: staff submit, the approvers release."""

from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.models import GroupApprovalTask, Workflow, WorkflowPage, WorkflowTask

from .models import PolicyIndexPage

WORKFLOW_NAME = "制度审批 · Policy approval"


@transaction.atomic
def ensure_policy_workflow(approver_group: Group) -> Workflow:
    """Have the list of policies, and so every policy, pass the approval of ``approver_group``; may be called again.

    A workflow chosen by hand for the list stays.
    """
    task, _created = GroupApprovalTask.objects.get_or_create(name=WORKFLOW_NAME)
    task.groups.add(approver_group)
    workflow, _created = Workflow.objects.get_or_create(name=WORKFLOW_NAME)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task.task_ptr, defaults={"sort_order": 0})
    for page in PolicyIndexPage.objects.all():
        WorkflowPage.objects.get_or_create(page_id=page.pk, defaults={"workflow": workflow})
    return workflow
