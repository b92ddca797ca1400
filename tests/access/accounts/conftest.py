"""Accounts as in production: lock-out, second factor and limits switched on; a person, and how he signs in."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import Group
from django.core.cache import cache

from fonds.access.accounts import counters
from fonds.access.models import User

PASSWORD = "a-long-word-kept"


def person(username: str = "reader", *groups: str, **values) -> User:
    user = User.objects.create_user(username, values.pop("email", f"{username}@example.org"), PASSWORD, **values)
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in groups])
    return user


def sign_in(client, name: str = "reader", password: str = PASSWORD, address: str = "198.51.100.7", **extra):
    return client.post("/account/login/", {"login": name, "password": password, **extra}, REMOTE_ADDR=address)


def code_for(secret: str, steps: int = 0) -> str:
    """What an authenticator app shows, ``steps`` half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def enrol(client) -> tuple[str, list[str]]:
    """Set up the second factor of who is signed in; the secret and the recovery codes."""
    page = client.get("/account/second-factor/totp/activate/")
    secret = page.context["form"].secret
    client.post("/account/second-factor/totp/activate/", {"code": code_for(secret)})
    shown = client.get("/account/second-factor/recovery-codes/")
    return secret, shown.context["unused_codes"]


@pytest.fixture(autouse=True)
def _switched_on(settings, db):
    settings.AXES_ENABLED = True
    settings.FONDS_SECOND_FACTOR = True
    cache.clear()
    counters.clear()
