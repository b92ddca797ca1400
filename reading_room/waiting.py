"""Waiting for what another process is making at this moment: the second press of a key gets what the first one made.
And telling what no process can be making any more."""

import datetime as dt
import time
from collections.abc import Callable

from django.db.models import Q
from django.utils import timezone

SECONDS = 10.0  # no print takes longer, unless its process was stopped
STEP = 0.1


def comes_true(look: Callable[[], bool]) -> bool:
    """Whether ``look`` comes true within ``SECONDS``; it is asked every tenth of a second, at least once."""
    until = time.monotonic() + SECONDS
    while not look():
        if time.monotonic() >= until:
            return False
        time.sleep(STEP)
    return True


def not_at_work(begun: str, longest: dt.timedelta) -> Q:
    """The rows whose moment ``begun`` is longer ago than any such work takes; or as far ahead, where the clock was set
    back since."""
    now = timezone.now()
    return Q(**{f"{begun}__lt": now - longest}) | Q(**{f"{begun}__gt": now + longest})
