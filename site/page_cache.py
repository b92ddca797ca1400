"""Answers public pages again from memory for as long as the database has not changed at all.

What a visitor without a session sees follows from the database, the address, the language and the day alone. The
database itself tells whether anything was committed since (SQLite: ``data_version``; PostgreSQL: the snapshot), so a
page that was withdrawn, closed or renamed is never shown from here: there is nothing to invalidate and to forget.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import local

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

PAGES_KEPT = 200
SECONDS_KEPT = 60
_memory = local()


class PublicPageCache:
    """Middleware; stands behind the one that finds the language. Signed-in readers and forms always pass through."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_plain_visit(request):
            return self.get_response(request)
        state = database_state()
        if state is None:
            return self.get_response(request)
        pages = pages_of(state)
        key = (request.get_host(), request.scheme, request.get_full_path(), request.LANGUAGE_CODE, timezone.localdate())
        kept = pages.get(key)
        if kept and kept[0] > time.monotonic():
            return HttpResponse(kept[1], headers=kept[2])
        response = self.get_response(request)
        if is_shared(response) and database_state() == state:
            pages[key] = (time.monotonic() + SECONDS_KEPT, response.content, dict(response.headers))
            while len(pages) > PAGES_KEPT:
                pages.popitem(last=False)
        return response


def is_plain_visit(request: HttpRequest) -> bool:
    """Whether the answer depends on nothing but address, language and database."""
    return (
        request.method == "GET"
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and not request.path.startswith(tuple(settings.FONDS_UNCACHED_PATHS))
    )


def is_shared(response: HttpResponse) -> bool:
    """Whether ``response`` is a whole public page that says nothing about who asked."""
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and response.get("Content-Type", "").startswith("text/html")
        and "no-store" not in response.get("Cache-Control", "")
        and "private" not in response.get("Cache-Control", "")
    )


def database_state() -> Hashable | None:
    """A value that is equal at two moments only where this connection would read the same data at both; ``None``
    inside a transaction, whose own changes it would not show."""
    connection.ensure_connection()
    if connection.in_atomic_block:
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_current_snapshot()::text")
            return cursor.fetchone()
        cursor.execute("PRAGMA data_version")
        return connection.connection, cursor.fetchone(), connection.connection.total_changes


def pages_of(state: Hashable) -> OrderedDict:
    """The pages kept by this thread for ``state``; those of an earlier state are dropped."""
    if getattr(_memory, "state", None) != state:
        _memory.state, _memory.pages = state, OrderedDict()
    return _memory.pages
