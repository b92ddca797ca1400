"""How often one address may search, verify and try to sign in: ``FONDS_RATE_LIMITS``."""

import sqlite3
from collections.abc import Callable
from logging import getLogger

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext

from fonds.audit.context import client_address

from . import counters

logger = getLogger(__name__)

#: Door → beginnings of its addresses, and whether only what is sent (POST) counts.
DOORS = {
    "suggest": (("/search/suggest/",), False),  # asked while somebody types: many more than searches
    "search": (("/search/",), False),
    "verify": (("/verify/",), False),
    "sign_up": (("/account/signup/",), True),
    "sign_in": (("/account/", "/admin/login/", "/admin/password_reset/"), True),
}


class RateLimits:
    """Answers 429 where an address asks too often. Stands before the page cache, so that kept answers count too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wait = seconds_to_wait(request)
        return too_many(request, wait) if wait else self.get_response(request)


def door_of(request: HttpRequest) -> str | None:
    """The limited door that ``request`` knocks at."""
    for door, (starts, only_sent) in DOORS.items():
        if request.path.startswith(starts) and not (only_sent and request.method in ("GET", "HEAD", "OPTIONS")):
            return door
    return None


def seconds_to_wait(request: HttpRequest) -> int:
    """0 where the address may ask; else after how many seconds it may again. Limits that cannot be counted (a full disk)
    stop nobody: that is logged."""
    limits = settings.FONDS_RATE_LIMITS
    door = door_of(request) if limits else None
    if door not in limits:
        return 0
    most, seconds = limits[door]
    try:
        number, remaining = counters.count(f"{door}:{client_address(request)}", seconds)
    except sqlite3.Error:
        logger.exception("requests cannot be counted")
        return 0
    return remaining if number > most else 0


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """The answer to somebody who asks too often, in words and as ``Retry-After``."""
    sentence = ngettext(
        "Too many requests came from your address. Try again in %(number)d second.",
        "Too many requests came from your address. Try again in %(number)d seconds.",
        seconds,
    ) % {"number": seconds}
    response = render(request, "access/accounts/too_many.html", {"sentence": sentence}, status=429)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response
