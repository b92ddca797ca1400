"""The one way an event is written down for its hash, in Python and in SQL.

A row is its columns (``COLUMNS``) as text in a fixed order, joined by U+001F; the row's hash is the SHA-256 of that text
in UTF-8. JSON columns hold their own canonical text (sorted keys, no spaces), so both databases give back exactly what
was hashed. Control characters are taken out of plain text before it is stored, so the separator cannot occur in it.
"""

import datetime as dt
import hashlib
import json
import re

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

SEPARATOR = "\x1f"
COLUMNS = (
    "at", "actor_id", "actor_name", "address", "request_id", "channel", "action", "object_type", "object_id",
    "object_code", "object_title", "before", "after", "detail",
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class _Encoder(DjangoJSONEncoder):
    def default(self, value):
        try:
            return super().default(value)
        except TypeError:
            return str(value)


def clean(text: object, longest: int | None = None) -> str:
    """``text`` as one storable line: no control characters, no half characters, at most ``longest`` characters."""
    line = _CONTROL.sub(" ", str(text)).encode("utf-8", "replace").decode()
    return line if longest is None else line[:longest]


def to_json(value: object) -> str:
    """Canonical JSON text of ``value``; empty for nothing."""
    if value is None or value == "" or value == {}:
        return ""
    text = json.dumps(value, cls=_Encoder, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode()


class CanonicalJSONField(models.TextField):
    """JSON kept as its canonical text."""

    def from_db_value(self, value, expression, connection):
        return self.to_python(value)

    def to_python(self, value):
        if not isinstance(value, str):
            return value
        if not value:
            return {}
        try:
            return json.loads(value)
        except ValueError:  # edited by hand: shown as it is, and found by verification
            return value

    def get_prep_value(self, value):
        return to_json(value)


def moment(at: dt.datetime) -> str:
    """``at`` in UTC with microseconds, as both databases are asked to write it."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def row_text(event) -> str:
    """The canonical text of an event."""
    return SEPARATOR.join(_column(event, name) for name in COLUMNS)


def _column(event, name: str) -> str:
    value = getattr(event, name)
    if name == "at":
        return moment(value)
    if name in ("before", "after", "detail"):
        return to_json(value)
    return "" if value is None else str(value)


def row_hash(event) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(row_text(event).encode()).hexdigest()


def row_text_sql(vendor: str) -> str:
    """An SQL expression over ``audit_event`` that gives the same canonical text."""
    if vendor == "postgresql":
        at = "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        actor, separator = "coalesce(actor_id::text, '')", "E'\\x1f'"
    else:
        at = "CASE length(at) WHEN 19 THEN at || '.000000' ELSE at END"
        actor, separator = "coalesce(CAST(actor_id AS TEXT), '')", "char(31)"
    parts = {"at": f"({at})", "actor_id": actor, "before": '"before"', "after": '"after"'}
    return f" || {separator} || ".join(parts.get(name, name) for name in COLUMNS)
