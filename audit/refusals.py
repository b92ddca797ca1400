"""Refused requests as events: 403 and 404 for signed-in people anywhere, for visitors at the doors that take numbers.

Written after the answer is decided and in the same way whether the thing asked for exists or not, so that the time an
answer takes tells nothing. An address that asks wildly leaves at most ``MOST`` such events a minute and process.
"""

import threading
import time
from collections import Counter

from django.http import HttpRequest

from . import names
from .events import build
from .looks import write_or_spool

MOST = 60
DOORS = ("/files/", "/documents/", "/certify/", "/admin/", "/r/")
_lock = threading.Lock()
_seen: Counter[str] = Counter()
_minute = [0]


def note_refusal(request: HttpRequest, status: int) -> None:
    """Record that ``request`` was answered with ``status``."""
    if request.resolver_match is None or not _concerns(request):
        return
    event = build(names.REFUSED, subject=request.path, detail={"status": status, "method": request.method})
    if _within_limit(event.address):
        write_or_spool(event)


def _concerns(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return request.path.startswith(DOORS) or bool(user is not None and user.is_authenticated)


def _within_limit(address: str) -> bool:
    with _lock:
        minute = int(time.monotonic() // 60)
        if _minute[0] != minute:
            _minute[0] = minute
            _seen.clear()
        _seen[address] += 1
        return _seen[address] <= MOST
