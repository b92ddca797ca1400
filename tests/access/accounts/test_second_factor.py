"""The second factor: who needs one, that there is no way around it, and how it is lost and found."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client

from fonds.access import roles
from fonds.audit.models import Event

from .conftest import PASSWORD, code_for, enrol, person, sign_in

pytestmark = pytest.mark.once

BOUND = [roles.SYSTEM_ADMIN, roles.SECURITY_ADMIN, roles.AUDIT_ADMIN, roles.MANAGER]
SET_UP = "/account/second-factor/totp/activate/"
DOORS = [
    "/",
    "/admin/",
    "/search/",
    "/account/",
    "/account/second-factor/",
    "/account/password/change/",
    "/files/scans/1/original",
]


@pytest.mark.parametrize("role", BOUND)
@pytest.mark.parametrize("door", DOORS)
def test_who_needs_a_factor_reaches_nothing_before_he_has_one(client, archive, role, door):
    person("boss", role)
    assert sign_in(client, "boss").status_code == 302
    assert client.get(door).url == SET_UP
    assert client.post(door, {}).url == SET_UP
    assert client.get(SET_UP).status_code == 200


def test_the_obliged_one_may_still_sign_out(client, archive):
    person("boss", roles.MANAGER)
    sign_in(client, "boss")
    assert client.post("/account/logout/").url == "/"
    assert client.get("/").status_code == 200


def test_with_the_factor_set_up_everything_opens(client, archive):
    user = person("boss", roles.MANAGER)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    sign_in(client, "boss")
    _secret, recovery = enrol(client)
    assert len(recovery) == 10
    assert client.get("/admin/").status_code == 200
    assert Event.objects.filter(action="factor.added").count() == 2


def test_recovery_codes_are_shown_once(client):
    person("boss", roles.MANAGER)
    sign_in(client, "boss")
    _secret, recovery = enrol(client)
    again = client.get("/account/second-factor/recovery-codes/").content.decode()
    assert not any(code in again for code in recovery)
    assert client.get("/account/second-factor/recovery-codes/download/").status_code == 403


def test_the_next_sign_in_asks_for_the_code(client):
    person("boss", roles.MANAGER)
    sign_in(client, "boss")
    secret, _recovery = enrol(client)
    again = Client()
    assert sign_in(again, "boss").url == "/account/second-factor/authenticate/"
    assert again.get("/account/").status_code == 302
    wrong = again.post("/account/second-factor/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert Event.objects.filter(action="factor.failed").count() == 1
    right = again.post("/account/second-factor/authenticate/", {"code": code_for(secret, 1)})
    assert right.url == "/account/"
    assert again.get("/account/").status_code == 200


def test_a_code_works_once(client):
    person("boss", roles.MANAGER)
    sign_in(client, "boss")
    secret, _recovery = enrol(client)
    code = code_for(secret, 1)
    for expected in (302, 200):
        other = Client()
        sign_in(other, "boss")
        assert other.post("/account/second-factor/authenticate/", {"code": code}).status_code == expected


def test_a_recovery_code_lets_in_once(client):
    person("boss", roles.MANAGER)
    sign_in(client, "boss")
    _secret, recovery = enrol(client)
    for expected in (302, 200):
        other = Client()
        sign_in(other, "boss")
        assert other.post("/account/second-factor/authenticate/", {"code": recovery[0]}).status_code == expected
    used = Event.objects.get(action="factor.recovery_code_used")
    assert used.detail == {"left": 9}


def test_codes_cannot_be_guessed(client):
    person("boss", roles.MANAGER)
    sign_in(client, "boss")
    secret, _recovery = enrol(client)
    other = Client()
    sign_in(other, "boss")
    for number in range(5):
        other.post("/account/second-factor/authenticate/", {"code": f"00000{number}"})
    answer = other.post("/account/second-factor/authenticate/", {"code": code_for(secret, 1)})
    assert answer.status_code == 200
    assert other.get("/account/").status_code == 302


def test_a_new_password_by_mail_does_not_skip_the_factor(client):
    person("boss", roles.MANAGER)
    sign_in(client, "boss")
    enrol(client)
    other = Client()
    other.post("/account/password/reset/", {"email": "boss@example.org"})
    link = next(word for word in mail.outbox[-1].body.split() if "/reset/key/" in word)
    form = other.get(link, follow=True)
    other.post(form.redirect_chain[-1][0], {"password1": "quite-another-word", "password2": "quite-another-word"})
    assert other.get("/account/").status_code == 302
    assert sign_in(other, "boss", "quite-another-word").url == "/account/second-factor/authenticate/"


def test_the_obliged_one_cannot_remove_his_factor(client):
    person("boss", roles.MANAGER)
    sign_in(client, "boss")
    enrol(client)
    client.post("/account/second-factor/totp/deactivate/")
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_a_reader_may_have_one_and_remove_it(client):
    person("reader", roles.READER)
    sign_in(client)
    enrol(client)
    client.post("/account/second-factor/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert Event.objects.filter(action="factor.removed").exists()


def test_further_roles_are_bound_by_the_setting(client, settings, archive):
    settings.FONDS_SECOND_FACTOR_ROLES = [roles.CLERK]
    person("clerk", roles.CLERK)
    person("reader", roles.READER)
    sign_in(client, "clerk")
    assert client.get("/").url == SET_UP
    other = Client()
    sign_in(other)
    assert other.get("/").status_code == 200


def test_who_has_all_rights_needs_a_factor(client, archive, staff):
    sign_in(client, "keeper", "a-long-password")
    assert client.get("/admin/").url == SET_UP


def test_switched_off_the_password_is_enough(client, settings, archive):
    settings.FONDS_SECOND_FACTOR = False
    person("boss", roles.MANAGER)
    sign_in(client, "boss")
    assert client.get("/").status_code == 200


def test_the_secret_is_not_kept_in_clear(client):
    person("boss", roles.MANAGER)
    sign_in(client, "boss")
    secret, recovery = enrol(client)
    kept = " ".join(str(each.data) for each in Authenticator.objects.all())
    assert secret not in kept
    assert recovery[0] not in kept


def test_setting_up_asks_for_the_password_when_the_sign_in_is_old(client):
    user = person("reader", roles.READER)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 1.0}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    assert client.get(SET_UP).url.startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert client.get(SET_UP).status_code == 200


def test_somebody_without_the_obligation_costs_no_query(client, django_assert_num_queries, rf):
    from fonds.access.accounts.second_factor import is_blocked

    person("reader", roles.READER)
    sign_in(client)
    request = rf.get("/")
    request.session = client.session
    dict(request.session.items())
    request.user = person("other", roles.READER)
    with django_assert_num_queries(0):
        assert not is_blocked(request)
