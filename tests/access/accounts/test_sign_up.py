"""A reader signs up, confirms his address, forgets his password; nobody learns which addresses are registered."""

import re

import pytest
from django.core import mail
from django.test import Client

from fonds.access import roles
from fonds.access.models import User
from fonds.audit.models import Event

from .conftest import PASSWORD, person, sign_in

pytestmark = pytest.mark.once

FORM = {"name": "林晓兰", "email": "Lin@Example.org", "password1": PASSWORD, "agreed": "on"}


def link_in(message) -> str:
    return re.search(r"https?://testserver(/\S+)", message.body)[1]


def sign_up(client, **values):
    return client.post("/account/signup/", {**FORM, **values})


def test_a_reader_signs_up_confirms_and_comes_in(client):
    answer = sign_up(client)
    assert answer.url == "/account/confirm-email/"
    user = User.objects.get()
    assert (user.get_full_name(), user.email, user.groups.count()) == ("林晓兰", "lin@example.org", 0)
    assert user.username.startswith("reader-")
    link = link_in(mail.outbox[0])
    other = Client()
    assert other.get(link).status_code == 200
    assert not user.groups.exists()
    other.post(link)
    assert [group.name for group in user.groups.all()] == [roles.READER]
    assert sign_in(other, "lin@example.org").url == "/account/"
    done = set(Event.objects.values_list("action", flat=True))
    assert {"account.sign_up", "account.email_confirmed", "account.groups", "session.sign_in"} <= done


def test_before_the_address_is_confirmed_nobody_comes_in(client):
    sign_up(client)
    other = Client()
    assert sign_in(other, "lin@example.org").url == "/account/confirm-email/"
    assert other.get("/account/").status_code == 302


def test_a_link_works_once_and_only_as_it_was_sent(client):
    sign_up(client)
    link = link_in(mail.outbox[0])
    assert client.post(link[:-5] + "xxxx/").status_code == 404
    client.post(link)
    user = User.objects.get()
    user.groups.clear()
    client.post(link)
    assert not user.groups.exists()


def test_a_registered_address_is_answered_like_a_new_one(client):
    person("reader", roles.READER, email="lin@example.org")
    first = sign_up(client, email="new@example.org")
    second = sign_up(Client())
    assert (first.status_code, first.url) == (second.status_code, second.url)
    assert User.objects.count() == 2
    pages = [
        re.sub(rb'value="\w{64}"', b"", each.get("/account/confirm-email/").content) for each in (client, Client())
    ]
    assert pages[1] in (pages[0], pages[1])
    assert len(mail.outbox) == 2
    assert {message.to[0] for message in mail.outbox} == {"new@example.org", "lin@example.org"}


def test_resetting_never_tells_whether_an_address_is_registered(client):
    person("reader", roles.READER)
    known = client.post("/account/password/reset/", {"email": "reader@example.org"})
    unknown = client.post("/account/password/reset/", {"email": "nobody@example.org"})
    assert (
        (known.status_code, known.url) == (unknown.status_code, unknown.url) == (302, "/account/password/reset/done/")
    )
    assert [message.to for message in mail.outbox] == [["reader@example.org"], ["nobody@example.org"]]


def test_a_password_is_reset_by_mail_and_all_sessions_end(client):
    person("reader", roles.READER)
    before = Client()
    sign_in(before)
    client.post("/account/password/reset/", {"email": "reader@example.org"})
    form = client.get(link_in(mail.outbox[0]), follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "quite-another-word", "password2": "quite-another-word"})
    assert before.get("/account/").status_code == 302
    assert sign_in(client).status_code == 200
    assert sign_in(client, password="quite-another-word").status_code == 302
    assert Event.objects.filter(action="account.password_reset").count() == 1
    again = Client().get(link_in(mail.outbox[0]), follow=True)
    assert again.context.get("token_fail")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " \t "),
        ("name", "x" * 101),
        ("email", "no address"),
        ("email", "a\0b@example.org"),
        ("password1", "short"),
        ("password1", "lin@example.org"),
        ("agreed", ""),
    ],
)
def test_a_faulty_sign_up_says_what_is_wrong_and_makes_no_account(client, field, value):
    answer = sign_up(client, **{field: value})
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not User.objects.exists()


def test_names_with_marks_and_control_characters_are_kept_clean(client):
    sign_up(client, name="<b>林</b>\u200b\x07  晓兰 ")
    assert User.objects.get().last_name == "<b>林</b> 晓兰"


def test_signing_up_can_be_closed(client, settings):
    settings.FONDS_SIGN_UP = False
    assert client.get("/account/signup/").status_code == 200
    sign_up(client)
    assert not User.objects.exists()
    assert "/account/signup/" not in client.get("/account/login/").content.decode()


def test_nobody_becomes_a_reader_a_second_time_by_confirming(client):
    """A reader who was put out of his group does not come back by changing his address."""
    user = person("reader", roles.READER)
    user.groups.clear()
    user.groups.create(name="Another")
    sign_in(client)
    client.post("/account/email/", {"email": "new@example.org", "action_add": "1"})
    client.post(link_in(mail.outbox[-1]))
    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert [group.name for group in user.groups.all()] == ["Another"]


def test_changing_the_address_needs_the_link_sent_to_the_new_one(client):
    user = person("reader", roles.READER)
    sign_in(client)
    client.post("/account/email/", {"email": "new@example.org", "action_add": "1"})
    user.refresh_from_db()
    assert user.email == "reader@example.org"
    assert mail.outbox[0].to == ["new@example.org"]


def test_an_address_replaced_by_an_administrator_gets_no_link_and_signs_nobody_in(client):
    user = person("reader", roles.READER)
    sign_in(client)
    user.email = "new@example.org"
    user.save()
    assert sign_in(Client(), "reader@example.org").status_code == 200
    assert sign_in(Client(), "new@example.org").status_code == 302
    Client().post("/account/password/reset/", {"email": "reader@example.org"})
    assert "/reset/key/" not in mail.outbox[-1].body


def test_two_people_with_one_address_both_sign_in_by_name(client):
    for name in ("one", "two"):
        person(name, roles.READER, email="office@example.org")
        assert sign_in(Client(), name).status_code == 302
