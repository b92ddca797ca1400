"""A look at restricted material: once in ten minutes, without waiting, never lost."""

import datetime as dt
import threading
import time

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from fonds.archive_pages.models import ArchivePage
from fonds.audit import looks, names, spool
from fonds.audit.events import record
from fonds.audit.looks import number_of_look, record_look
from fonds.audit.models import Event
from fonds.audit.sealing import seal
from fonds.audit.verification import verify

from .test_events import forbid_writes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget():
    looks._recent.clear()


def test_one_look_in_ten_minutes(archive, staff, monkeypatch):
    assert record_look(archive.closed, user=staff) is not None
    assert record_look(archive.closed, user=staff) is None
    assert record_look(ArchivePage.objects.get(pk=archive.closed.pk), user=staff) is None
    assert record_look(archive.third, user=staff) is not None
    later = timezone.now() + dt.timedelta(minutes=11)
    monkeypatch.setattr("fonds.audit.events.now", lambda: later)
    assert record_look(archive.closed, user=staff) is not None
    assert Event.objects.filter(action=names.LOOK).count() == 3


def test_the_number_of_a_look_stays_the_same_while_it_is_one(archive, staff, monkeypatch):
    number = number_of_look(archive.closed, user=staff)
    assert number == Event.objects.get(action=names.LOOK).pk
    assert number_of_look(archive.closed, user=staff) == number
    assert record_look(archive.closed, user=staff) is None
    assert number_of_look(archive.third, user=staff) != number
    later = timezone.now() + dt.timedelta(minutes=11)
    monkeypatch.setattr("fonds.audit.events.now", lambda: later)
    assert number_of_look(archive.closed, user=staff) > number


def test_a_look_that_waits_in_the_spool_has_no_number_yet(archive, staff):
    with transaction.atomic():
        forbid_writes()
        assert number_of_look(archive.closed, user=staff) is None
        transaction.set_rollback(True)
    assert spool.take_in() == 1
    assert number_of_look(archive.closed, user=staff) == Event.objects.get(action=names.LOOK).pk


def test_staff_looking_at_a_closed_unit_leave_one_event_and_at_an_open_one_none(archive, staff):
    client = Client()
    client.force_login(staff)
    assert client.get(archive.first.url).status_code == 200
    assert client.get(archive.closed.url).status_code == 200
    assert client.get(archive.closed.url).status_code == 200
    found = Event.objects.get(action=names.LOOK)
    assert (found.object_code, found.actor_id) == (archive.closed.reference_code, staff.pk)


def test_a_look_that_the_database_refuses_waits_in_the_spool(archive, staff):
    with transaction.atomic():
        forbid_writes()
        event = record_look(archive.closed, user=staff)
        assert event.pk is None
        assert spool.waiting()
        transaction.set_rollback(True)
    assert spool.take_in() == 1
    assert not spool.waiting()
    kept = Event.objects.get(action=names.LOOK)
    assert (kept.actor_id, kept.object_code, kept.at) == (staff.pk, archive.closed.reference_code, event.at)
    assert kept.detail == {"spooled": True}
    assert verify().is_sound


def test_a_look_that_can_be_kept_nowhere_is_not_given(archive, staff, settings, tmp_path):
    settings.FONDS_DATA = tmp_path / "file"
    settings.FONDS_DATA.write_text("not a folder")
    with transaction.atomic():
        forbid_writes()
        with pytest.raises(OSError, match="Not a directory"):
            record_look(archive.closed, user=staff)
        transaction.set_rollback(True)


def test_a_spool_that_the_database_refuses_stays(archive, staff):
    with transaction.atomic():
        forbid_writes()
        record_look(archive.closed, user=staff)
        assert spool.take_in() == 0
        assert spool.waiting()
        transaction.set_rollback(True)
    assert spool.take_in() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_look_does_not_wait_for_a_writer(archive, staff):
    """Another connection holds the write lock (SQLite) or the table (PostgreSQL) while somebody looks."""
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                if connection.vendor == "postgresql":
                    connection.cursor().execute("LOCK TABLE audit_event IN EXCLUSIVE MODE")
                else:
                    record(names.JOB_START, subject="long work")
                held.set()
                free.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=hold)
    writer.start()
    try:
        assert held.wait(10)
        started = time.monotonic()
        record_look(archive.closed, user=staff)
        assert time.monotonic() - started < 1.5
        assert spool.waiting()
    finally:
        free.set()
        writer.join(20)
    assert spool.take_in() == 1
    assert Event.objects.filter(action=names.LOOK).count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_nothing_is_sealed_past_a_transaction_that_still_runs(db):
    """Numbers are drawn in one order and committed in another: the seal waits for the small number."""
    record(names.JOB_START, subject="first")
    drawn, free = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                record(names.JOB_START, subject="slow")
                drawn.set()
                free.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    assert drawn.wait(10)
    record(names.JOB_START, subject="later")
    assert seal(wait=0.2) == []
    free.set()
    writer.join(20)
    made = seal(wait=5)
    assert sum(each.count for each in made) == 3
    assert verify().is_sound


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_events_of_many_writers_are_sealed_whole(settings):
    settings.FONDS_AUDIT_SEAL_EVERY = 20
    faults = []

    def write() -> None:
        try:
            for number in range(40):
                record(names.JOB_START, subject=f"{number}")
        except DatabaseError as error:
            faults.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _number in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        seal(wait=1)
    seal()
    assert not faults
    report = verify()
    assert report.is_sound
    assert report.events == 160
