"""Sealing: closing the events so far into batches, each chained to the one before.

A seal covers all numbers behind the last seal up to its own last event. That is only true for good when no event with a
smaller number can still appear. On SQLite one writer writes at a time, so a seal's transaction sees everything. On
PostgreSQL numbers are drawn before the commit, and a slow transaction may commit a small number late; so the last number
drawn is read first, then every transaction that had the table open for writing at that moment is waited for (seen in
``pg_locks``, so nobody else ever waits). Whoever comes later draws a larger number. Where such a transaction lasts
longer than the wait (a long import), nothing is sealed now; the next run does it.
"""

import hashlib
import json
import time

from django.conf import settings
from django.db import connection, transaction

from . import spool
from .canonical import moment
from .events import now
from .models import Event, Seal

ENTRY = 40  # bytes of one event in the manifest
NOTHING = "0" * 64
_LOCK = 0x464F4E445345414C
_POLL = 0.02


def seal(wait: float = 5.0) -> list[Seal]:
    """Seal the events that are final, in batches of ``FONDS_AUDIT_SEAL_EVERY`` at most; the new seals, oldest first.

    ``wait`` is how many seconds writers may take to finish. Empty where there is nothing to seal, a writer takes longer
    or another process is sealing.
    """
    if not connection.in_atomic_block:
        spool.take_in()
    horizon = settled_id(wait)
    if horizon is None:
        return []
    with transaction.atomic():
        if not _alone():
            return []
        made = []
        last = Seal.objects.defer("manifest").first()
        while rows := _rows_after(last.last_id if last else 0, horizon):
            last = _make(last, rows)
            made.append(last)
    return made


def seal_hash(seal: Seal) -> str:
    """The hash of a seal: SHA-256 over its head (with the hash before it) and the SHA-256 of its manifest."""
    head = {
        "number": seal.number,
        "at": moment(seal.at),
        "first_id": seal.first_id,
        "last_id": seal.last_id,
        "count": seal.count,
        "last_at": moment(seal.last_at),
        "previous_hash": seal.previous_hash,
        "manifest": hashlib.sha256(bytes(seal.manifest)).hexdigest(),
    }
    return hashlib.sha256(json.dumps(head, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def entry(event_id: int, row_hash: str) -> bytes:
    """One event in a manifest."""
    return event_id.to_bytes(8, "big") + bytes.fromhex(row_hash)


def settled_id(wait: float) -> int | None:
    """The largest number below which no event can appear any more; ``None`` where writers take longer than ``wait``."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("SELECT coalesce(max(id), 0) FROM audit_event")
            return cursor.fetchone()[0]
        cursor.execute("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM audit_event_id_seq")
        horizon = cursor.fetchone()[0]
        writers = _writers(cursor)
        until = time.monotonic() + wait
        while writers:
            if time.monotonic() >= until:
                return None
            time.sleep(_POLL)
            writers &= _writers(cursor)
        return horizon


def _writers(cursor) -> set[str]:
    """The transactions of others that may have drawn a number and are not over."""
    cursor.execute(
        "SELECT virtualtransaction FROM pg_locks WHERE relation = 'audit_event'::regclass AND mode = 'RowExclusiveLock' "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()"
    )
    return {row[0] for row in cursor.fetchall()}


def _alone() -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return cursor.fetchone()[0]


def _rows_after(last_id: int, horizon: int) -> list[tuple]:
    rows = Event.objects.filter(id__gt=last_id, id__lte=horizon).order_by("id")
    return list(rows.values_list("id", "row_hash", "at")[: settings.FONDS_AUDIT_SEAL_EVERY])


def _make(last: Seal | None, rows: list[tuple]) -> Seal:
    new = Seal(
        number=last.number + 1 if last else 1,
        at=now(),
        first_id=last.last_id + 1 if last else 1,
        last_id=rows[-1][0],
        count=len(rows),
        last_at=max(at for _id, _hash, at in rows),
        previous_hash=last.hash if last else NOTHING,
        manifest=b"".join(entry(event_id, row_hash) for event_id, row_hash, _at in rows),
    )
    new.hash = seal_hash(new)
    new.save()
    return new
