import datetime
import json

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import Workflow

from fonds.policies.models import PolicyPage
from fonds.policies.workflows import ensure_policy_workflow

pytestmark = pytest.mark.once

EN = {"headers": {"accept-language": "en"}}


def form(title="会计档案制度", number="越档〔2026〕8号", date="2026-05-01", **more) -> dict:
    blocks = [("chapter", "总则"), ("article", "为加强会计档案管理。\n（一）凭证；")]
    data = {
        "title": title,
        "slug": "accounts",
        "document_number": number,
        "creator": "越州市档案馆",
        "effective_date": date,
        "preface": "",
        "body-count": len(blocks),
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        "comments-MIN_NUM_FORMS": 0,
        "comments-MAX_NUM_FORMS": "",
    }
    for place, (kind, text) in enumerate(blocks):
        data |= {
            f"body-{place}-deleted": "",
            f"body-{place}-order": place,
            f"body-{place}-type": kind,
            f"body-{place}-id": "",
            f"body-{place}-value": text,
        }
    for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS"):
        data[f"attachments-{name}"] = 0 if name != "MAX_NUM_FORMS" else 1000
    return {**data, **more}


def add_url(index) -> str:
    return reverse("wagtailadmin_pages:add", args=["policies", "policypage", index.pk])


def test_a_manager_writes_and_publishes(client, index, manager):
    client.force_login(manager)
    response = client.post(add_url(index), form(**{"action-publish": "1"}))
    assert response.status_code == 302
    policy = PolicyPage.objects.get()
    assert (policy.status, policy.live, policy.is_open) == ("in_force", True, True)
    assert client.get(reverse("wagtailadmin_pages:edit", args=[policy.pk])).status_code == 200
    assert client.get(reverse("wagtailadmin_pages:history", args=[policy.pk])).status_code == 200


@pytest.mark.parametrize("missing", ["document_number", "creator", "effective_date"])
def test_what_is_missing_is_named_on_publishing_but_not_on_a_draft(client, index, manager, missing):
    client.force_login(manager)
    response = client.post(add_url(index), form(**{missing: "", "action-publish": "1"}))
    assert missing in response.context["form"].errors
    assert not PolicyPage.objects.exists()
    assert client.post(add_url(index), form(**{missing: ""})).status_code == 302
    assert PolicyPage.objects.get().status == "draft"


def test_a_number_in_force_is_refused_beside_the_field(client, index, manager, make_policy):
    make_policy("越档〔2026〕8号")
    client.force_login(manager)
    response = client.post(add_url(index), form(number="越档[2026]8号", **{"action-publish": "1"}))
    assert "document_number" in response.context["form"].errors


def test_a_policy_without_articles_is_not_published(client, index, manager):
    client.force_login(manager)
    response = client.post(add_url(index), form(**{"body-1-deleted": "1", "action-publish": "1"}))
    assert response.status_code == 200
    assert "body" in response.context["form"].errors
    assert not PolicyPage.objects.exists()


def test_a_draft_is_previewed(client, index, manager, make_policy):
    policy = make_policy(publish=False)
    client.force_login(manager)
    url = reverse("wagtailadmin_pages:preview_on_edit", args=[policy.pk])
    assert json.loads(client.post(url, form(title="预览题名")).content)["is_valid"]
    html = client.get(url).content.decode()
    assert "预览题名" in html
    assert "为加强会计档案管理。" in html
    url = reverse("wagtailadmin_pages:preview_on_add", args=["policies", "policypage", index.pk])
    assert json.loads(client.post(url, form(title="新的预览")).content)["is_valid"]
    assert "新的预览" in client.get(url).content.decode()


def test_staff_submit_and_the_manager_approves(client, index, writer, manager):
    workflow = ensure_policy_workflow(Group.objects.get(name="test manager"))
    assert ensure_policy_workflow(Group.objects.get(name="test manager")) == workflow
    assert Workflow.objects.filter(name=workflow.name).count() == 1
    client.force_login(writer)
    client.post(add_url(index), form(**{"action-submit": "1"}))
    policy = PolicyPage.objects.get()
    assert policy.current_workflow_state.status == "in_progress"
    assert (policy.live, policy.status) == (False, "draft")
    edit = reverse("wagtailadmin_pages:edit", args=[policy.pk])
    client.post(edit, form(**{"action-publish": "1"}))
    assert not PolicyPage.objects.get().live
    client.force_login(manager)
    task = policy.current_workflow_task_state
    url = reverse("wagtailadmin_pages:workflow_action", args=[policy.pk, "approve", task.pk])
    client.post(url, {"comment": ""})
    policy = PolicyPage.objects.get()
    assert (policy.live, policy.status, policy.is_open) == (True, "in_force", True)


def test_a_manager_replaces_and_repeals(client, manager, make_policy):
    old, new = make_policy(title="旧制度"), make_policy("越档〔2026〕2号", title="新制度", date="2026年4月1日")
    client.force_login(manager)
    html = client.get(reverse("wagtailadmin_pages:edit", args=[old.pk])).content.decode()
    assert reverse("policy_replace", args=[old.pk]) in html
    asked = client.get(reverse("policy_replace", args=[old.pk])).content.decode()
    assert "越档〔2026〕2号 新制度" in asked
    assert "旧制度</option>" not in asked
    response = client.post(reverse("policy_replace", args=[old.pk]), {"new": new.pk})
    assert response.status_code == 302
    assert PolicyPage.objects.get(pk=old.pk).replaced_by == new
    address = reverse("policy_repeal", args=[new.pk])
    response = client.post(address, {"reason": "停用", "date": "2026-01-01"}, **EN)
    assert "the repeal cannot be earlier" in response.content.decode()
    client.post(address, {"reason": "停用", "date": "2026-07-01"})
    assert PolicyPage.objects.get(pk=new.pk).ended_on == datetime.date(2026, 7, 1)
    history = client.get(reverse("wagtailadmin_pages:history", args=[new.pk]), **EN).content.decode()
    assert "停用" in history


def test_a_writer_may_not_replace_or_repeal(client, writer, make_policy):
    policy = make_policy()
    client.force_login(writer)
    for name in ("policy_replace", "policy_repeal"):
        client.post(reverse(name, args=[policy.pk]), {"reason": "停用", "date": "2026-07-01"})
    assert PolicyPage.objects.get().status == "in_force"
    html = client.get(reverse("wagtailadmin_pages:edit", args=[policy.pk])).content.decode()
    assert reverse("policy_repeal", args=[policy.pk]) not in html
