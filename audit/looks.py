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
_recent: OrderedDict[tuple, tuple[float, int | None]] = OrderedDict()


def record_look(unit, *, user=None, request=None, action: str = names.LOOK, detail=None) -> Event | None:
    """Record that somebody looked at ``unit``: once for each unit, person and 10 minutes.

    Returns the event, unsaved where it waits in the spool, or ``None`` where this look was recorded before.
    """
    return _look(_event_of(action, unit, user, request, detail))[0]


def number_of_look(unit, *, user=None, request=None, action: str = names.LOOK, detail=None) -> int | None:
    """Record the look as ``record_look`` does; the running number of its event, also where it was recorded before.
    ``None`` only while the event waits in the spool."""
    return _look(_event_of(action, unit, user, request, detail))[1]


def _event_of(action: str, unit, user, request, detail) -> Event:
    event = build(action, unit=unit, user=user, request=request, detail=detail)
    # A unit is the same whether it was found as an item or as any page of the tree.
    event.object_type = [unit._meta, *(parent._meta for parent in unit._meta.get_parent_list())][-1].label_lower
    return event


def _look(event: Event) -> tuple[Event | None, int | None]:
    """The event where ``event`` had to be written, and the number under which this look stands in the log."""
    key = (connection.settings_dict["NAME"], event.actor_id, event.address if event.actor_id is None else "",
           event.object_type, event.object_id, event.action)  # fmt: skip
    seen, number = _just_seen(key)
    if number is None:
        number = _recorded(event)
    if seen or number is not None:
        return None, number
    write_or_spool(event)
    if not connection.in_atomic_block:
        _remember(key, event.pk)
    return event, event.pk


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


def _recorded(event: Event) -> int | None:
    """The number of the event of the same look within the last minutes."""
    same = Event.objects.filter(
        actor_id=event.actor_id, at__gt=event.at - ONE_LOOK, object_id=event.object_id, action=event.action
    )
    if event.actor_id is None:
        same = same.filter(address=event.address)
    same = same.filter(object_type=event.object_type)
    return next(iter(same.values_list("pk", flat=True)[:1]), None)


def _just_seen(key: tuple) -> tuple[bool, int | None]:
    """Whether this process wrote the look down just now, and its number if the database had given one."""
    with _lock:
        at, number = _recent.get(key, (-1e9, None))
    return (True, number) if time.monotonic() - at < ONE_LOOK.total_seconds() else (False, None)


def _remember(key: tuple, number: int | None) -> None:
    with _lock:
        _recent[key] = time.monotonic(), number
        while len(_recent) > _REMEMBERED:
            _recent.popitem(last=False)
