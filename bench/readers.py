"""Who reads in the measurements: a visitor, an officer with many grants, an editor; each with a client of his own."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group
from django.test import Client

from fonds.access import roles
from fonds.access.models import Department

from .access import grant_many

GRANTS = 1_000
#: A visit with a session is never answered from the page cache; this one's session does not exist.
ANEW = {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}=none"}


@dataclass
class Reader:
    """One reader and the client that asks for him."""

    name: str
    user: object
    client: Client

    def get(self, address: str, data: dict | None = None):
        """The answer to a GET; raises where it is not a page."""
        headers = ANEW if self.user.is_anonymous else {}
        answer = self.client.get(address, data or {}, HTTP_HOST="127.0.0.1", **headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{self.name}: {address} answered {answer.status_code}")
        answer.content if not answer.streaming else b"".join(answer.streaming_content)
        return answer

    def post(self, address: str, data: dict):
        """The answer to a POST; raises where a form comes back with faults."""
        answer = self.client.post(address, data, HTTP_HOST="127.0.0.1")
        if answer.status_code not in (200, 302):
            raise RuntimeError(f"{self.name}: {address} answered {answer.status_code}")
        if answer.status_code == 200 and answer.context and "form" in answer.context and answer.context["form"].errors:
            raise RuntimeError(f"{self.name}: {address}: {answer.context['form'].errors.as_text()}")
        return answer


def visitor() -> Reader:
    """Somebody without an account."""
    return Reader("visitor", AnonymousUser(), Client())


def officer() -> Reader:
    """An officer of one department with grants on a thousand units of every level."""
    manager = get_user_model().objects.create(username="bench-approver")
    user = get_user_model().objects.create(username="bench-officer", department=Department.objects.get(code="QZC"))
    user.groups.add(Group.objects.get(name=roles.OFFICER))
    grant_many(user, manager, GRANTS)
    return _signed_in(f"officer with {GRANTS:,} grants", user)


def member(role: str, name: str) -> Reader:
    """Somebody of the archive room with one role."""
    user = get_user_model().objects.create(username=f"bench-{name}", email=f"{name}@example.org")
    user.groups.add(Group.objects.get(name=role))
    return _signed_in(name, user)


def _signed_in(name: str, user) -> Reader:
    client = Client()
    client.force_login(user)
    return Reader(name, user, client)
