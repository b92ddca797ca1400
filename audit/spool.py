"""Events that the database could not take at once, one small file each under ``FONDS_DATA/audit-spool``.

A file appears whole (written beside and renamed, flushed to the disk) and goes when its event is committed. A taker
holds a lock on the folder, so an event is taken in once; a machine that stops between commit and removal leaves it
twice rather than not at all.
"""

import datetime as dt
import fcntl
import json
import logging
import os
import uuid
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, transaction

from .canonical import COLUMNS, moment
from .models import Event

logger = logging.getLogger(__name__)


def folder() -> Path:
    """Where the files lie."""
    return Path(settings.FONDS_DATA) / "audit-spool"


def put(event: Event, reason: str) -> Path:
    """Keep ``event`` in a file; raises ``OSError`` where that is not possible."""
    values = {name: getattr(event, name) for name in COLUMNS}
    values["at"] = moment(event.at)
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    target = place / f"{event.at:%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex}.json"
    part = target.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        json.dump(values, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    part.rename(target)
    logger.warning("audit event kept in the spool: %s", reason)
    return target


def waiting() -> bool:
    """Whether events wait in the spool."""
    try:
        return any(entry.name.endswith(".json") for entry in os.scandir(folder()))
    except FileNotFoundError:
        return False


def take_in() -> int:
    """Write the waiting events into the log; how many. 0 where another process is at it or the database refuses."""
    if not waiting():
        return 0
    with (folder() / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        files = sorted(folder().glob("*.json"))
        try:
            with transaction.atomic():
                for file in files:
                    _read(file).save()
        except DatabaseError as error:
            logger.warning("the audit spool stays as it is: %s", error)
            return 0
        for file in files:
            file.unlink()
    return len(files)


def _read(file: Path) -> Event:
    values = json.loads(file.read_text(encoding="utf-8"))
    at = dt.datetime.strptime(values.pop("at"), "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=dt.UTC)
    return Event(**{**values, "at": at, "detail": {**(values["detail"] or {}), "spooled": True}})
