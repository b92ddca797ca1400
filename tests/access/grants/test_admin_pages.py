"""The admin's side: requests, grants, who can see this, what can this person see."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from fonds.access.enums import Purpose, Rank, RequestState, Right
from fonds.access.grants import actions, overview
from fonds.access.models import AccessRequest, Grant
from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.standing import refresh_standing

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def give(people, days):
    def give(unit, **values):
        wanted = {"rights": [Right.VIEW], "purpose": Purpose.WORK, "ends_on": days(30), "reason": "工作需要", **values}
        return actions.give(unit, people.manager, **wanted)

    return give


@pytest.fixture
def enter(client):
    """Sign in as somebody, past the second factor."""

    def enter(user):
        client.force_login(user)
        return client

    return enter


def test_a_manager_decides_in_the_admin(enter, archive, people, ask, days):
    asked = ask(archive.closed, rights=[Right.VIEW, Right.PRINT])
    client = enter(people.manager)
    page = client.get(reverse("access_requests")).content.decode()
    assert archive.closed.reference_code in page
    address = reverse("access_request", args=[asked.pk])
    assert "编写大事记" in client.get(address).content.decode()
    sent = {"rights": ["view"], "starts_on": days(0), "ends_on": days(5), "reason": "", "decision": "grant"}
    assert client.post(address, sent).context["form"].errors["reason"]
    assert client.post(address, {**sent, "reason": "可以"}).status_code == 302
    grant = Grant.objects.get()
    assert (grant.user, grant.view, grant.print, grant.ends_on) == (people.officer, True, False, days(5))
    later = client.post(address, {**sent, "reason": "再来", "decision": "refuse"})
    assert later.status_code == 200
    assert later.context["form"].non_field_errors()
    asked.refresh_from_db()
    assert asked.state == RequestState.GRANTED


def test_a_refusal_needs_its_reason(enter, archive, people, ask):
    asked = ask(archive.closed)
    client = enter(people.manager)
    address = reverse("access_request", args=[asked.pk])
    assert client.post(address, {"decision": "refuse", "reason": " "}).status_code == 200
    assert client.post(address, {"decision": "refuse", "reason": "未到期"}).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == (RequestState.REFUSED, "未到期")


def test_one_s_own_request_shows_no_buttons(enter, archive, people, days):
    own = AccessRequest.objects.create(reader=people.manager, unit=archive.closed, purpose_text="x", until=days(5))
    client = enter(people.manager)
    page = client.get(reverse("access_request", args=[own.pk])).content.decode()
    assert 'name="decision"' not in page
    answer = client.post(reverse("access_request", args=[own.pk]), {"decision": "refuse", "reason": "x"})
    assert answer.status_code == 200
    own.refresh_from_db()
    assert own.state == RequestState.WAITING


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("access_requests", {"manager"}),
        ("access_grants", {"manager", "security"}),
        ("access_give", {"manager"}),
        ("access_people", {"manager", "security"}),
    ],
)
def test_who_enters_which_page(enter, people, name, allowed):
    for role in ("manager", "security", "editor", "reader"):
        answer = enter(getattr(people, role)).get(reverse(name))
        assert (answer.status_code == 200) is (role in allowed), role


def test_a_permission_is_given_by_form_and_withdrawn_by_the_security_administrator(enter, archive, people, days):
    client = enter(people.manager)
    assert client.get(reverse("access_give") + f"?unit={archive.series.pk}").status_code == 200
    assert client.get(reverse("access_give") + "?unit=nonsense").status_code == 200
    sent = {
        "unit": archive.series.pk, "user": "reader", "group": "", "rights": ["view", "copy"], "purpose": "history",
        "purpose_text": "", "starts_on": days(0), "ends_on": days(10), "reason": "编史",
    }  # fmt: skip
    for fault in (
        {"user": "nobody"},
        {"user": "manager"},
        {"user": ""},
        {"unit": archive.home.pk},
        {"ends_on": days(-2)},
    ):
        assert client.post(reverse("access_give"), {**sent, **fault}).context["form"].errors
    assert client.post(reverse("access_give"), sent).status_code == 302
    grant = Grant.objects.get()
    address = reverse("access_grant", args=[grant.pk])
    security = enter(people.security)
    assert security.get(reverse("access_grants")).status_code == 200
    assert security.post(address, {"reason": ""}).context["form"].errors
    assert security.post(address, {"reason": "越权"}).status_code == 302
    grant.refresh_from_db()
    assert grant.withdrawn_by == people.security
    assert security.post(address, {"reason": "again"}).context["form"].non_field_errors()
    assert archive.series.reference_code not in security.get(reverse("access_grants")).content.decode()
    assert archive.series.reference_code in security.get(reverse("access_grants") + "?state=ended").content.decode()


def test_who_can_see_this_and_why(enter, archive, people, give, days):
    ArchivePage.objects.filter(pk=archive.series.pk).update(content_rank=Rank.STAFF, closed_until=days(9))
    refresh_standing(archive.series.path)
    archive.first.refresh_from_db()
    entry, pages = overview.sources_of(overview.chain_of(archive.first))
    assert (entry.rank, entry.page.pk) == (Rank.STAFF, archive.series.pk)
    assert (pages.rank, pages.page.pk) == (Rank.DEPARTMENT, archive.series.pk)
    assert len(pages.reasons) == 1  # its last closed day, not its own, lower rank
    give(archive.series, user=people.reader)
    give(archive.first, group=Group.objects.create(name="History project"))
    give(archive.third, user=people.officer)
    page = enter(people.security).get(reverse("unit_access", args=[archive.first.pk]))
    text = page.content.decode()
    assert "History project" in text
    assert "Reader" in text
    assert "Officer" not in text.split("fonds-audit-scroll")[-1]
    reached = {reach.group.name: reach for reach in page.context["reaches"]}
    assert reached["Editors"].pages
    assert not reached["Security administrators"].pages
    assert reached["Managers"].people == 2
    assert "Registered readers" not in reached


def test_an_owned_unit_counts_the_people_of_its_department(archive, people):
    ArchivePage.objects.filter(pk=archive.series.pk).update(catalogue_rank=Rank.DEPARTMENT, department=people.office)
    refresh_standing(archive.series.path)
    archive.first.refresh_from_db()
    people.add("stranger", "Staff officers")
    reached = {reach.group.name: reach for reach in overview.reaches(archive.first)}
    assert (reached["Staff officers"].people, reached["Staff officers"].own_department_only) == (1, True)
    assert not reached["Editors"].own_department_only


def test_what_a_person_can_see(enter, archive, people, give):
    give(archive.closed, user=people.reader)
    counts = {rank: (entries, pages) for rank, entries, pages in overview.counts_for(people.reader)}
    assert counts[Rank.PUBLIC] == (4, 4)
    assert counts[Rank.STAFF] == (1, 0)
    assert counts[Rank.DEPARTMENT] == (0, 1)
    page = enter(people.manager).get(reverse("person_access", args=[people.reader.pk])).content.decode()
    assert archive.closed.reference_code in page


def test_a_sealed_unit_and_its_grants_are_hidden_from_the_security_administrator(enter, archive, people, give):
    grant = give(archive.first, user=people.reader)
    ArchivePage.objects.filter(pk=archive.first.pk).update(catalogue_rank=Rank.SEALED)
    refresh_standing(archive.first.path)
    client = enter(people.security)
    assert client.get(reverse("unit_access", args=[archive.first.pk])).status_code == 404
    assert client.get(reverse("access_grant", args=[grant.pk])).status_code == 404
    assert archive.first.reference_code not in client.get(reverse("access_grants")).content.decode()
    page = enter(people.manager).get(reverse("unit_access", args=[archive.first.pk]))
    assert page.context["page"].paginator.count == 0


def test_lists_cost_the_same_however_long_they_are(
    enter, archive, people, give, ask, days, django_assert_max_num_queries
):
    for number in range(10, 22):
        unit = archive.add_item(number)
        give(unit, user=people.reader)
        give(archive.series, user=people.officer)
        ask(unit, reader=people.reader, rights=[Right.COPY])
    client = enter(people.manager)
    addresses = {
        reverse("access_requests"): 30,
        reverse("access_grants"): 30,
        reverse("unit_access", args=[archive.first.pk]): 34,
        reverse("person_access", args=[people.reader.pk]): 32,
        reverse("access_people"): 28,
    }
    for address, most in addresses.items():
        client.get(address)
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200
