"""Looks at restricted material: recorded without ever waiting on a lock, and never lost in silence.

The event is written at once in a transaction of its own, with a limit on every wait: on PostgreSQL an insert waits for
nobody but a change of the table itself (``lock_timeout``); on SQLite, where one writer shuts out all others, the wait
ends after ``WAIT`` milliseconds. Where the database does not take it in that time, or refuses writes altogether, the
event goes to a file of the spool, which the next writer takes in (``spool``). Where even that fails, the exception goes
up and the look is not given.
"""

import datetime as dt
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction

from . import names, spool
from .events import build
from .models import Event

WAIT = 100  # milliseconds
ONE_LOOK = dt.timedelta(minutes=10)
_REMEMBERED = 10_000
_lock = threading.Lock()
_recent: OrderedDict[tuple, float] = OrderedDict()


def record_look(unit, *, user=None, request=None, action: str = names.LOOK, detail=None) -> Event | None:
    """Record that somebody looked at ``unit``: once for each unit, person and 10 minutes.

    Returns the event, unsaved where it waits in the spool, or ``None`` where this look was recorded before.
    """
    event = build(action, unit=unit, user=user, request=request, detail=detail)
    # A unit is the same whether it was found as an item or as any page of the tree.
    event.object_type = [unit._meta, *(parent._meta for parent in unit._meta.get_parent_list())][-1].label_lower
    key = (connection.settings_dict["NAME"], event.actor_id, event.address if event.actor_id is None else "",
           event.object_type, event.object_id, action)  # fmt: skip
    if _was_just_seen(key) or _is_recorded(event):
        return None
    write_or_spool(event)
    if not connection.in_atomic_block:
        _remember(key)
    return event


def write_or_spool(event: Event) -> None:
    """Write ``event`` now or leave it in the spool; never waits longer than ``WAIT`` for a lock."""
    try:
        with _short_wait(), transaction.atomic():
            event.save()
    except DatabaseError as error:
        event.pk = None
        event._state.adding = True
        spool.put(event, str(error))
        return
    if spool.waiting() and not connection.in_atomic_block:
        spool.take_in()


@contextmanager
def _short_wait() -> Iterator[None]:
    """Limit the wait for locks of what is done inside. Inside a transaction of the caller's the lock is held already
    (SQLite) or none is needed (PostgreSQL)."""
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        before = connection.connection.execute("PRAGMA busy_timeout").fetchone()[0]
        connection.connection.execute(f"PRAGMA busy_timeout = {WAIT}")
        try:
            yield
        finally:
            connection.connection.execute(f"PRAGMA busy_timeout = {before}")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = {WAIT}")
            yield


def _is_recorded(event: Event) -> bool:
    same = Event.objects.filter(
        actor_id=event.actor_id, at__gt=event.at - ONE_LOOK, object_id=event.object_id, action=event.action
    )
    if event.actor_id is None:
        same = same.filter(address=event.address)
    return same.filter(object_type=event.object_type).exists()


def _was_just_seen(key: tuple) -> bool:
    with _lock:
        return time.monotonic() - _recent.get(key, -1e9) < ONE_LOOK.total_seconds()


def _remember(key: tuple) -> None:
    with _lock:
        _recent[key] = time.monotonic()
        while len(_recent) > _REMEMBERED:
            _recent.popitem(last=False)
