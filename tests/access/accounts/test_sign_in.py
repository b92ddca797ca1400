"""The one sign-in page: who gets in, where to, and who is locked out."""

import datetime as dt

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fonds.access import roles
from fonds.audit.models import Event

from .conftest import PASSWORD, person, sign_in

pytestmark = pytest.mark.once


def actions() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("action", flat=True))


def admin_user(username="keeper"):
    user = person(username, roles.EDITOR)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    return user


@pytest.mark.parametrize("name", ["reader", "READER", "reader@example.org", " reader "])
def test_a_reader_signs_in_by_name_or_address_and_comes_to_his_account(client, name):
    person("reader", roles.READER)
    answer = sign_in(client, name)
    assert (answer.status_code, answer.url) == (302, "/account/")
    assert client.get("/account/").status_code == 200


def test_who_works_here_comes_to_the_working_place(client):
    admin_user()
    assert sign_in(client, "keeper").url == "/admin/"


@pytest.mark.parametrize("door", ["/admin/login/", "/admin/login/?next=/admin/reports/", "/admin/password_reset/"])
def test_wagtails_own_doors_lead_to_the_archives(client, door):
    assert client.get(door).url.startswith(("/account/login/", "/account/password/reset/"))
    assert client.post(door, {"username": "root", "password": "x"}).status_code == 302


def test_the_admin_sends_a_visitor_to_the_sign_in_page_and_a_reader_to_his_account(client):
    assert client.get("/admin/").url == "/account/login/?next=/admin/"
    person("reader", roles.READER)
    sign_in(client)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/account/"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil.example"],
)
def test_nobody_is_sent_to_another_site_after_sign_in(client, target):
    person("reader", roles.READER)
    answer = client.post("/account/login/", {"login": "reader", "password": PASSWORD, "next": target})
    assert answer.url == "/account/"
    assert client.post("/account/logout/", {"next": target}).url == "/"


def test_a_way_inside_the_site_is_kept(client):
    person("reader", roles.READER)
    assert sign_in(client, next="/search/?q=1").url == "/search/?q=1"


def test_sign_in_demands_the_token_of_its_form():
    strict = Client(enforce_csrf_checks=True)
    person("reader", roles.READER)
    assert sign_in(strict).status_code == 403
    for door in ("/account/logout/", "/account/signup/", "/account/password/reset/"):
        assert strict.post(door).status_code == 403


def test_an_account_is_locked_after_five_failures_and_says_how_long(client):
    person("reader", roles.READER)
    for number in range(4):
        assert sign_in(client, password="wrong-word", address=f"198.51.100.{number}").status_code == 200
    locked = sign_in(client, "Reader@example.org", "wrong-word", "198.51.100.9")
    assert locked.status_code == 429
    assert locked["Retry-After"] == "900"
    assert "15" in locked.content.decode()
    assert "default-src 'self'" in locked["Content-Security-Policy"]
    right = sign_in(Client(), address="203.0.113.5")
    assert right.status_code == 429
    assert Event.objects.filter(action="session.locked_out").count() == 1
    assert actions().count("session.sign_in_failed") == 6


def test_the_lock_ends_by_itself(client):
    person("reader", roles.READER)
    for _number in range(5):
        sign_in(client, password="wrong-word")
    AccessAttempt.objects.update(attempt_time=timezone.now() - dt.timedelta(minutes=15, seconds=1))
    assert sign_in(client).url == "/account/"


def test_an_unknown_account_is_answered_like_a_known_one(client):
    person("reader", roles.READER)
    known, unknown = sign_in(client, password="wrong-word"), sign_in(client, "nobody", "wrong-word")
    words = [list(each.context["form"].non_field_errors()) for each in (known, unknown)]
    assert words[0] == words[1]
    for _number in range(4):
        known, unknown = sign_in(client, password="wrong-word"), sign_in(client, "nobody", "wrong-word")
    assert (known.status_code, unknown.status_code) == (429, 429)


def test_an_address_is_locked_for_all_accounts(client, settings):
    settings.FONDS_ADDRESS_FAILURES = 10
    person("reader", roles.READER)
    answers = [sign_in(client, f"guess{number}", "wrong-word").status_code for number in range(10)]
    assert answers == [200] * 9 + [429]
    assert sign_in(client).status_code == 429
    assert sign_in(client, address="203.0.113.9").status_code == 302


def test_an_account_of_ones_own_does_not_wipe_out_the_failures_of_the_address(client, settings):
    settings.FONDS_ADDRESS_FAILURES = 10
    person("reader", roles.READER)
    for number in range(9):
        sign_in(client, f"guess{number}", "wrong-word")
    assert sign_in(client).status_code == 302
    assert sign_in(Client(), "guess9", "wrong-word").status_code == 429


def test_success_forgets_the_failures_of_the_account(client):
    person("reader", roles.READER)
    for _round in range(3):
        for _number in range(4):
            sign_in(client, password="wrong-word")
        assert sign_in(client).status_code == 302
        client.post("/account/logout/")


def test_behind_proxies_the_visitors_address_counts(client, settings):
    settings.FONDS_TRUSTED_PROXIES = 1
    settings.FONDS_ADDRESS_FAILURES = 5
    for number in range(5):
        client.post(
            "/account/login/",
            {"login": f"guess{number}", "password": "wrong-word"},
            headers={"X-Forwarded-For": f"203.0.113.{number}, 192.0.2.77"},
        )
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"192.0.2.77"}


def test_an_inactive_account_does_not_get_in(client):
    person("reader", roles.READER, is_active=False)
    assert sign_in(client).status_code in (200, 302)
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize("bad", ["", "\0", "x" * 5000, "💥'; DROP TABLE", "a\0b@example.org"])
def test_nonsense_as_a_name_is_a_failed_sign_in(client, bad):
    assert sign_in(client, bad).status_code == 200


def test_events_tell_sign_in_failure_and_sign_out(client):
    person("reader", roles.READER)
    start = len(actions())
    sign_in(client, password="wrong-word")
    sign_in(client)
    client.post("/account/logout/")
    assert actions()[start:] == ["session.sign_in_failed", "session.sign_in", "session.sign_out"]
    assert Event.objects.order_by("-pk")[1].address == "198.51.100.7"


def test_wagtails_account_page_offers_no_second_way_to_password_and_address(client):
    admin_user()
    sign_in(client, "keeper")
    page = client.get(reverse("wagtailadmin_account"))
    assert page.status_code == 200
    assert "old_password" not in page.content.decode()
    assert 'name="name_email-email"' not in page.content.decode()
