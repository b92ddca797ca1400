"""When a session ends: sign-out, idle time, a new password, other rights."""

import time

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.test import Client

from fonds.access import roles
from fonds.access.accounts.sessions import SEEN_KEY
from fonds.access.models import Department, User
from fonds.audit.models import Event

from .conftest import PASSWORD, person, sign_in

pytestmark = pytest.mark.once


def is_in(client) -> bool:
    return client.get("/account/").status_code == 200


def thief_of(client) -> Client:
    """Another browser with a copy of the cookie."""
    other = Client()
    other.cookies["sessionid"] = client.cookies["sessionid"].value
    return other


def test_a_cookie_stolen_before_sign_out_is_worth_nothing_after(client):
    person("reader", roles.READER)
    sign_in(client)
    thief = thief_of(client)
    assert is_in(thief)
    client.post("/account/logout/")
    assert not is_in(thief)
    assert not Session.objects.exists()


def test_sign_in_gives_the_session_a_new_key(client):
    person("reader", roles.READER)
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client)
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()


CHANGES = {
    "put into a group": lambda user: user.groups.add(Group.objects.create(name="New")),
    "taken out of a group": lambda user: user.groups.remove(user.groups.first()),
    "taken out of all groups": lambda user: user.groups.clear(),
    "taken out from the group's side": lambda user: user.groups.first().user_set.remove(user),
    "given a permission": lambda user: user.user_permissions.add(Permission.objects.first()),
    "made inactive": lambda user: save(user, is_active=False),
    "given all rights": lambda user: save(user, is_superuser=True),
    "moved to a department": lambda user: save(user, department=Department.objects.create(code="BGS", name="办公室")),
    "given a new password": lambda user: (user.set_password("quite-another-word"), user.save()),
    "deleted": lambda user: user.delete(),
}


def save(user: User, **values) -> None:
    for name, value in values.items():
        setattr(user, name, value)
    user.save()


@pytest.mark.parametrize("change", CHANGES)
def test_all_sessions_end_when_the_rights_change(client, settings, change):
    settings.FONDS_SECOND_FACTOR = False
    user = person("reader", roles.READER, "Passing")
    other = Client()
    sign_in(client)
    sign_in(other)
    assert is_in(client)
    assert is_in(other)
    CHANGES[change](User.objects.get(pk=user.pk))
    assert not is_in(client)
    assert not is_in(other)


def test_who_was_made_inactive_and_active_again_has_to_sign_in(client):
    user = person("reader", roles.READER)
    sign_in(client)
    save(user, is_active=False)
    save(user, is_active=True)
    assert not is_in(client)


def test_other_changes_end_no_session(client):
    user = person("reader", roles.READER)
    sign_in(client)
    save(user, first_name="兰")
    user.groups.set(user.groups.all())
    assert is_in(client)


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(client):
    person("reader", roles.READER)
    other = Client()
    sign_in(client)
    sign_in(other)
    words = {"oldpassword": PASSWORD, "password1": "quite-another-word", "password2": "quite-another-word"}
    assert client.post("/account/password/change/", words).url == "/account/"
    assert is_in(client)
    assert not is_in(other)
    client.post("/account/logout/")
    assert sign_in(client, password="quite-another-word").status_code == 302
    assert Event.objects.filter(action="account.password").count() == 1


def idle(client, minutes: float) -> None:
    session = client.session
    session[SEEN_KEY] = int(time.time() - minutes * 60)
    session.save()


def test_a_session_ends_after_idle_time(client):
    person("reader", roles.READER)
    sign_in(client)
    thief = thief_of(client)
    idle(client, 29)
    assert is_in(client)
    idle(client, 31)
    assert not is_in(client)
    assert not is_in(thief)
    assert Event.objects.filter(action="session.sign_out").count() == 1


def test_what_an_open_page_asks_by_itself_keeps_no_session_alive(client):
    person("reader", roles.READER)
    sign_in(client)
    idle(client, 20)
    client.post("/admin/editing-sessions/ping/archive_pages/archivepage/1/1/")
    assert time.time() - client.session[SEEN_KEY] > 19 * 60
    client.get("/account/")
    assert time.time() - client.session[SEEN_KEY] < 60


def test_idle_time_can_be_switched_off(client, settings):
    settings.FONDS_IDLE_MINUTES = 0
    person("reader", roles.READER)
    sign_in(client)
    idle(client, 1000)
    assert is_in(client)


@pytest.mark.parametrize(
    "password", ["short1", "1234567890", "password123", "reader@example.org", "reader@example.com"]
)
def test_weak_passwords_are_refused(client, password):
    person("reader", roles.READER)
    sign_in(client)
    words = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    answer = client.post("/account/password/change/", words)
    assert answer.status_code == 200
    assert answer.context["form"].errors["password1"]
