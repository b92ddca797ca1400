"""A committed archive with its people: what happens at once, and what is kept in memory, is not seen in a transaction."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from fonds.access import roles
from fonds.access.models import Clearance, User
from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.standing import refresh_standing
from fonds.site.roles import sync_roles

ROLES = {"reader": roles.READER, "officer": roles.OFFICER, "clerk": roles.CLERK, "manager": roles.MANAGER,
         "second": roles.MANAGER}  # fmt: skip


@pytest.fixture
def people(archive) -> SimpleNamespace:
    """One person in each role, two managers; the archive's second record is restricted."""
    sync_roles()
    made = {}
    for name, role in ROLES.items():
        group = Group.objects.get_or_create(name=role)[0]
        Clearance.objects.update_or_create(group=group, defaults=roles.CLEARANCES[role]._asdict())
        made[name] = User.objects.create_user(name, f"{name}@fonds.example", "a long password")
        made[name].groups.add(group)
    ArchivePage.objects.filter(pk=archive.closed.pk).update(catalogue_rank=2, content_rank=4, opening_status="open")
    refresh_standing(archive.home.path)
    return SimpleNamespace(**made)


@pytest.fixture
def visit(people):
    """A client signed in as somebody, or as nobody."""

    def visit(who: str = "visitor") -> Client:
        client = Client(raise_request_exception=False)
        if who != "visitor":
            client.force_login(getattr(people, who))
        return client

    return visit
