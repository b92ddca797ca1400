"""Single sign-on against a real OpenID provider on this machine, by the code flow with PKCE, state and nonce."""

import re
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.test import Client

from fonds.access import roles
from fonds.access.models import User
from fonds.audit.models import Event

from .conftest import enrol, person, sign_in

pytestmark = pytest.mark.once

START = "/account/sso/oidc/oidc/login/"


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """The address of the running provider."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = Path(__file__).with_name("openid_provider.py")
    callback = f"http://testserver{START}callback/"
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path_factory.mktemp("provider")), str(port), callback],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline().strip() == "ready"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def sso(provider, settings):
    """Single sign-on set up as by ``OIDC_SERVER_URL``."""
    app = {
        "provider_id": "oidc",
        "name": "市政府统一身份认证",
        "client_id": "fonds",
        "secret": "client-secret",
        "settings": {"server_url": provider},
    }
    providers = {**settings.SOCIALACCOUNT_PROVIDERS}
    providers["openid_connect"] = {**providers["openid_connect"], "APPS": [app]}
    settings.SOCIALACCOUNT_PROVIDERS = providers
    return provider


def ask_provider(client, name: str = "zhang", next_url: str = "") -> str:
    """Begin at the archive, sign in at the provider; the way back to the archive."""
    away = client.get(START + (f"?next={next_url}" if next_url else ""))
    assert away.status_code == 302
    browser = requests.Session()
    form = browser.get(away.url)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)[1]
    words = {"username": name, "password": "provider-word", "csrfmiddlewaretoken": token}
    answer = browser.post(form.url, data=words, headers={"Referer": form.url}, allow_redirects=False)
    while not answer.headers["Location"].startswith("http://testserver"):
        address = requests.compat.urljoin(form.url, answer.headers["Location"])
        answer = browser.get(address, allow_redirects=False)
    return answer.headers["Location"].removeprefix("http://testserver")


def test_off_unless_set_up(client):
    assert client.get(START).status_code == 404
    assert "/account/sso/" not in client.get("/account/login/").content.decode()


def test_the_request_to_the_provider_bears_state_nonce_and_pkce(client, sso):
    assert START in client.get("/account/login/").content.decode()
    asked = parse_qs(urlsplit(client.get(START).url).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert len(asked["nonce"][0]) == 32
    assert len(asked["state"][0]) == 16
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}


def test_a_link_cannot_widen_what_is_asked(client, sso):
    asked = parse_qs(urlsplit(client.get(f"{START}?scope=admin&auth_params=nonce%3Dx%26prompt%3Dnone").url).query)
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert "prompt" not in asked
    assert asked["nonce"] != ["x"]


def test_who_comes_by_single_sign_on_has_an_account_and_no_rights(client, sso):
    back = client.get(ask_provider(client))
    assert back.url == "/account/"
    user = User.objects.get()
    assert (user.get_full_name(), user.email, user.has_usable_password()) == ("张三", "zhang@example.org", False)
    assert not user.groups.exists()
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert client.get("/account/").status_code == 200
    assert Event.objects.filter(action="session.sign_in").count() == 1
    again = Client()
    again.get(ask_provider(again))
    assert User.objects.count() == 1


def test_groups_follow_the_claim_where_the_archive_says_so(client, sso, settings):
    editors = Group.objects.get_or_create(name=roles.EDITOR)[0]
    other = Group.objects.create(name="Given here")
    settings.FONDS_OIDC_GROUPS = {"archive-editors": roles.EDITOR, "archive-clerks": roles.CLERK}
    Group.objects.get_or_create(name=roles.CLERK)
    client.get(ask_provider(client))
    user = User.objects.get()
    assert [group.name for group in user.groups.all()] == [roles.EDITOR]
    user.groups.set([other, Group.objects.get(name=roles.CLERK)])
    client.get(ask_provider(Client()))
    second = Client()
    second.get(ask_provider(second))
    assert set(user.groups.all()) == {other, editors}


def test_somebody_without_the_claim_gets_no_group(client, sso, settings):
    Group.objects.get_or_create(name=roles.EDITOR)
    settings.FONDS_OIDC_GROUPS = {"archive-editors": roles.EDITOR}
    client.get(ask_provider(client, "li"))
    assert not User.objects.get().groups.exists()


@pytest.mark.parametrize("change", ["state", "code"])
def test_a_forged_way_back_signs_nobody_in(client, sso, change):
    back = ask_provider(client)
    forged = re.sub(rf"{change}=[^&]+", f"{change}=forged-{change}", back)
    assert client.get(forged).status_code in (200, 401, 403)
    assert not User.objects.exists()
    assert client.get("/account/").status_code == 302


def test_a_way_back_works_in_its_own_session_and_once(client, sso):
    back = ask_provider(client)
    thief = Client()
    thief.get(back)
    assert thief.get("/account/").status_code == 302
    client.get(back)
    assert client.get("/account/").status_code == 200
    client.post("/account/logout/")
    client.get(back)
    assert client.get("/account/").status_code == 302


def test_a_token_for_another_question_is_refused(client, sso):
    back = ask_provider(client)
    session = client.session
    session["fonds_oidc_nonces"] = ["another"]
    session.save()
    assert client.get(back).status_code in (200, 401, 403)
    assert not User.objects.exists()


def test_without_the_verifier_of_pkce_the_code_is_worth_nothing(client, sso):
    back = ask_provider(client)
    session = client.session
    for state in session["socialaccount_states"].values():
        state[0]["pkce_code_verifier"] = "x" * 43
    session.save()
    client.get(back)
    assert not User.objects.exists()


def test_an_address_that_is_registered_here_is_not_taken_over(client, sso):
    mine = person("zhang", roles.EDITOR)
    client.get(ask_provider(client))
    assert client.get("/account/").status_code == 302
    assert User.objects.count() == 1
    assert not mine.socialaccount_set.exists()


def test_linked_by_address_where_the_archive_trusts_the_provider(client, sso, settings):
    settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION = settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
    mine = person("zhang", roles.READER)
    client.get(ask_provider(client))
    assert client.get("/account/").context["user"] == mine
    assert mine.socialaccount_set.count() == 1


def test_single_sign_on_does_not_skip_the_second_factor(client, sso, settings):
    Group.objects.get_or_create(name=roles.MANAGER)
    settings.FONDS_OIDC_GROUPS = {"archive-editors": roles.MANAGER}
    assert client.get(ask_provider(client)).status_code == 302
    assert client.get("/account/").url == "/account/second-factor/totp/activate/"
    enrol(client)
    assert Authenticator.objects.filter(type="totp").exists()
    second = Client()
    assert second.get(ask_provider(second)).url == "/account/second-factor/authenticate/"
    assert second.get("/account/").status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/"])
def test_nobody_is_sent_to_another_site(client, sso, target):
    assert client.get(ask_provider(client, next_url=target)).url == "/account/"


def test_a_provider_that_does_not_answer_is_told_in_words(client, sso, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:9"
    answer = client.get(START)
    assert answer.status_code < 500
    assert sign_in(client).status_code == 200
