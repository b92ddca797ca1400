"""三员分立 under attack: self-grants, superusers, two roles at once, by every form and by requests made by hand."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from fonds.access import administration, roles
from fonds.access.administration_accounts import Named, make_administrators
from fonds.access.enums import Rank
from fonds.access.models import Clearance, Department, Grant, User
from fonds.access.sight import sight_of
from fonds.archive_pages.models import ArchivePage
from fonds.audit.break_glass import break_glass
from fonds.audit.models import Elevation, Event
from fonds.site.roles import sync_roles

pytestmark = [pytest.mark.once, pytest.mark.django_db]
ADDRESS = {"last_name": "王", "first_name": "安", "email": "anwang@example.org"}


@pytest.fixture
def people(archive):
    """One account of each role, by its group."""
    sync_roles()
    found = {}
    for number, role in enumerate(roles.CLEARANCES):
        found[role] = User.objects.create_user(
            f"person{number}", f"p{number}@example.org", "a-long-password", last_name="人"
        )
        found[role].groups.add(Group.objects.get(name=role))
    return found


@pytest.fixture
def guard(people, client):
    """The security administrator, signed in."""
    client.force_login(people[roles.SECURITY_ADMIN])
    return people[roles.SECURITY_ADMIN]


def group(name: str) -> Group:
    return Group.objects.get(name=name)


def roles_of(user) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def account_form(user, **values) -> dict:
    return {"username": user.username, **ADDRESS, "is_active": "on", **values}


def group_form(**values) -> dict:
    """A group's form with its two formsets; permissions for parts of the tree are added over ``values``."""
    managed = {
        f"{prefix}-{name}": value
        for prefix in ("page_permissions", "collection_permissions", "image_permissions", "document_permissions")
        for name, value in (("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0), ("MIN_NUM_FORMS", 0), ("MAX_NUM_FORMS", 1000))
    }
    return {**managed, **values}


# --- one's own account ------------------------------------------------------------------------------------------------


def test_the_security_administrator_gives_himself_nothing_through_his_own_account(guard, client):
    department = Department.objects.create(code="BGS", name="办公室")
    sent = account_form(guard, is_superuser="on", is_staff="on", department=department.pk,
                        groups=[group(roles.MANAGER).pk, group(roles.SECURITY_ADMIN).pk])  # fmt: skip
    client.post(reverse("wagtailusers_users:edit", args=[guard.pk]), sent)
    guard.refresh_from_db()
    assert (guard.last_name, guard.is_superuser, guard.is_staff, guard.department) == ("王", False, False, None)
    assert roles_of(guard) == {roles.SECURITY_ADMIN}


def test_nor_with_the_bulk_action_on_accounts(guard, client):
    address = reverse("wagtail_bulk_action", args=["access", "user", "assign_role"]) + f"?id={guard.pk}&next=/admin/"
    client.post(address, {"role": group(roles.MANAGER).pk})
    assert roles_of(guard) == {roles.SECURITY_ADMIN}


@pytest.mark.parametrize("person", [roles.SECURITY_ADMIN, roles.MANAGER, roles.SYSTEM_ADMIN])
def test_nor_by_any_door_that_writes_the_rows(people, acting, person):
    user = people[person]
    department = Department.objects.create(code="BGS", name="办公室")
    attempts = [
        lambda: user.groups.add(group(roles.EDITOR)),
        lambda: user.groups.set([group(roles.EDITOR)]),
        lambda: user.groups.clear(),
        lambda: group(roles.EDITOR).user_set.add(user),
        lambda: group(person).user_set.remove(user),
        lambda: user.user_permissions.add(Permission.objects.get(codename="change_user")),
        lambda: _save(user, is_superuser=True),
        lambda: _save(user, is_staff=True),
        lambda: _save(user, department=department),
        lambda: group(person).permissions.add(Permission.objects.get(codename="view_event")),
        lambda: Permission.objects.get(codename="view_event").group_set.add(group(person)),
        lambda: _save(group(person).clearance, content_rank=Rank.RESTRICTED),
        lambda: GroupPagePermission.objects.create(
            group=group(person),
            page=ArchivePage.objects.first(),
            permission=Permission.objects.get(codename="lock_archivepage"),
        ),
        lambda: group(person).delete(),
    ]
    for attempt in attempts:
        with acting(user), transaction.atomic(), pytest.raises(administration.Refused):
            attempt()
    fresh = User.objects.get(pk=user.pk)
    assert (roles_of(fresh), fresh.is_superuser, fresh.department_id) == ({person}, False, None)
    assert not fresh.user_permissions.exists()


def _save(row, **values) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


@pytest.fixture
def acting(rf):
    """``with acting(user):`` the work inside is done at the web by that person."""
    from fonds.audit.context import origin_of, working

    def begin(user):
        request = rf.post("/admin/")
        request.user = User.objects.get(pk=user.pk)
        return working(origin_of(request))

    return begin


# --- other people's accounts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", ["add", "edit", "row"])
def test_nobody_is_made_a_superuser(guard, client, people, acting, door):
    if door == "add":
        sent = {"username": "puppet", **ADDRESS, "is_superuser": "on", "is_staff": "on"}
        assert client.post(reverse("wagtailusers_users:add"), sent).status_code == 302
        assert User.objects.filter(username="puppet").exists()
    elif door == "edit":
        editor = people[roles.EDITOR]
        client.post(reverse("wagtailusers_users:edit", args=[editor.pk]), account_form(editor, is_superuser="on"))
    else:
        with acting(guard), pytest.raises(administration.Refused), transaction.atomic():
            User.objects.create(username="puppet", is_superuser=True)
    assert not User.objects.filter(is_superuser=True).exists()
    assert not User.objects.filter(is_staff=True).exists()


@pytest.mark.parametrize(
    ("together", "allowed"),
    [
        ([roles.SYSTEM_ADMIN, roles.SECURITY_ADMIN], False),
        ([roles.SECURITY_ADMIN, roles.AUDIT_ADMIN], False),
        ([roles.AUDIT_ADMIN, roles.EDITOR], False),
        ([roles.SYSTEM_ADMIN, roles.READER], False),
        ([roles.SYSTEM_ADMIN, "Guests"], False),
        ([roles.EDITOR, roles.CLERK], True),
        ([roles.AUDIT_ADMIN], True),
    ],
)
def test_an_administrator_role_stands_alone(guard, client, together, allowed):
    Group.objects.create(name="Guests")
    user = User.objects.create_user("newcomer", "n@example.org")
    address = reverse("wagtailusers_users:edit", args=[user.pk])
    answer = client.post(address, account_form(user, groups=[group(name).pk for name in together]))
    assert roles_of(user) == (set(together) if allowed else set())
    assert (answer.status_code == 302) is allowed
    if not allowed:
        with pytest.raises(administration.Refused), transaction.atomic():
            user.groups.add(*[group(name) for name in together])
        assert answer.context["form"].errors["groups"]


def test_nor_one_after_the_other_in_bulk(guard, client, people):
    auditor = people[roles.AUDIT_ADMIN]
    address = reverse("wagtail_bulk_action", args=["access", "user", "assign_role"]) + f"?id={auditor.pk}&next=/admin/"
    answer = client.post(address, {"role": group(roles.SYSTEM_ADMIN).pk}, follow=True)
    assert roles_of(auditor) == {roles.AUDIT_ADMIN}
    assert answer.status_code == 200


def test_no_grant_reaches_an_administrator(people, archive):
    values = {"unit": archive.third, "starts_on": timezone.localdate(), "ends_on": timezone.localdate(),
              "approver": people[roles.MANAGER], "reason": "x"}  # fmt: skip
    for holder in ({"user": people[roles.AUDIT_ADMIN]}, {"group": group(roles.SYSTEM_ADMIN)}):
        with pytest.raises(administration.Refused), transaction.atomic():
            Grant.objects.create(**values, **holder)
    newcomer = User.objects.create_user("newcomer")
    Grant.objects.create(**values, user=newcomer)
    with pytest.raises(administration.Refused), transaction.atomic():
        newcomer.groups.add(group(roles.SYSTEM_ADMIN))
    assert Grant.objects.count() == 1


def test_accounts_are_made_deactivated_and_given_roles_by_the_security_administrator(guard, client):
    department = Department.objects.create(code="BGS", name="办公室")
    sent = {"username": "officer9", **ADDRESS, "department": department.pk, "groups": [group(roles.OFFICER).pk]}
    assert client.post(reverse("wagtailusers_users:add"), sent).status_code == 302
    user = User.objects.get(username="officer9")
    assert (roles_of(user), user.department, user.has_usable_password()) == ({roles.OFFICER}, department, True)
    assert [message.to for message in mail.outbox] == [["anwang@example.org"]]
    link = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http"))
    assert "/account/password/reset/key/" in link
    client.logout()
    answer = client.get(link.split("testserver", 1)[-1].replace("http://127.0.0.1:8000", ""), follow=True)
    assert 'type="password"' in answer.content.decode()
    client.force_login(guard)
    address = (
        reverse("wagtail_bulk_action", args=["access", "user", "set_active_state"]) + f"?id={user.pk}&next=/admin/"
    )
    client.post(address, {"mark_as_active": "False"})
    user.refresh_from_db()
    assert not user.is_active
    assert Event.objects.filter(action="account.deactivate", object_id=str(user.pk)).exists()
    assert client.post(reverse("wagtailusers_users:delete", args=[user.pk])).status_code == 302
    assert User.objects.filter(pk=user.pk).exists()


def test_sessions_end_and_links_go_out_at_the_security_administrators_word_only(guard, client, people):
    editor = people[roles.EDITOR]
    assert client.post(reverse("account_link", args=[editor.pk])).status_code == 302
    assert [message.to for message in mail.outbox] == [[editor.email]]
    assert client.post(reverse("account_sign_out", args=[editor.pk])).status_code == 302
    assert set(Event.objects.filter(actor_id=guard.pk).values_list("action", flat=True)) >= {
        "account.link_sent", "account.sessions_ended",
    }  # fmt: skip
    client.force_login(people[roles.MANAGER])
    assert client.post(reverse("account_link", args=[guard.pk])).status_code in (302, 403, 404)
    assert len(mail.outbox) == 1


# --- groups ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", roles.ADMINISTRATORS)
def test_the_groups_of_the_administrators_are_read_only(guard, client, archive, name):
    target = group(name)
    before = set(target.permissions.values_list("codename", flat=True))
    page = {"page_permissions-TOTAL_FORMS": 1, "page_permissions-0-page": archive.home.pk,
            "page_permissions-0-permissions": ["change_archivepage"]}  # fmt: skip
    extra = Permission.objects.get(codename="import_catalogue").pk
    sent = {**group_form(name="Renamed", permissions=[extra]), **page}
    answer = client.post(reverse("wagtailusers_groups:edit", args=[target.pk]), sent, follow=True)
    assert "fixed" in answer.content.decode() or "固定" in answer.content.decode()
    target.refresh_from_db()
    assert (target.name, set(target.permissions.values_list("codename", flat=True))) == (name, before)
    assert not target.page_permissions.exists()
    assert client.get(reverse("wagtailusers_groups:edit", args=[target.pk])).status_code == 200
    client.post(reverse("wagtailusers_groups:delete", args=[target.pk]))
    assert Group.objects.filter(pk=target.pk).exists()


@pytest.mark.parametrize("codename", ["change_user", "view_event", "change_group", "change_clearance", "change_site"])
def test_what_an_administrator_has_to_himself_goes_to_no_other_group(guard, client, codename, acting):
    taken = Permission.objects.get(codename=codename)
    sent = group_form(name="Helpers", permissions=[taken.pk])
    assert client.post(reverse("wagtailusers_groups:add"), sent).status_code == 200
    assert not Group.objects.filter(name="Helpers").exists()
    editors = group(roles.EDITOR)
    client.post(reverse("wagtailusers_groups:edit", args=[editors.pk]), group_form(permissions=[taken.pk]))
    with acting(guard), pytest.raises(administration.Refused), transaction.atomic():
        editors.permissions.add(taken)
    assert not editors.permissions.filter(pk=taken.pk).exists()


def test_a_group_is_edited_with_its_places_and_all_of_it_is_in_the_log(guard, client, archive):
    clerks = group(roles.CLERK)
    sent = group_form(
        permissions=[Permission.objects.get(codename="access_admin").pk],
        **{"page_permissions-0-page": archive.index.pk, "page_permissions-0-permissions": ["lock_archivepage"]},
        **{"collection_permissions-0-collection": Collection.get_first_root_node().pk},
    ) | {"page_permissions-TOTAL_FORMS": 1}
    assert client.post(reverse("wagtailusers_groups:edit", args=[clerks.pk]), sent).status_code == 302
    assert clerks.page_permissions.get().permission.codename == "lock_archivepage"
    told = Event.objects.filter(action="group.permissions", actor_id=guard.pk)
    assert any((event.after or {}).get("place") == archive.index.title for event in told)
    clerks.refresh_from_db()
    assert clerks.name == roles.CLERK


def test_a_group_one_is_in_stays_as_it_is(people, client, archive):
    """Somebody of a group of the archive's own that may edit groups would raise himself by it."""
    own = Group.objects.create(name="Registry")
    own.permissions.add(*Permission.objects.filter(codename__in=["access_admin", "change_group", "add_group"]))
    user = User.objects.create_user("registrar")
    user.groups.add(own)
    client.force_login(user)
    sent = group_form(name="Registry", permissions=[]) | {
        "page_permissions-TOTAL_FORMS": 1, "page_permissions-0-page": archive.home.pk,
        "page_permissions-0-permissions": ["publish_archivepage"],
    }  # fmt: skip
    client.post(reverse("wagtailusers_groups:edit", args=[own.pk]), sent)
    assert own.permissions.count() == 3
    assert not GroupPagePermission.objects.filter(group=own).exists()
    assert not GroupCollectionPermission.objects.filter(group=own).exists()


def test_the_roles_keep_their_names_and_places(people):
    for attempt in (lambda: _save(group(roles.EDITOR), name="Others"), lambda: group(roles.EDITOR).delete()):
        with pytest.raises(administration.Refused), transaction.atomic():
            attempt()
    assert Group.objects.filter(name=roles.EDITOR).exists()


# --- clearances -------------------------------------------------------------------------------------------------------


def clearance_form(row: Clearance, **values) -> dict:
    return {"group": row.group_id, "catalogue_rank": row.catalogue_rank, "content_rank": row.content_rank, **values}


def test_a_clearance_is_changed_with_what_was_before_in_the_log(guard, client):
    row = Clearance.objects.get(group__name=roles.OFFICER)
    address = reverse("clearances:edit", args=[row.pk])
    assert client.get(reverse("clearances:index")).status_code == 200
    assert client.post(address, clearance_form(row, content_rank=Rank.STAFF.value)).status_code == 302
    row.refresh_from_db()
    assert row.content_rank == Rank.STAFF
    event = Event.objects.get(action=administration.CLEARANCE_CHANGED, actor_id=guard.pk)
    assert (event.before["content_rank"], event.after["content_rank"], event.actor_id) == (3, 2, guard.pk)


@pytest.mark.parametrize(
    ("role", "values"),
    [
        (roles.SECURITY_ADMIN, {"content_rank": Rank.RESTRICTED.value}),
        (roles.SYSTEM_ADMIN, {"content_rank": Rank.STAFF.value}),
        (roles.AUDIT_ADMIN, {"catalogue_rank": Rank.RESTRICTED.value, "all_departments": "on"}),
        (roles.SYSTEM_ADMIN, {"may_copy": "on"}),
        (roles.EDITOR, {"content_rank": Rank.SEALED.value}),
    ],
)
def test_no_clearance_gives_an_administrator_content_nor_anybody_what_is_sealed(guard, client, role, values):
    row = Clearance.objects.get(group__name=role)
    answer = client.post(reverse("clearances:edit", args=[row.pk]), clearance_form(row, **values))
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert administration._values(Clearance.objects.get(pk=row.pk)) == roles.CLEARANCES[role]._asdict()
    assert client.post(reverse("clearances:delete", args=[row.pk])).status_code == 302
    assert Clearance.objects.filter(pk=row.pk).exists()


# --- all rights -----------------------------------------------------------------------------------------------------


def test_all_rights_end_in_an_open_session_when_their_time_is_over(people, client, monkeypatch):
    editor = people[roles.EDITOR]
    break_glass(editor.username, "the server room is flooded", hours=1)
    client.force_login(editor)
    assert client.get(reverse("wagtailusers_users:index")).status_code == 200
    late = timezone.now() + dt.timedelta(hours=2)
    monkeypatch.setattr("fonds.audit.break_glass.now", lambda: late)
    assert client.get(reverse("wagtailusers_users:index")).status_code == 302
    fresh = User.objects.get(pk=editor.pk)
    assert (fresh.is_superuser, sight_of(fresh).content) == (False, Rank.RESTRICTED)
    break_glass(editor.username, "again", hours=1)
    assert User.objects.get(pk=editor.pk).is_superuser


def test_a_superuser_made_past_break_glass_has_no_rights(people, client):
    root = User.objects.create_superuser("root", password="a-long-password")
    Elevation.objects.all().delete()
    client.force_login(User.objects.get(pk=root.pk))
    assert client.get("/admin/").status_code == 302
    assert sight_of(User.objects.get(pk=root.pk)).catalogue == Rank.PUBLIC


def test_somebody_with_all_rights_keeps_nothing_of_them(people, client):
    editor = people[roles.EDITOR]
    break_glass(editor.username, "flood", hours=1)
    client.force_login(editor)
    client.post(
        reverse("wagtailusers_users:edit", args=[editor.pk]),
        account_form(editor, groups=[group(roles.MANAGER).pk], is_superuser="on"),
    )
    assert roles_of(editor) == {roles.EDITOR}


# --- departments, and the first administrators ----------------------------------------------------------------------


def test_a_department_that_owns_units_stays(people, client, archive):
    client.force_login(people[roles.MANAGER])
    empty, owner = (Department.objects.create(code=code, name=code) for code in ("AAA", "BBB"))
    ArchivePage.objects.filter(pk=archive.third.pk).update(department=owner)
    for department, stays in ((empty, False), (owner, True)):
        client.post(reverse("departments:delete", args=[department.pk]))
        assert Department.objects.filter(pk=department.pk).exists() is stays
    answer = client.get(reverse("departments:delete", args=[owner.pk]), follow=True)
    assert "BBB" in answer.content.decode()


def test_the_first_three_administrators(archive):
    sync_roles()
    people = [
        Named(role, f"admin{number}", f"a{number}@example.org") for number, role in enumerate(roles.ADMINISTRATORS)
    ]
    made = make_administrators(people)
    assert [roles_of(User.objects.get(username=named.username)) for named, _link in made] == [
        {r} for r in roles.ADMINISTRATORS
    ]
    assert all("/account/password/reset/key/" in link for _named, link in made)
    with pytest.raises(ValidationError), transaction.atomic():
        make_administrators([Named(each.role, f"{each.username}x", f"x{each.email}") for each in people])


@pytest.mark.parametrize(
    "wrong",
    [
        {"--audit": "one"},
        {"--audit-mail": "one@example.org"},
        {"--system-mail": "nonsense"},
        {"--system": "two words!"},
    ],
)
def test_they_are_three_people(archive, wrong):
    sync_roles()
    given = {"--system": "one", "--system-mail": "one@example.org", "--security": "two", "--security-mail": "two@example.org",
             "--audit": "three", "--audit-mail": "three@example.org", **wrong}  # fmt: skip
    with pytest.raises(CommandError):
        call_command("make_administrators", *[part for pair in given.items() for part in pair])
    assert not User.objects.exists()
