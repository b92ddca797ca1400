"""Wagtail's own first workflow is retired where the roles are set up."""

import pytest
from wagtail.models import Workflow, WorkflowPage

from fonds.site.roles import sync_roles

pytestmark = pytest.mark.django_db


def test_wagtails_first_workflow_waits_on_no_page():
    sync_roles()
    assert not Workflow.objects.filter(name="Moderators approval", active=True).exists()
    assert not WorkflowPage.objects.filter(workflow__name="Moderators approval").exists()
