"""The window with its clerks, a reader, and enterprises."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import translation

from fonds.access import roles
from fonds.access.accounts import counters
from fonds.access.models import User
from fonds.reading_room.desk import actions, queue
from fonds.reading_room.desk.models import Desk
from fonds.reading_room.readers.actions import register_reader
from fonds.reading_room.readers.models import ListEntry
from fonds.site.roles import sync_roles
from tests.reading_room.conftest import item, series  # noqa: F401  (fixtures)

GOOD_NUMBER = "110101199003071268"


@pytest.fixture(autouse=True)
def _in_chinese(settings):
    """Whatever language a request of an earlier test was answered in."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def person(db):
    """``person(name, role)``: an account of that role."""
    sync_roles()
    counters.clear()

    def make(name: str, role: str) -> User:
        user = User.objects.create_user(name, password="ink-and-paper", last_name=name)
        user.groups.add(Group.objects.get(name=role))
        return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def clerk(person):
    return person("clerk", roles.CLERK)


@pytest.fixture
def duty(person):
    """The duty manager."""
    return person("duty", roles.MANAGER)


@pytest.fixture
def desk(db):
    return Desk.objects.first()


@pytest.fixture
def lists(db) -> dict[str, ListEntry]:
    """The entries of the lists by name."""
    return {entry.name: entry for entry in ListEntry.objects.all()}


@pytest.fixture
def visitor(clerk, lists):
    """A registered reader."""
    return register_reader(
        name="王桂芳", document_kind=lists["居民身份证"], number=GOOD_NUMBER, kind=lists["公民个人"], user=clerk
    )


@pytest.fixture
def served(clerk, desk, visitor, lists):
    """A request that the clerk serves, with reader and purpose."""
    request = queue.begin(clerk, desk)
    actions.set_reader(request, visitor, clerk)
    actions.set_purpose(request, lists["公证"], clerk, "继承")
    return request


@pytest.fixture
def window_of(desk):
    """``window_of(user)``: a browser of that person, at the desk; a fault of the server is an answer."""

    def open_for(user) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(user)
        client.cookies["fonds_desk"] = str(desk.pk)
        return client

    return open_for
