"""From where the present work comes: kept per request, job or command, read by ``events.record``."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest

from .enums import Channel


@dataclass(frozen=True)
class Origin:
    """Channel, address and request id of the present work, and the person it is done for."""

    channel: Channel = Channel.COMMAND
    address: str = ""
    request_id: str = ""
    request: HttpRequest | None = None
    user: object = None

    @property
    def person(self):
        """The signed-in person, or the one a job works for; ``None`` where there is none."""
        user = self.user or getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None


_COMMAND = Origin()
_origin: ContextVar[Origin] = ContextVar("fonds_audit_origin", default=_COMMAND)


def current() -> Origin:
    """The origin of the present work."""
    return _origin.get()


@contextmanager
def working(origin: Origin) -> Iterator[Origin]:
    """Do the work inside as coming from ``origin``."""
    token = _origin.set(origin)
    try:
        yield origin
    finally:
        _origin.reset(token)


@contextmanager
def job_of(user) -> Iterator[Origin]:
    """Do the work inside as a job for ``user`` (``None``: the system's own); it keeps the id of a request it runs in."""
    with working(Origin(Channel.JOB, current().address, current().request_id or uuid4().hex, None, user)) as origin:
        yield origin


def origin_of(request: HttpRequest) -> Origin:
    """The origin of a request, with a new request id."""
    return Origin(Channel.WEB, client_address(request), uuid4().hex, request)


def client_address(request: HttpRequest) -> str:
    """The address of the visitor, empty where it is unknown.

    ``FONDS_TRUSTED_PROXIES`` says how many proxies of ours stand in front; that many entries at the end of
    ``X-Forwarded-For`` were written by them, all before could be written by anyone and is not believed.
    """
    count = settings.FONDS_TRUSTED_PROXIES
    found = request.META.get("REMOTE_ADDR", "")
    if count:
        entries = [entry.strip() for entry in request.headers.get("X-Forwarded-For", "").split(",") if entry.strip()]
        found = entries[-count] if len(entries) >= count else found
    try:
        return str(ip_address(found))
    except ValueError:
        return ""
