"""A small archive with the roles, and people in them."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone

from fonds.access import roles
from fonds.access.enums import Purpose, Right
from fonds.access.grants import actions
from fonds.access.models import Department, User


@pytest.fixture
def people(archive) -> SimpleNamespace:
    """One person in each role that has to do with permissions; two managers."""
    call_command("sync_roles", verbosity=0)
    office = Department.objects.create(code="BGS", name="办公室")

    def add(username: str, role: str, **values) -> User:
        user = User.objects.create_user(
            username, f"{username}@fonds.example", "x", last_name=username.title(), **values
        )
        user.groups.add(Group.objects.get(name=role))
        return user

    return SimpleNamespace(
        add=add,
        office=office,
        reader=add("reader", roles.READER),
        officer=add("officer", roles.OFFICER, department=office),
        editor=add("editor", roles.EDITOR),
        manager=add("manager", roles.MANAGER),
        second=add("second", roles.MANAGER),
        security=add("security", roles.SECURITY_ADMIN),
    )


@pytest.fixture
def days():
    """Days from today."""
    return lambda number: timezone.localdate() + dt.timedelta(days=number)


@pytest.fixture
def ask(people, days):
    """Ask as the officer: he knows of entries for the staff, not of the pages of other departments."""

    def ask(unit, reader=None, **values):
        wanted = {
            "rights": [Right.VIEW],
            "purpose": Purpose.RESEARCH,
            "purpose_text": "编写大事记",
            "until": days(30),
            **values,
        }
        return actions.ask(reader or people.officer, unit, **wanted)

    return ask
