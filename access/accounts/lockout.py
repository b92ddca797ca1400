"""Locking out after repeated failures, per account and per address (django-axes), and lifting the lock.

An address has a limit of its own, higher than an account's, because a reading room stands behind one address.
"""

import datetime as dt
from dataclasses import dataclass

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext

from fonds.audit.context import client_address
from fonds.audit.events import record

LOCKED, UNLOCKED = "session.locked_out", "session.lock_lifted"


class LockOut(AxesDatabaseHandler):
    """Counts the failures of the account and of the address, each against its own limit."""

    def get_failures(self, request: HttpRequest, credentials: dict | None = None) -> int:
        """The failures of the account, or those of the address on the account's scale where these weigh more."""
        account, address = (
            attempts.aggregate(total=Sum("failures_since_start"))["total"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(account, address * settings.AXES_FAILURE_LIMIT // settings.FONDS_ADDRESS_FAILURES)


def account_named(request: HttpRequest | None, credentials: dict | None) -> str:
    """The account a sign-in is tried for: its user name, whether that or its e-mail was typed; else what was typed.

    django-axes asks with the fields of the form and with those of ``authenticate``; both must give the same name.
    """
    given = credentials or {}
    typed = str(given.get("username") or given.get("login") or given.get("email") or "").strip().replace("\0", "")[:150]
    users = get_user_model()._default_manager
    found = users.filter(username__iexact=typed).values_list("username", flat=True).first() if typed else None
    if found is None and "@" in typed:
        found = users.filter(email__iexact=typed).values_list("username", flat=True).order_by("pk").first()
    return found or typed.casefold()


def address_of(request: HttpRequest) -> str | None:
    """The visitor's address as the log of events has it."""
    return client_address(request) or None


def cool_off(request: HttpRequest | None = None) -> dt.timedelta:
    """How long a lock lasts."""
    return dt.timedelta(minutes=settings.FONDS_LOCKOUT_MINUTES)


def locked_answer(request: HttpRequest, original_response=None, credentials=None) -> HttpResponse:
    """The same words whether the account exists or not."""
    minutes = settings.FONDS_LOCKOUT_MINUTES
    sentence = ngettext(
        "Too many failed sign-ins. This account, or this address, is locked for %(number)d minute.",
        "Too many failed sign-ins. This account, or this address, is locked for %(number)d minutes.",
        minutes,
    ) % {"number": minutes}
    response = render(request, "access/accounts/locked.html", {"sentence": sentence}, status=429)
    response["Retry-After"] = str(minutes * 60)
    return response


def locked_out(sender, request, username, ip_address, **kwargs) -> None:
    """One event when the limit is reached; attempts during the lock are failed sign-ins only."""
    if getattr(request, "axes_failures_since_start", None):
        detail = {"address": ip_address or "", "minutes": settings.FONDS_LOCKOUT_MINUTES}
        record(LOCKED, subject=username or "", request=request, detail=detail)


def signed_in(sender, request, user, **kwargs) -> None:
    """A sign-in forgets the failures of its account. Those of the address stay: whoever has an account of his own could
    wipe them out between two guesses."""
    AccessAttempt.objects.filter(username=user.get_username()).delete()


@dataclass(frozen=True)
class Lock:
    """A lock in force: of an account (``username``) or of an address."""

    username: str
    address: str
    failures: int
    until: dt.datetime


def locks() -> list[Lock]:
    """All locks in force, the latest first."""
    recent = AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - cool_off())
    found = []
    for field, most in (("username", settings.AXES_FAILURE_LIMIT), ("ip_address", settings.FONDS_ADDRESS_FAILURES)):
        rows = recent.exclude(**{field: None}).values(field).order_by().annotate(
            failures=Sum("failures_since_start"), last=Max("attempt_time")
        )  # fmt: skip
        for row in rows.filter(failures__gte=most):
            name, address = (row[field], "") if field == "username" else ("", row[field])
            found.append(Lock(name, address, row["failures"], row["last"] + cool_off()))
    return sorted(found, key=lambda lock: lock.until, reverse=True)


@transaction.atomic
def lift(username: str = "", address: str = "", user=None, request: HttpRequest | None = None) -> int:
    """Lift the lock of an account or of an address; how many records of failures were removed."""
    if not username and not address:
        return 0
    attempts = AccessAttempt.objects.filter(**({"username": username} if username else {"ip_address": address}))
    removed, _rows = attempts.delete()
    if removed:
        record(UNLOCKED, subject=username or address, user=user, request=request, detail={"records": removed})
    return removed
