"""Nobody changes the log: the database refuses, and where somebody gets past it, verification says which row."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from fonds.audit import triggers
from fonds.audit.canonical import row_hash
from fonds.audit.events import record
from fonds.audit.models import AppendOnly, Event, Purge, Seal
from fonds.audit.retention import export_events, seal_as_json
from fonds.audit.sealing import seal
from fonds.audit.verification import verify

from .conftest import by_hand, settle

EMPTY = "DELETE FROM {}" if connection.vendor == "sqlite" else "TRUNCATE {} CASCADE"


@pytest.mark.parametrize("table", triggers.GUARDED)
@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", EMPTY])
def test_no_account_changes_or_empties_a_table(db, tmp_path, table, statement):
    record("session.sign_in_failed", subject="purged")
    first = seal()[0]
    export_events(first, tmp_path)
    Purge.objects.create(seal=first, first_id=first.first_id, last_id=first.last_id)
    settle()
    key = {"audit_seal": "number", "audit_purge": "seal_id"}.get(table, "id")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement.format(table, key))


def test_the_orm_refuses_too(events):
    event = events[3]
    event.object_title = "another"
    with pytest.raises(AppendOnly):
        event.save()
    with pytest.raises(AppendOnly):
        event.delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(object_title="another")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).delete()
    assert Event.objects.get(pk=event.pk).object_title == "name 3"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no INSERT OR REPLACE")
def test_a_row_cannot_be_put_in_the_place_of_another(events):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(
            "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event WHERE id = %s", [events[0].pk]
        )


def test_an_untouched_log_is_sound(events, settings):
    settings.FONDS_AUDIT_SEAL_EVERY = 5
    seals = seal()
    assert [each.count for each in seals] == [5, 5, 2]
    assert [each.number for each in seals] == [1, 2, 3]
    report = verify()
    assert report.is_sound
    assert (report.events, report.seals) == (12, 3)
    assert seal() == []


CHANGES = {
    "changed": "UPDATE audit_event SET object_title = 'other' WHERE id = %s",
    "changed address": "UPDATE audit_event SET address = '10.0.0.1' WHERE id = %s",
    "changed time": "UPDATE audit_event SET at = '2020-01-01 00:00:00+00' WHERE id = %s",
    "changed checksum": "UPDATE audit_event SET row_hash = 'f' WHERE id = %s",
    "removed": "DELETE FROM audit_event WHERE id = %s",
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("position", [0, 6, 11])
def test_a_row_edited_or_removed_by_hand_is_named(events, settings, name, position):
    settings.FONDS_AUDIT_SEAL_EVERY = 5
    seal()
    by_hand(CHANGES[name], [events[position].pk])
    report = verify()
    assert [(fault.kind, fault.event) for fault in report.faults] == [(name.split()[0], events[position].pk)]


def test_a_row_with_its_checksum_made_anew_is_named(events):
    seal()
    row = Event.objects.get(pk=events[4].pk)
    row.object_title = "forged"
    by_hand("UPDATE audit_event SET object_title = 'forged', row_hash = %s WHERE id = %s", [row_hash(row), row.pk])
    assert [(fault.kind, fault.event) for fault in verify().faults] == [("changed", row.pk)]


def test_an_inserted_row_is_named(events):
    gap = events[5]
    by_hand("DELETE FROM audit_event WHERE id = %s", [gap.pk])
    seal()
    assert verify().is_sound
    Event(id=gap.pk, channel="web", action="session.sign_in", actor_name="forged", at=gap.at).save()
    assert [(fault.kind, fault.event) for fault in verify().faults] == [("inserted", gap.pk)]


def test_two_rows_swapped_are_both_named(events):
    seal()
    first, second = events[2].pk, events[8].pk
    for old, new in ((first, 900_000), (second, first), (900_000, second)):
        by_hand("UPDATE audit_event SET id = %s WHERE id = %s", [new, old])
    assert {(fault.kind, fault.event) for fault in verify().faults} == {("moved", first), ("moved", second)}


def test_rows_behind_the_last_seal_are_checked_by_themselves(events):
    by_hand("UPDATE audit_event SET action = 'session.sign_in' WHERE id = %s", [events[7].pk])
    assert [(fault.kind, fault.event) for fault in verify().faults] == [("changed", events[7].pk)]


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("UPDATE audit_seal SET count = 4 WHERE number = 2", {"seal"}),
        ("UPDATE audit_seal SET at = '2020-01-01 00:00:00+00' WHERE number = 2", {"seal"}),
        ("DELETE FROM audit_seal WHERE number = 2", {"seal"}),
    ],
)
def test_a_seal_changed_or_removed_is_named(events, settings, statement, kinds):
    settings.FONDS_AUDIT_SEAL_EVERY = 5
    seal()
    by_hand(statement)
    faults = verify().faults
    assert {fault.kind for fault in faults} == kinds
    assert 2 in {fault.seal for fault in faults}


def test_a_log_written_anew_as_a_whole_differs_from_the_exported_seal(events, settings, tmp_path):
    """Somebody who can do everything makes all checksums and seals anew: only what was taken out of the house tells."""
    settings.FONDS_AUDIT_SEAL_EVERY = 5
    seal()
    exported = tmp_path / "seal.json"
    exported.write_text(json.dumps(seal_as_json(Seal.objects.first())))
    printed = f"{Seal.objects.first().number}:{Seal.objects.first().hash}"
    call_command("verify_audit", against=str(exported), stdout=StringIO())
    by_hand("DELETE FROM audit_event WHERE id = %s", [events[6].pk])
    by_hand("DELETE FROM audit_seal")
    seal()
    assert verify().is_sound
    for against in (str(exported), printed):
        err = StringIO()
        with pytest.raises(CommandError) as raised:
            call_command("verify_audit", against=against, stdout=StringIO(), stderr=err)
        assert raised.value.returncode == 1
        assert err.getvalue()


def test_a_missing_guard_is_named(events):
    on = " ON audit_event" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER audit_event_no_update{on}")
    assert [fault.kind for fault in verify().faults] == ["guard"]
    triggers.drop(connection)
    triggers.create(connection)
    assert verify().is_sound


def test_all_text_gives_the_same_checksum_in_python_and_in_the_database(db):
    record(
        "session.sign_in_failed",
        subject="绍工商〔2008〕15号 \x00\x1f\ud800 'quoted' \"double\" \\ 😀",
        before={"题名": "一", "n": 1.5, "list": [1, None, True]},
        after={"a": "\x00\x1f"},
        detail={"big": 2**60, "text": "%s {} \\u0000"},
    )
    assert verify().is_sound
    event = Event.objects.get()
    assert event.before == {"题名": "一", "n": 1.5, "list": [1, None, True]}
    assert event.after == {"a": "\x00\x1f"}
