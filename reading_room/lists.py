"""Lists (.csv) that the room takes in: read whole, checked whole, written whole or not at all."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from fonds.archive_pages.importing.encodings import decode
from fonds.archive_pages.importing.faults import ListFault

LARGEST = 50 * 1024**2


@dataclass(frozen=True)
class RowFault:
    """What is wrong with one cell: row of the list (the head is 1), heading, sentence."""

    row: int
    column: str
    sentence: str

    def __str__(self) -> str:
        return _("row %(row)s, %(column)s: %(sentence)s") % vars(self)


@dataclass
class Taken:
    """What came of a list: rows that are new, rows that were there, faults (then nothing was written)."""

    new: int = 0
    known: int = 0
    faults: list[RowFault] = field(default_factory=list)


def read_rows(path: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a list in UTF-8 or GB18030, by heading. Raises ``ListFault`` where it cannot be read, or columns of
    ``needed`` are missing."""
    if path.stat().st_size > LARGEST:
        raise ListFault(_("“%(name)s” is larger than 50 MB.") % {"name": path.name})
    reader = csv.DictReader(io.StringIO(decode(path.read_bytes(), path.name)), restval="", restkey="")
    missing = [name for name in needed if name not in (reader.fieldnames or [])]
    if missing:
        words = {"name": path.name, "columns": "、".join(missing)}
        raise ListFault(_("“%(name)s” has no column %(columns)s.") % words)
    return [{name: str(value or "").strip() for name, value in row.items() if name} for row in reader]


def as_date(text: str) -> dt.date:
    """``2025-04-01``, ``2025/4/1`` or ``20250401``. Raises ``ValueError`` with a sentence."""
    for pattern in ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"):
        try:
            return dt.datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    raise ValueError(_("“%(text)s” is no date.") % {"text": text})


def as_time(text: str) -> dt.time:
    """``08:51:58`` or ``8:51``. Raises ``ValueError`` with a sentence."""
    for pattern in ("%H:%M:%S", "%H:%M"):
        try:
            return dt.datetime.strptime(text, pattern).time()
        except ValueError:
            continue
    raise ValueError(_("“%(text)s” is no time of the day.") % {"text": text})


def as_count(text: str) -> int:
    """A whole number from 0 on; empty is 0. Raises ``ValueError`` with a sentence."""
    if not text:
        return 0
    if not text.isdecimal() or len(text) > 9:
        raise ValueError(_("“%(text)s” is no whole number.") % {"text": text})
    return int(text)
