"""What the security administrator does for people who cannot sign in."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client

from fonds.access import roles
from fonds.access.accounts import lockout
from fonds.audit.models import Event

from .conftest import enrol, person, sign_in

pytestmark = pytest.mark.once


@pytest.fixture
def security(client, settings):
    """Signed in as somebody who looks after accounts and nothing else."""
    settings.FONDS_SECOND_FACTOR = False
    user = person("guard", roles.SECURITY_ADMIN)
    names = ["access_admin", "change_user"]
    user.user_permissions.set(
        Permission.objects.filter(codename__in=names, content_type__app_label__in=["wagtailadmin", "access"])
    )
    sign_in(client, "guard")
    return user


def lock(name: str = "reader") -> None:
    for _number in range(5):
        sign_in(Client(), name, "wrong-word", "203.0.113.44")


def test_locks_are_listed_and_lifted(client, security):
    person("reader", roles.READER)
    lock()
    assert [each.username for each in lockout.locks()] == ["reader"]
    assert "reader" in client.get("/admin/sign-in-help/").content.decode()
    assert client.post("/admin/sign-in-help/lift/", {"username": "reader"}).status_code == 302
    assert sign_in(Client()).status_code == 302
    event = Event.objects.get(action="session.lock_lifted")
    assert (event.actor_id, event.object_title) == (security.pk, "reader")


def test_the_lock_of_an_address_is_lifted(client, security, settings):
    settings.FONDS_ADDRESS_FAILURES = 5
    for number in range(5):
        sign_in(Client(), f"guess{number}", "wrong-word", "203.0.113.44")
    assert [each.address for each in lockout.locks()] == ["203.0.113.44"]
    client.post("/admin/sign-in-help/lift/", {"address": "203.0.113.44"})
    assert lockout.locks() == []


def test_a_lost_factor_is_removed_and_the_sessions_end(client, security):
    person("boss", roles.MANAGER)
    theirs = Client()
    sign_in(theirs, "boss")
    enrol(theirs)
    words = {"username": "boss", "reason": "电话丢失，当面核对证件"}
    assert client.post("/admin/sign-in-help/", words).status_code == 302
    assert not Authenticator.objects.exists()
    assert theirs.get("/account/").status_code == 302
    assert Event.objects.get(action="factor.removed_for_other").detail["reason"] == words["reason"]


@pytest.mark.parametrize(
    "words",
    [
        {"username": "nobody", "reason": "x"},
        {"username": "guard", "reason": "my own"},
        {"username": "reader", "reason": "has none"},
        {"username": "reader", "reason": ""},
        {"username": "", "reason": "x"},
    ],
)
def test_what_cannot_be_removed_is_told(client, security, words):
    person("reader", roles.READER)
    answer = client.post("/admin/sign-in-help/", words)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Event.objects.filter(action="factor.removed_for_other").exists()


def test_nobody_lifts_his_own_lock(client, security):
    client.post("/admin/sign-in-help/lift/", {"username": "guard"})
    assert not Event.objects.filter(action="session.lock_lifted").exists()


@pytest.mark.parametrize("role", [roles.EDITOR, roles.MANAGER, roles.SYSTEM_ADMIN, roles.AUDIT_ADMIN])
def test_others_find_no_door(client, settings, role):
    settings.FONDS_SECOND_FACTOR = False
    user = person("other", role)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    person("reader", roles.READER)
    lock()
    sign_in(client, "other")
    client.get("/admin/sign-in-help/")
    client.post("/admin/sign-in-help/lift/", {"username": "reader"})
    assert len(lockout.locks()) == 1
    assert "sign-in-help" not in client.get("/admin/").content.decode()


def test_a_command_helps_where_nobody_can_sign_in(capsys):
    boss = person("boss", roles.MANAGER)
    theirs = Client()
    sign_in(theirs, "boss")
    enrol(theirs)
    lock("boss")
    call_command("unlock_account", "boss", remove_factor="locked out at night")
    assert lockout.locks() == []
    assert not boss.authenticator_set.exists()
    assert "second factor removed" in capsys.readouterr().out
    with pytest.raises(CommandError, match="双因素"):
        call_command("unlock_account", "boss", remove_factor="again")
    with pytest.raises(CommandError):
        call_command("unlock_account")
