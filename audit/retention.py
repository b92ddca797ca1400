"""Taking seals and their events out of the house, and removing what was taken out and is old enough."""

import datetime as dt
import gzip
import hashlib
import io
import json
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import names
from .canonical import COLUMNS, moment
from .events import now, record
from .models import Event, Purge, Seal, SealExport


class NotPurgeable(Exception):
    """The events may not be removed; the message says why."""


def seal_as_json(seal: Seal) -> dict:
    """What an export of a seal says: its head, and the hashes of all seals up to it, to be checked against later."""
    chain = Seal.objects.filter(number__lte=seal.number).order_by("number").values_list("number", "hash")
    return {
        "format": "fonds-seal-1",
        "number": seal.number,
        "sealed_at": moment(seal.at),
        "first_event": seal.first_id,
        "last_event": seal.last_id,
        "events": seal.count,
        "newest_event_at": moment(seal.last_at),
        "previous_hash": seal.previous_hash,
        "hash": seal.hash,
        "chain": [[number, digest] for number, digest in chain],
    }


def seal_as_text(seal: Seal) -> str:
    """The seal on one page, to be printed, signed and kept in a safe."""
    digest = "\n    ".join(" ".join(seal.hash[at + i : at + i + 8] for i in range(0, 32, 8)) for at in (0, 32))
    at = timezone.localtime(seal.at)
    lines = [
        settings.WAGTAIL_SITE_NAME,
        _("Seal of the audit log"),
        "",
        _("Seal number: %d") % seal.number,
        _("Sealed at: %(local)s (UTC %(utc)s)") % {"local": f"{at:%Y-%m-%d %H:%M:%S %z}", "utc": moment(seal.at)},
        _("Events: %(first)d to %(last)d, %(count)d in all")
        % {"first": seal.first_id, "last": seal.last_id, "count": seal.count},
        "",
        _("SHA-256 of the seal, which covers all seals before it:"),
        f"    {digest}",
        "",
        _("To check the log against this page later:"),
        f"    python manage.py verify_audit --against {seal.number}:{seal.hash}",
        "",
        _("Name, date and signature of the audit administrator:"),
        "",
        "",
        "_" * 60,
        "",
    ]
    return "\n".join(lines)


@transaction.atomic
def note_seal_export(seal: Seal, user=None) -> None:
    """Leave the event that a seal was given out."""
    record(names.SEAL_EXPORT, subject=str(seal), user=user, detail={"seal": seal.number, "hash": seal.hash})


def export_events(seal: Seal, folder: Path) -> Path:
    """Write the events of ``seal`` to ``folder`` as compressed JSON lines, and note the file and its checksum.

    Raises ``NotPurgeable`` where the batch was removed already or does not have the number of events it should.
    """
    events = Event.objects.filter(id__range=(seal.first_id, seal.last_id)).order_by("id")
    buffer, count = io.BytesIO(), 0
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed:
        packed.write((json.dumps(seal_as_json(seal) | {"chain": []}) + "\n").encode())
        for event in events.iterator(chunk_size=2000):
            values = {name: getattr(event, name) for name in ("id", *COLUMNS, "row_hash")}
            values["at"] = moment(event.at)
            packed.write((json.dumps(values, ensure_ascii=False) + "\n").encode())
            count += 1
    if count != seal.count:
        raise NotPurgeable(
            _("Seal %(seal)d has %(count)d events and %(found)d are there. Run verify_audit.")
            % {"seal": seal.number, "count": seal.count, "found": count}
        )
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"audit-{seal.number:06}-{seal.first_id}-{seal.last_id}.jsonl.gz"
    target.write_bytes(buffer.getvalue())
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    with transaction.atomic():
        SealExport.objects.create(seal=seal, sha256=digest, name=target.name)
        record(names.SEAL_EXPORT, subject=target.name, detail={"seal": seal.number, "sha256": digest, "events": count})
    return target


def purgeable(before: dt.datetime) -> list[Seal]:
    """The seals, oldest first, whose newest event is older than ``before`` and whose events are still there.

    Raises ``NotPurgeable`` where ``before`` is younger than the retention period allows.
    """
    youngest = now() - dt.timedelta(days=settings.FONDS_AUDIT_KEEP_DAYS)
    if before > youngest:
        raise NotPurgeable(
            _("Events are kept for %(days)d days: only those before %(date)s may be removed.")
            % {"days": settings.FONDS_AUDIT_KEEP_DAYS, "date": timezone.localtime(youngest).date()}
        )
    found = []
    for seal in Seal.objects.filter(purge=None).defer("manifest").order_by("number"):
        if seal.last_at >= before:
            break
        found.append(seal)
    return found


@transaction.atomic
def purge(before: dt.datetime, user=None) -> int:
    """Remove the events of all sealed and exported batches older than ``before``; how many events went.

    All or nothing: raises ``NotPurgeable`` where a batch in between was never exported.
    """
    seals = purgeable(before)
    unexported = [seal.number for seal in seals if not seal.exports.exists()]
    if unexported:
        raise NotPurgeable(
            _("The events of seal %s were not exported yet (export_seal --events).")
            % ", ".join(map(str, unexported[:20]))
        )
    removed = 0
    for seal in seals:
        Purge.objects.create(seal=seal, first_id=seal.first_id, last_id=seal.last_id)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM audit_event WHERE id BETWEEN %s AND %s", [seal.first_id, seal.last_id])
            removed += cursor.rowcount
    if seals:
        detail = {"events": removed, "seals": [seals[0].number, seals[-1].number], "before": moment(before)}
        record(names.PURGE, subject=f"{seals[0].first_id}–{seals[-1].last_id}", detail=detail, user=user)
    return removed
