"""What is not published yet, and what leaves the house by mail: previews, revisions, the steps of a workflow, notices."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from wagtail.models import GroupApprovalTask, GroupPagePermission, Workflow, WorkflowPage, WorkflowTask

from fonds.access.enums import Purpose, Rank, Right
from fonds.access.grants import actions, notices
from fonds.access.models import Grant
from fonds.archive_pages.models import ItemPage
from fonds.archive_pages.ranks import set_ranks

from .archive import RESTRICTED
from .conftest import everything_of

pytestmark = pytest.mark.django_db
LATER = "尚未公布的题名"


@pytest.fixture
def changed(archive) -> ItemPage:
    """A published record with a new title that nobody published yet."""
    unit = ItemPage.objects.get(pk=archive.first.pk)
    unit.title = LATER
    unit.save_revision()
    return ItemPage.objects.get(pk=unit.pk)


@pytest.mark.parametrize("who", ["visitor", "reader", "officer"])
def test_an_unpublished_title_reaches_no_reader(visit, archive, changed, who):
    client = visit(who)
    for address in (changed.url, archive.series.url, "/search/?q=尚未公布", f"/r/{changed.reference_code}/",
                    f"/api/v2/pages/{changed.pk}/", "/api/v2/pages/?search=尚未公布", "/api/v3/pages/?search=尚未公布",
                    "/sitemap-pages.xml"):  # fmt: skip
        assert LATER not in everything_of(client.get(address)), address


@pytest.mark.parametrize("who", ["visitor", "reader", "officer", "clerk", "security", "system"])
def test_previews_and_revisions_are_for_those_who_write(visit, changed, who):
    pages = f"/admin/pages/{changed.pk}"
    for address in (f"{pages}/view_draft/", f"{pages}/edit/preview/", f"{pages}/revisions/{changed.latest_revision_id}/view/",
                    f"{pages}/revisions/compare/live...latest/", f"{pages}/edit/"):  # fmt: skip
        answer = visit(who).get(address)
        assert answer.status_code in (302, 403, 404), address
        assert LATER not in everything_of(answer)


@pytest.mark.parametrize("who", ["clerk", "editor"])
def test_a_chooser_finds_no_page_by_the_words_of_its_draft(visit, changed, who):
    answer = visit(who).get("/admin/choose-page/search/", {"q": LATER[:4]})
    assert answer.status_code == 200
    assert f"/{changed.pk}/" not in everything_of(answer)


def test_a_revision_of_one_page_is_not_read_through_another(visit, archive, changed):
    """The number of a revision is asked with its page: a mixed pair is not there."""
    other = ItemPage.objects.get(pk=archive.sealed.pk)
    other.save_revision()
    other.refresh_from_db()
    client = visit("editor")
    for address in (f"/admin/pages/{changed.pk}/revisions/{other.latest_revision_id}/view/",
                    f"/admin/pages/{changed.pk}/revisions/{other.latest_revision_id}/revert/",
                    f"/admin/pages/{changed.pk}/revisions/compare/{other.latest_revision_id}...latest/"):  # fmt: skip
        assert client.get(address).status_code == 404, address


def test_steps_of_a_workflow_are_told_to_those_who_may_know_of_the_page(archive, django_capture_on_commit_callbacks):
    """Those asked to approve are members of a group; a sealed record is not for all of them."""
    group = Group.objects.create(name="Approvers of units")
    group.permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
    for name in ("editor", "manager"):
        archive.people[name].groups.add(group)
    publish = Permission.objects.get(codename="publish_archivepage")
    GroupPagePermission.objects.create(group=group, page=archive.index.archivepage_ptr, permission=publish)
    task = GroupApprovalTask.objects.create(name="Look at it")
    task.groups.add(group)
    workflow = Workflow.objects.create(name="For units")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
    WorkflowPage.objects.create(workflow=workflow, page=archive.series.archivepage_ptr)
    unit = ItemPage.objects.get(pk=archive.sealed.pk)
    unit.save_revision()
    with django_capture_on_commit_callbacks(execute=True):
        workflow.start(unit, archive.people["second_manager"])
    told = {address for message in mail.outbox for address in message.to}
    assert archive.people["manager"].email in told
    assert archive.people["editor"].email not in told


def test_deciders_are_told_of_requests_about_what_they_may_know(archive):
    """A decider whose clearance was lowered hears nothing of the restricted record somebody asks for."""
    asker, manager = archive.people["editor"], archive.people["manager"]
    Grant.objects.all().delete()
    asked = actions.ask(
        archive.people["clerk"], archive.restricted, rights=[Right.VIEW], purpose=Purpose.WORK, purpose_text="核查",
        until=archive.grant.ends_on,
    )  # fmt: skip
    assert {person.username for person in notices.deciders(asked)} == {"manager", "second_manager"}
    archive.people["second_manager"].groups.set(asker.groups.all())
    assert {person.username for person in notices.deciders(asked)} == {"manager"}
    set_ranks(archive.restricted, catalogue_rank=Rank.SEALED, content_rank=Rank.SEALED, closed_until=None, reason="封存",
              user=manager)  # fmt: skip
    asked.refresh_from_db()
    mail.outbox.clear()
    actions.refuse_request(asked, manager, reason="不予提供")
    asked.refresh_from_db()
    notices.tell_decision(asked)
    assert RESTRICTED not in "".join(f"{message.subject}{message.body}" for message in mail.outbox)


def test_ones_own_requests_keep_no_name_of_what_was_sealed_since(visit, archive):
    actions.ask(
        archive.people["clerk"], archive.restricted, rights=[Right.VIEW], purpose=Purpose.WORK, purpose_text="核查",
        until=archive.grant.ends_on,
    )  # fmt: skip
    assert RESTRICTED in everything_of(visit("clerk").get("/requests/"))
    set_ranks(archive.restricted, catalogue_rank=Rank.SEALED, content_rank=Rank.SEALED, closed_until=None, reason="封存",
              user=archive.people["manager"])  # fmt: skip
    text = everything_of(visit("clerk").get("/requests/"))
    assert RESTRICTED not in text
    assert archive.restricted.reference_code not in text
