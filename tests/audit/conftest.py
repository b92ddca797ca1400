"""Events to look at, and a hand that gets past the guards."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client

from fonds.access.models import User
from fonds.audit import triggers
from fonds.audit.events import record
from fonds.audit.models import Event


def by_hand(sql: str, parameters=()) -> None:
    """Change the tables as somebody with all rights on the database would: guards down, change, guards up."""
    settle()
    triggers.drop(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
    settle()
    triggers.create(connection)


def settle() -> None:
    """Check the foreign keys now: PostgreSQL changes no table whose rows wait for it."""
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def events(db):
    """Twelve events of nobody, in order."""
    return [record("session.sign_in_failed", subject=f"name {number}") for number in range(12)]


@pytest.fixture
def auditor(db) -> User:
    """Somebody who may enter the admin and see events, and nothing more."""
    user = User.objects.create_user("auditor", "auditor@example.org", "a-long-word-kept")
    user.user_permissions.add(
        *Permission.objects.filter(codename="access_admin"),
        *Permission.objects.filter(codename="view_event", content_type__app_label="audit"),
    )
    return User.objects.get(pk=user.pk)


@pytest.fixture
def auditor_client(auditor) -> Client:
    client = Client()
    client.force_login(auditor)
    return client


@pytest.fixture
def newest():
    """The newest event, or the newest of an action."""

    def find(action: str = "") -> Event | None:
        found = Event.objects.order_by("-id")
        return (found.filter(action=action) if action else found).first()

    return find
