"""Counts that all processes of this machine share: one small SQLite file beside the data, apart from the archive's
database, so that counting a visitor neither waits for it nor makes the public page cache forget."""

import os
import sqlite3
import threading
import time
from pathlib import Path

from django.conf import settings

_open = threading.local()


def count(key: str, seconds: int) -> tuple[int, int]:
    """Count ``key`` once more; how often it came in the present window of ``seconds``, and how many of them remain."""
    now = int(time.time())
    ends = now - now % seconds + seconds
    (number,) = (
        _connection()
        .execute(
            "INSERT INTO hits (key, ends, number) VALUES (?, ?, 1) "
            "ON CONFLICT (key, ends) DO UPDATE SET number = number + 1 RETURNING number",
            (key, ends),
        )
        .fetchone()
    )
    if number == 1:
        _connection().execute("DELETE FROM hits WHERE ends <= ?", (now,))
    return number, ends - now


def clear() -> None:
    """Forget all counts."""
    _connection().execute("DELETE FROM hits")


def _connection() -> sqlite3.Connection:
    """This thread's connection; a forked process opens its own."""
    path = Path(settings.FONDS_DATA) / "limits.sqlite3"
    owner = (os.getpid(), path)
    if getattr(_open, "owner", None) != owner:
        connection = sqlite3.connect(path, timeout=5, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL").fetchone()
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS hits (key TEXT, ends INTEGER, number INTEGER, PRIMARY KEY (key, ends))"
        )
        _open.connection, _open.owner = connection, owner
    return _open.connection
