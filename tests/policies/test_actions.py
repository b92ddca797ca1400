import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from wagtail.models import PageLogEntry

from fonds.policies import actions
from fonds.policies.enums import TRANSITIONS, PolicyStatus
from fonds.policies.models import PolicyPage, PolicyVersion

pytestmark = pytest.mark.once


def fresh(policy):
    return PolicyPage.objects.get(pk=policy.pk)


def logged(policy) -> list[str]:
    return list(
        PageLogEntry.objects.filter(page=policy.pk, action__startswith="policies.").values_list("action", flat=True)
    )


def test_every_status_has_its_transitions():
    assert set(TRANSITIONS) == set(PolicyStatus)
    assert TRANSITIONS[PolicyStatus.REPEALED] == frozenset()


def test_publishing_puts_a_policy_in_force_and_opens_it(make_policy):
    policy = make_policy()
    assert policy.status == PolicyStatus.IN_FORCE
    assert policy.live
    assert policy.is_open
    assert logged(policy) == ["policies.put_in_force"]
    assert policy.date_start == datetime.date(2026, 3, 1)


def test_a_draft_is_not_open_even_where_its_page_is_live(make_policy):
    policy = make_policy(publish=False)
    assert (policy.live, policy.is_open, policy.status) == (False, False, "draft")
    PolicyPage.objects.filter(pk=policy.pk).update(live=True)
    policy = fresh(policy)
    policy.save()
    assert not fresh(policy).is_open


def test_put_in_force_publishes_a_draft(make_policy, manager):
    policy = actions.put_in_force(make_policy(publish=False), manager)
    assert (policy.live, policy.status) == (True, "in_force")
    assert actions.put_in_force(policy, manager).status == "in_force"
    assert logged(policy) == ["policies.put_in_force"]


def test_an_incomplete_policy_is_not_put_in_force(make_policy):
    policy = make_policy(publish=False)
    draft = policy.get_latest_revision_as_object()
    draft.creator, draft.body = "", [("chapter", "总则")]
    draft.save_revision(clean=False)
    with pytest.raises(ValidationError) as caught:
        actions.put_in_force(policy)
    assert set(caught.value.message_dict) == {"creator", "body"}
    assert (fresh(policy).live, fresh(policy).status) == (False, "draft")


def test_replacing_links_both_and_is_logged(make_policy, manager):
    old, new = make_policy(), make_policy("越档〔2026〕2号", date="2026年6月1日", title="新档案制度")
    actions.replace(old, new, manager)
    old = fresh(old)
    assert (old.status, old.replaced_by, old.ended_on) == ("replaced", new, datetime.date(2026, 6, 1))
    assert list(new.replaces.all()) == [old]
    assert "policies.replace" in logged(old)
    assert "policies.replace" in logged(new)
    assert PageLogEntry.objects.filter(page=old.pk, action="policies.replace").get().user == manager
    assert old.is_open


def test_a_draft_cannot_replace_and_nothing_replaces_itself(make_policy):
    old, draft = make_policy(), make_policy("越档〔2026〕2号", publish=False)
    for new in (draft, old):
        with pytest.raises(ValidationError):
            actions.replace(old, new)
    assert fresh(old).status == "in_force"


def test_repealing_keeps_reason_and_date(make_policy, manager):
    policy = actions.repeal(make_policy(), " 职能调整 ", datetime.date(2026, 7, 1), manager)
    assert (policy.status, policy.repeal_reason, policy.ended_on) == (
        "repealed",
        "职能调整",
        datetime.date(2026, 7, 1),
    )
    assert "policies.repeal" in logged(policy)


@pytest.mark.parametrize(("reason", "day"), [("", datetime.date(2026, 7, 1)), ("旧", datetime.date(2026, 2, 28))])
def test_a_repeal_needs_a_reason_and_a_day_after_the_beginning(make_policy, reason, day):
    policy = make_policy()
    with pytest.raises(ValidationError):
        actions.repeal(policy, reason, day)
    assert fresh(policy).status == "in_force"


