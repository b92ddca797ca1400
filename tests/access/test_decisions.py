"""The one place that decides: ranks against clearances, grants by path, and what everybody may see."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fonds.access import roles
from fonds.access.classes import LAST_OWNED, OWNED, class_of, rank_of
from fonds.access.decisions import is_archive_staff, may, require, visible
from fonds.access.enums import Rank, Right
from fonds.access.models import Clearance, Department, Grant, User
from fonds.archive_pages.models import ArchivePage, CodeRecord

pytestmark = pytest.mark.django_db

#: Role → the ranks of entries and of pages it sees: (own department, another department).
P, R, S, D, B, X = Rank
ENTRIES = {
    "visitor": ({P}, {P}),
    roles.READER: ({P, R}, {P, R}),
    roles.OFFICER: ({P, R, S, D}, {P, R, S}),
    roles.RECORDS_OFFICER: ({P, R, S, D}, {P, R, S}),
    roles.POLICY_STAFF: ({P, R, S, D}, {P, R, S}),
    roles.CLERK: ({P, R, S, D, B}, {P, R, S, D, B}),
    roles.EDITOR: ({P, R, S, D, B}, {P, R, S, D, B}),
    roles.MANAGER: ({P, R, S, D, B, X}, {P, R, S, D, B, X}),
    roles.SYSTEM_ADMIN: ({P}, {P}),
    roles.SECURITY_ADMIN: ({P, R, S, D, B}, {P, R, S, D, B}),
    roles.AUDIT_ADMIN: ({P}, {P}),
    "inactive": ({P}, {P}),
    "no group": ({P}, {P}),
    "break glass": ({P, R, S, D, B, X}, {P, R, S, D, B, X}),
}
PAGES = ENTRIES | {
    roles.CLERK: ({P, R, S, D}, {P, R, S, D}),
    roles.MANAGER: ({P, R, S, D, B}, {P, R, S, D, B}),
    roles.SECURITY_ADMIN: ({P}, {P}),
    "break glass": ({P, R, S, D, B}, {P, R, S, D, B}),
}


@pytest.fixture
def departments():
    return [Department.objects.create(code=code, name=code) for code in ("BGS", "RJC")]


def person(role: str, department: Department | None = None):
    """An account with ``role`` as it is when an archive starts."""
    if role == "visitor":
        return AnonymousUser()
    user = User.objects.create_user(role[:20], password="x", department=department)
    user.is_active = role != "inactive"
    user.is_superuser = role == "break glass"
    user.save()
    wanted = roles.EDITOR if role == "inactive" else role
    if wanted in roles.CLEARANCES:
        group = Group.objects.get_or_create(name=wanted)[0]
        Clearance.objects.get_or_create(group=group, defaults=roles.CLEARANCES[wanted]._asdict())
        user.groups.add(group)
    return user


@pytest.fixture
def ladder(archive, departments):
    """One item for each rank and department, by (rank, department)."""
    units = {}
    for number, (rank, department) in enumerate(((rank, each) for rank in Rank for each in departments), 10):
        unit = archive.add_item(number, title=f"{rank.name} {department.code}", department=department)
        units[rank, department] = unit
        access_class = class_of(rank, department.pk)
        ArchivePage.objects.filter(pk=unit.pk).update(catalogue_class=access_class, content_class=access_class)
        unit.refresh_from_db()
    return units


@pytest.mark.parametrize("role", ENTRIES)
def test_every_role_sees_exactly_its_ranks(ladder, departments, role):
    user = person(role, departments[0])
    for right, table in ((Right.CATALOGUE, ENTRIES), (Right.VIEW, PAGES)):
        own, other = table[role]
        wanted = {(rank, departments[0]) for rank in own} | {(rank, departments[1]) for rank in other}
        assert {key for key, unit in ladder.items() if may(user, right, unit)} == wanted
        pages = ArchivePage.objects.filter(pk__in=[unit.pk for unit in ladder.values()])
        expected = {ladder[key].pk for key in wanted}
        assert set(visible(pages, user, right=right).values_list("pk", flat=True)) == expected
        rows = CodeRecord.objects.filter(page__in=pages)
        assert set(visible(rows, user, "page__", right).values_list("page_id", flat=True)) == expected


@pytest.mark.parametrize("role", ENTRIES)
def test_who_copies_and_prints(ladder, departments, role):
    user = person(role, departments[0])
    copies = role in (roles.CLERK, roles.EDITOR, roles.MANAGER, "break glass")
    for (rank, department), unit in ladder.items():
        wanted = copies and rank in PAGES[role][department is not departments[0]]
        assert may(user, Right.COPY, unit) is may(user, Right.PRINT, unit) is wanted
    found = visible(ArchivePage.objects.filter(level="item"), user, right=Right.COPY)
    assert found.exists() is copies


def test_a_department_rank_without_an_owner_is_for_the_archive_room(archive, departments):
    ArchivePage.objects.filter(pk=archive.first.pk).update(catalogue_class=1000, content_class=1000)
    archive.first.refresh_from_db()
    officer = person(roles.OFFICER)
    for officer.department in (None, *departments):
        assert not may(officer, Right.CATALOGUE, archive.first)
    assert may(person(roles.EDITOR), Right.VIEW, archive.first)


@pytest.mark.parametrize("role", ENTRIES)
def test_who_belongs_to_the_archive_room(role):
    assert is_archive_staff(person(role)) is (role in (roles.CLERK, roles.EDITOR, roles.MANAGER, "break glass"))


def test_only_who_may_certify_and_see_certifies(archive, departments):
    manager = person(roles.MANAGER)
    assert not may(manager, Right.CERTIFY, archive.first)
    permission = Permission.objects.get(codename="issue_certificate")
    manager.user_permissions.add(permission)
    manager = User.objects.get(pk=manager.pk)
    assert may(manager, Right.CERTIFY, archive.first)
    ArchivePage.objects.filter(pk=archive.first.pk).update(content_class=class_of(Rank.SEALED))
    archive.first.refresh_from_db()
    assert not may(manager, Right.CERTIFY, archive.first)


def test_what_may_not_be_seen_is_not_there(archive):
    require(person(roles.EDITOR), Right.VIEW, archive.closed)
    with pytest.raises(Http404):
        require(AnonymousUser(), Right.VIEW, archive.closed)


# --- Grants ---------------------------------------------------------------------------------------------------------


def give(holder, unit, **values) -> Grant:
    today = timezone.localdate()
    holders = {"group": holder} if isinstance(holder, Group) else {"user": holder}
    values = {"starts_on": today, "ends_on": today, "reason": "查考", **values}
    return Grant.objects.create(**holders, unit=unit, approver=User.objects.get_or_create(username="boss")[0], **values)


def seen(user, right=Right.CATALOGUE) -> set[int]:
    return set(visible(ArchivePage.objects.filter(level="item"), user, right=right).values_list("pk", flat=True))


def test_a_grant_reaches_the_unit_and_all_below_and_nothing_beside(archive, ladder, departments):
    reader = person(roles.READER)
    closed = {unit.pk for (rank, _d), unit in ladder.items() if rank > Rank.READER} | {archive.closed.pk}
    sealed = {unit.pk for (rank, _d), unit in ladder.items() if rank == Rank.SEALED}
    assert not seen(reader) & closed
    one = ladder[Rank.RESTRICTED, departments[0]]
    grant = give(reader, one)
    assert seen(reader) & closed == {one.pk}
    assert may(reader, Right.VIEW, one)
    grant.delete()
    give(reader, archive.series)
    assert seen(reader) & closed == closed - sealed
    assert seen(reader, Right.VIEW) & closed == closed - sealed
    assert not may(reader, Right.CATALOGUE, ladder[Rank.SEALED, departments[0]])


@pytest.mark.parametrize(
    ("flags", "rights"),
    [
        ({"view": False}, {Right.CATALOGUE}),
        ({}, {Right.CATALOGUE, Right.VIEW}),
        ({"view": False, "copy": True}, {Right.CATALOGUE, Right.VIEW, Right.COPY}),
        ({"print": True}, {Right.CATALOGUE, Right.VIEW, Right.PRINT}),
    ],
)
def test_a_grant_gives_its_rights_and_no_other(archive, flags, rights):
    reader = person(roles.READER)
    give(reader, archive.closed, **flags)
    for right in (Right.CATALOGUE, Right.VIEW, Right.COPY, Right.PRINT, Right.CERTIFY):
        assert may(reader, right, archive.closed) is (right in rights)
        if right != Right.CERTIFY:
            assert (archive.closed.pk in seen(reader, right)) is (right in rights)


@pytest.mark.parametrize(
    ("start", "end", "in_force"), [(0, 0, True), (-5, -1, False), (1, 5, False), (-1, 1, True), (-1, 0, True)]
)
def test_a_grant_holds_from_its_first_day_to_its_last(archive, start, end, in_force):
    reader, today = person(roles.READER), timezone.localdate()
    give(reader, archive.closed, starts_on=today + dt.timedelta(start), ends_on=today + dt.timedelta(end))
    assert may(reader, Right.VIEW, archive.closed) is in_force


def test_a_grant_ends_when_withdrawn_and_when_the_holder_leaves_the_group(archive):
    reader = person(roles.READER)
    grant = give(reader, archive.closed)
    assert may(reader, Right.VIEW, archive.closed)
    Grant.objects.filter(pk=grant.pk).update(withdrawn_at=timezone.now())
    assert not may(reader, Right.VIEW, archive.closed)
    project = Group.objects.create(name="年鉴编写组")
    give(project, archive.closed)
    assert not may(reader, Right.VIEW, archive.closed)
    reader.groups.add(project)
    assert may(reader, Right.VIEW, archive.closed)
    reader.groups.remove(project)
    assert not may(reader, Right.VIEW, archive.closed)


def test_a_grant_follows_the_unit_when_it_is_moved(archive):
    reader = person(roles.READER)
    give(reader, archive.closed)
    elsewhere = archive.fonds.add_child(
        instance=type(archive.series)(title="另类", reference_code="J037-KJ", opening_status="open")
    )
    archive.closed.move(elsewhere, pos="last-child")
    moved = ArchivePage.objects.get(pk=archive.closed.pk)
    assert may(reader, Right.VIEW, moved)
    assert seen(reader) >= {moved.pk}


def test_who_sees_all_may_still_be_given_what_he_may_do_with_it(archive):
    clerk = person(roles.EDITOR)
    Clearance.objects.filter(group__name=roles.EDITOR).update(may_copy=False, may_print=False)
    assert not may(clerk, Right.COPY, archive.closed)
    give(clerk, archive.closed, copy=True)
    assert may(clerk, Right.COPY, archive.closed)
    assert not may(clerk, Right.PRINT, archive.closed)


def test_no_department_has_a_number_that_runs_into_another_rank(db):
    assert rank_of(class_of(Rank.DEPARTMENT, LAST_OWNED - OWNED)) == Rank.DEPARTMENT
    Department.objects.create(pk=LAST_OWNED - OWNED, code="ZZ1", name="最后")
    with pytest.raises(IntegrityError), transaction.atomic():
        Department.objects.create(pk=LAST_OWNED - OWNED + 1, code="ZZ2", name="过界")


def test_an_inactive_holder_has_nothing(archive):
    reader = person(roles.READER)
    give(reader, archive.closed)
    reader.is_active = False
    assert not may(reader, Right.CATALOGUE, archive.closed)


@pytest.mark.parametrize("count", [1, 200])
def test_the_decision_costs_two_queries_a_request_whatever_was_granted(client, archive, count):
    reader = person(roles.READER)
    for number in range(count):
        give(reader, archive.add_item(1000 + number, opening_status="controlled"))
    with CaptureQueriesContext(connection) as captured:
        assert len(seen(reader)) >= count
    assert len(captured) == 3  # the clearance, the grants, and the list itself


@pytest.mark.parametrize("rank", Rank)
def test_a_class_tells_its_rank(rank):
    assert rank_of(class_of(rank)) == rank_of(class_of(rank, 77)) == rank
    assert sorted(Rank, key=class_of) == list(Rank)


def test_the_sign_in_form_speaks_the_language_of_the_reader(client):
    page = client.get(reverse("wagtailadmin_login"), follow=True).content.decode()
    assert "密码" in page
    assert ">Password<" not in page
    User.objects.create_superuser("root", password="right-one")
    client.post(reverse("account_login"), {"login": "root", "password": "right-one", "next": "/admin/"})
    assert client.session["_auth_user_id"]


def test_a_department_and_an_account_read_as_people_say_them():
    assert str(Department(code="BGS", name="办公室")) == "BGS 办公室"
    assert str(User(username="wang", last_name="王", first_name="")) == "王"
    assert str(User(username="wang")) == "wang"
