"""Seals leave the house; only what was sealed and exported and is old may go."""

import datetime as dt
import gzip
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from fonds.audit import names
from fonds.audit.events import record
from fonds.audit.models import Event, Purge, Seal, SealExport
from fonds.audit.sealing import seal
from fonds.audit.verification import verify

OLD = dt.datetime(2010, 5, 1, tzinfo=dt.UTC)


@pytest.fixture
def old_and_new(db, monkeypatch, settings):
    """Ten events of 2010 and ten of today, in seals of five."""
    settings.FONDS_AUDIT_SEAL_EVERY = 5
    with monkeypatch.context() as patch:
        patch.setattr("fonds.audit.events.now", lambda: OLD)
        for number in range(10):
            record(names.SIGN_IN_FAILED, subject=f"old {number}")
    for number in range(10):
        record(names.SIGN_IN_FAILED, subject=f"new {number}")
    return seal()


def run(name: str, *arguments, **options) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out, **options)
    return out.getvalue()


def test_purging_takes_only_sealed_exported_old_batches(old_and_new, tmp_path):
    with pytest.raises(CommandError, match="1, 2"):
        run("purge_audit", "--before", "2011-01-01")
    run("export_seal", "--events", str(tmp_path), "--before", "2011-01-01")
    files = sorted(tmp_path.glob("*.gz"))
    assert len(files) == 2
    lines = gzip.decompress(files[0].read_bytes()).decode().splitlines()
    assert json.loads(lines[0])["hash"] == Seal.objects.get(number=1).hash
    assert [json.loads(line)["object_title"] for line in lines[1:]] == [f"old {number}" for number in range(5)]
    run("purge_audit", "--before", "2011-01-01")
    assert not Event.objects.filter(object_title__startswith="old").exists()
    assert Event.objects.filter(object_title__startswith="new").count() == 10
    event = Event.objects.get(action=names.PURGE)
    assert (event.detail["events"], event.detail["seals"]) == (10, [1, 2])
    report = verify()
    assert report.is_sound
    assert report.seals == 4


def test_events_put_back_after_purging_are_found(old_and_new, tmp_path):
    run("export_seal", "--events", str(tmp_path), "--before", "2011-01-01")
    run("purge_audit", "--before", "2011-01-01")
    gone = Seal.objects.get(number=1).first_id + 1
    Event(id=gone, at=OLD, channel="web", action=names.SIGN_IN).save()
    assert [(fault.kind, fault.event) for fault in verify().faults] == [("inserted", gone)]


def test_the_retention_period_is_kept(old_and_new):
    with pytest.raises(CommandError, match="3650"):
        run("purge_audit", "--before", str(timezone.localdate()))


def test_no_permit_without_an_export_and_for_another_range(old_and_new):
    first = old_and_new[0]
    with pytest.raises(DatabaseError, match="sealed and exported"), transaction.atomic():
        Purge.objects.create(seal=first, first_id=first.first_id, last_id=first.last_id)
    SealExport.objects.create(seal=first, sha256="0" * 64, name="x")
    with pytest.raises(DatabaseError, match="sealed and exported"), transaction.atomic():
        Purge.objects.create(seal=first, first_id=first.first_id, last_id=first.last_id + 5)
    Purge.objects.create(seal=first, first_id=first.first_id, last_id=first.last_id)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute("DELETE FROM audit_event WHERE id = %s", [first.last_id + 1])


def test_a_damaged_batch_is_not_exported_for_purging(old_and_new, tmp_path):
    from .conftest import by_hand

    by_hand("DELETE FROM audit_event WHERE id = %s", [old_and_new[0].last_id])
    with pytest.raises(CommandError, match="verify_audit"):
        run("export_seal", "1", "--events", str(tmp_path))
    assert not SealExport.objects.exists()


def test_a_seal_is_given_out_as_json_and_as_a_page(old_and_new, tmp_path):
    run("export_seal", "--json", str(tmp_path / "seal.json"), "--text", str(tmp_path / "seal.txt"))
    newest = Seal.objects.first()
    page = (tmp_path / "seal.txt").read_text()
    assert newest.hash in page
    assert len(page.splitlines()) < 60
    assert json.loads((tmp_path / "seal.json").read_text())["chain"][-1] == [newest.number, newest.hash]
    assert Event.objects.filter(action=names.SEAL_EXPORT).count() == 1
    assert run("verify_audit", against=str(tmp_path / "seal.json"))
    assert run("verify_audit", "--from", "3")
    with pytest.raises(CommandError):
        run("verify_audit", against=str(tmp_path / "seal.txt"))


def test_commands_say_what_they_did(db):
    assert run("verify_audit")
    record(names.JOB_START, subject="x")
    assert "1" in run("seal_audit")
    with pytest.raises(CommandError):
        run("export_seal", "77")