def test_what_has_ended_cannot_change_again(make_policy):
    policy = actions.repeal(make_policy(), "旧", datetime.date(2026, 7, 1))
    with pytest.raises(ValidationError):
        actions.repeal(policy, "旧", datetime.date(2026, 7, 1))
    with pytest.raises(ValidationError):
        actions.put_in_force(policy)


def test_a_writer_may_not_change_the_status(make_policy, writer):
    policy, draft = make_policy(), make_policy("越档〔2026〕2号", publish=False)
    with pytest.raises(PermissionDenied):
        actions.repeal(policy, "旧", datetime.date(2026, 7, 1), writer)
    with pytest.raises(PermissionDenied):
        actions.replace(policy, draft, writer)
    with pytest.raises(PermissionDenied):
        actions.put_in_force(draft, writer)


def test_publishing_an_old_text_does_not_bring_back_an_old_status(make_policy):
    policy = make_policy()
    draft = policy.get_latest_revision_as_object()
    draft.title = "档案制度（修订）"
    revision = draft.save_revision()
    actions.repeal(policy, "旧", datetime.date(2026, 7, 1))
    revision.publish()
    policy = fresh(policy)
    assert (policy.title, policy.status, policy.repeal_reason) == ("档案制度（修订）", "repealed", "旧")


def test_changing_the_status_does_not_publish_a_draft_text(make_policy):
    policy = make_policy()
    draft = policy.get_latest_revision_as_object()
    draft.title = "未批准的题名"
    draft.save_revision()
    actions.repeal(PolicyPage.objects.get(pk=policy.pk), "旧", datetime.date(2026, 7, 1))
    assert fresh(policy).title == "档案制度"
    assert fresh(policy).has_unpublished_changes


@pytest.mark.parametrize("number", ["越档〔2026〕1号", "越档[2026]1号", "越档（２０２６）１号"])
def test_no_two_policies_in_force_have_one_number(make_policy, index, number):
    make_policy()
    other = PolicyPage(title="另一制度", document_number=number, creator="馆", effective_date=datetime.date(2026, 1, 1))
    other.body = [("article", "甲")]
    with pytest.raises(ValidationError) as caught:
        index.add_child(instance=other)
    assert "document_number" in caught.value.message_dict


def test_the_database_refuses_a_second_number_in_force(make_policy):
    first, second = make_policy(), make_policy("越档〔2026〕2号")
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyPage.objects.filter(pk=second.pk).update(number_in_force=first.number_in_force)


def test_the_number_of_an_ended_policy_may_be_given_again(make_policy, index):
    actions.repeal(make_policy(), "旧", datetime.date(2026, 7, 1))
    again = PolicyPage(title="新制度", document_number="越档〔2026〕1号", creator="馆")
    again.effective_date, again.body = datetime.date(2026, 8, 1), [("article", "甲")]
    index.add_child(instance=again)
    again.save_revision().publish()
    assert fresh(again).status == "in_force"


def test_a_copy_is_a_draft_without_number(make_policy):
    copy = make_policy().copy(update_attrs={"slug": "copy", "title": "副本"})
    copy = fresh(copy)
    assert (copy.status, copy.document_number, copy.number_in_force, copy.is_open) == ("draft", "", None, False)
    assert not PolicyVersion.objects.filter(page=copy).exists()


def test_each_published_text_is_a_version_and_a_draft_is_none(make_policy):
    policy = make_policy()
    draft = policy.get_latest_revision_as_object()
    draft.body = [("article", "改动之后的条文。")]
    revision = draft.save_revision()
    assert [one.number for one in policy.versions.all()] == [1]
    revision.publish()
    fresh(policy).get_latest_revision().publish()
    versions = list(policy.versions.all())
    assert [one.number for one in versions] == [2, 1]
    assert versions[0].parts[0].text == "改动之后的条文。"
    assert len(versions[1].parts) == 5


def test_versions_survive_the_loss_of_revisions_and_go_with_the_policy(make_policy):
    policy = make_policy()
    assert policy.versions.count() == 1
    fresh(policy).delete()
    assert PolicyVersion.objects.count() == 0
