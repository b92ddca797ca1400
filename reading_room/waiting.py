"""Waiting for what another process is making at this moment: the second press of a key gets what the first one made."""

import time
from collections.abc import Callable

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
