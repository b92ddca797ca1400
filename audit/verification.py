"""Finding out whether anybody changed the log: every row against its own checksum, every batch against its seal, every
seal against the one before, and the newest against what was exported earlier.

What is found, to the row: an event changed, removed, inserted, or moved to another number; a seal changed, missing or
different from an export; a guard of the database that is gone. Events younger than the last seal are checked against
their own checksum only, so seal often.
"""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext as _

from . import triggers
from .canonical import row_text_sql
from .models import Purge, Seal
from .sealing import ENTRY, NOTHING, seal_hash

_CHUNK = 5000


@dataclass
class Fault:
    """Something that is not as it was written: ``kind`` is changed, removed, inserted, moved, seal, export or guard."""

    kind: str
    sentence: str
    event: int | None = None
    seal: int | None = None


@dataclass
class Report:
    """What was checked and what was found."""

    events: int = 0
    seals: int = 0
    seconds: float = 0.0
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.faults


@dataclass
class _Traces:
    """Hashes that stood somewhere else: what the seals expect and nobody has, what rows have and no seal expects."""

    lost: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    strange: dict[int, tuple[bytes, int | None]] = field(default_factory=dict)


def verify(from_seal: int = 1, against: dict[int, str] | None = None) -> Report:
    """Check the log from seal ``from_seal`` to its end. ``against`` has hashes of seals by number, as exported before."""
    started = time.perf_counter()
    report, traces = Report(), _Traces()
    purged = set(Purge.objects.values_list("seal_id", flat=True))
    known = dict(against or {})
    previous = _seal_before(from_seal, report)
    for seal in Seal.objects.filter(number__gte=from_seal).order_by("number").iterator(chunk_size=50):
        report.seals += 1
        _check_seal(seal, previous, report)
        if known.pop(seal.number, seal.hash) != seal.hash:
            report.faults.append(
                Fault("export", _("Seal %d differs from the one that was exported.") % seal.number, seal=seal.number)
            )
        _check_batch(seal, seal.number in purged, report, traces)
        previous = seal
    for number in sorted(known):
        if number >= from_seal:
            report.faults.append(Fault("export", _("Seal %d was exported and is not there.") % number, seal=number))
    _check_tail(previous.last_id if previous else 0, report, traces)
    _name_moved(report, traces)
    for name in sorted(triggers.missing(connection)):
        report.faults.append(Fault("guard", _("The guard %s of the database is missing.") % name))
    report.seconds = time.perf_counter() - started
    return report


def _seal_before(from_seal: int, report: Report) -> Seal | None:
    if from_seal <= 1:
        return None
    before = Seal.objects.filter(number=from_seal - 1).first()
    if before is None:
        report.faults.append(Fault("seal", _("Seal %d is not there.") % (from_seal - 1), seal=from_seal - 1))
    return before


def _check_seal(seal: Seal, previous: Seal | None, report: Report) -> None:
    number = previous.number + 1 if previous else seal.number if report.faults else 1
    for missing in range(number, seal.number):
        report.faults.append(Fault("seal", _("Seal %d is not there.") % missing, seal=missing))
    sound = (
        seal_hash(seal) == seal.hash
        and seal.previous_hash == (previous.hash if previous else NOTHING)
        and seal.first_id == (previous.last_id + 1 if previous else 1)
        and len(seal.manifest) == seal.count * ENTRY
    )
    if not sound and number == seal.number:
        report.faults.append(Fault("seal", _("Seal %d was changed.") % seal.number, seal=seal.number))


def _check_batch(seal: Seal, is_purged: bool, report: Report, traces: _Traces) -> None:
    """The rows of one seal. Where they are exactly the manifest's, the joined bytes are equal and nothing else is done."""
    pairs, wrong = [], False
    for event_id, row_hash, text in _rows(seal.first_id, seal.last_id):
        digest = hashlib.sha256(text.encode()).digest()
        wrong = wrong or digest.hex() != row_hash
        pairs.append((event_id, digest))
    report.events += len(pairs)
    expected = b"" if is_purged else bytes(seal.manifest)
    if not wrong and b"".join([event_id.to_bytes(8, "big") + digest for event_id, digest in pairs]) == expected:
        return
    sealed = {
        int.from_bytes(expected[at : at + 8], "big"): expected[at + 8 : at + ENTRY]
        for at in range(0, len(expected), ENTRY)
    }
    found = dict(pairs)
    before = len(report.faults)
    for event_id in sorted(sealed.keys() | found.keys()):
        if sealed.get(event_id) == found.get(event_id):
            continue
        kind = "removed" if event_id not in found else "inserted" if event_id not in sealed else "changed"
        report.faults.append(_fault(kind, event_id, seal.number))
        if event_id in sealed:
            traces.lost[sealed[event_id]] = (event_id, seal.number)
        if event_id in found:
            traces.strange[event_id] = (found[event_id], seal.number)
    if len(report.faults) == before:  # the checksums beside the rows were touched, the rows themselves not
        for event_id, row_hash, text in _rows(seal.first_id, seal.last_id):
            if hashlib.sha256(text.encode()).hexdigest() != row_hash:
                report.faults.append(_fault("changed", event_id, seal.number))


def _check_tail(last_id: int, report: Report, traces: _Traces) -> None:
    for event_id, row_hash, text in _rows(last_id + 1, None):
        report.events += 1
        digest = hashlib.sha256(text.encode())
        if digest.hexdigest() != row_hash:
            report.faults.append(_fault("changed", event_id, None))
        traces.strange[event_id] = (digest.digest(), None)


def _name_moved(report: Report, traces: _Traces) -> None:
    """Say of a row whose content belongs under another number where it belongs."""
    moved = {
        event_id: traces.lost[digest][0]
        for event_id, (digest, _seal) in traces.strange.items()
        if digest in traces.lost and traces.lost[digest][0] != event_id
    }
    for fault in report.faults:
        if fault.kind in ("changed", "inserted") and fault.event in moved:
            fault.kind = "moved"
            fault.sentence = _("Event %(event)d has the content of event %(other)d: the order was changed.") % {
                "event": fault.event,
                "other": moved.pop(fault.event),
            }
    for event_id, other in moved.items():
        report.faults.append(
            Fault(
                "moved",
                _("Event %(event)d has the content of event %(other)d: the order was changed.")
                % {"event": event_id, "other": other},
                event_id,
            )
        )


def _fault(kind: str, event_id: int, seal: int | None) -> Fault:
    sentences = {
        "changed": _("Event %d was changed."),
        "removed": _("Event %d was removed."),
        "inserted": _("Event %d was inserted."),
    }
    return Fault(kind, sentences[kind] % event_id, event_id, seal)


def _rows(first_id: int, last_id: int | None) -> Iterator[tuple[int, str, str]]:
    """Number, stored checksum and canonical text of the rows from ``first_id`` to ``last_id``, in order, in pieces."""
    text = row_text_sql(connection.vendor)
    sql = f"SELECT id, row_hash, {text} FROM audit_event WHERE id BETWEEN %s AND %s ORDER BY id LIMIT {_CHUNK}"
    last = 2**62 if last_id is None else last_id
    with connection.cursor() as cursor:
        while True:
            cursor.execute(sql, [first_id, last])
            rows = cursor.fetchall()
            yield from rows
            if len(rows) < _CHUNK:
                return
            first_id = rows[-1][0] + 1
