"""Issuing under faults: processes killed at every step, a full disk, a form sent twice, a clock that goes back."""

import datetime as dt
import hashlib
import os
import signal
import threading

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection, connections
from django.utils import timezone, translation

from fonds.reading_room import issuing, kept_files
from fonds.reading_room.actions import issue_certificate
from fonds.reading_room.enums import CertificateStatus
from fonds.reading_room.models import Certificate, NumberSeries


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _killed_before(module, name: str) -> None:
    setattr(module, name, lambda *args, **kwargs: kill())


def _killed_after(module, name: str) -> None:
    work = getattr(module, name)

    def done_then_killed(*args, **kwargs):
        work(*args, **kwargs)
        kill()

    setattr(module, name, done_then_killed)


def _killed_while_writing() -> None:
    def first_piece(self, chunk_size=None):
        self.seek(0)
        yield self.read(5000)
        kill()

    File.chunks = first_piece


#: Where the process ends → how that is brought about in it; whether a number was taken for good by then.
STEPS = {
    "in the transaction that takes the number": (lambda: _killed_after(issuing, "take_number"), False),
    "with the number taken": (lambda: _killed_before(issuing, "write_certificate"), True),
    "with the printout signed": (lambda: _killed_after(issuing, "write_certificate"), True),
    "in the middle of the stored file": (_killed_while_writing, True),
    "with the file stored, not yet on the disk": (lambda: _killed_before(kept_files, "_flush"), True),
    "with the file on the disk": (lambda: _killed_before(issuing, "_finish"), True),
    "in the transaction of the entry": (lambda: _killed_before(issuing, "log"), True),
    "with everything done": (lambda: _killed_after(issuing, "_finish"), True),
}


def issue_in_a_process_killed(prepare, item, manager) -> None:
    """Issue a copy in a process of its own, which ``prepare`` has killed by the system on its way."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            prepare()
            issue_certificate(item, pages=[1, 2], purpose="查询", user=manager)
        finally:
            os._exit(3)  # it was not killed
    _child, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


def check_register() -> None:
    """No lost number, no number twice, no document without an entry, no valid entry without its document."""
    entries = list(Certificate.objects.order_by("serial"))
    assert [entry.serial for entry in entries] == list(range(1, len(entries) + 1))
    assert NumberSeries.objects.get().last == len(entries)
    store = storages["masters"]
    folder = f"certificates/{entries[0].year}"
    kept = {entry.key for entry in entries if entry.status == CertificateStatus.VALID}
    assert {f"{folder}/{name}" for name in store.listdir(folder)[1]} == kept
    for entry in entries:
        assert entry.status in {CertificateStatus.VALID, CertificateStatus.VOIDED}
        if entry.status == CertificateStatus.VALID:
            assert hashlib.sha256(store.open(entry.key).read()).hexdigest() == entry.sha256
        else:
            assert entry.ended_reason


@pytest.mark.django_db(transaction=True)
def test_killed_at_every_step(item, manager):
    issue_certificate(item, pages=[1], purpose="查询", user=manager)
    for step, (prepare, takes_number) in STEPS.items():
        before = Certificate.objects.count()
        issue_in_a_process_killed(prepare, item, manager)
        assert Certificate.objects.count() == before + takes_number, step
        Certificate.objects.filter(status=CertificateStatus.ISSUING).update(
            issued_at=timezone.now() - dt.timedelta(hours=1)
        )
        issue_certificate(item, pages=[1], purpose="查询", user=manager)
        check_register()
    states = [entry.status for entry in Certificate.objects.order_by("serial")]
    assert states.count(CertificateStatus.VOIDED) == 6


class FullDisk(FileSystemStorage):
    """A store on a disk without room: the system itself says so."""

    def _save(self, name, content):
        with open("/dev/full", "wb", buffering=0) as device:
            device.write(b"x")
        return name


@pytest.mark.django_db
def test_a_full_disk_voids_the_number(item, manager, monkeypatch):
    full = FullDisk(location=storages["masters"].location)
    monkeypatch.setattr(kept_files, "storages", {"masters": full})
    with translation.override("en"), pytest.raises(ValidationError, match=r"The disk is full. Number .* is void"):
        issue_certificate(item, pages=[1], purpose="查询", user=manager)
    monkeypatch.undo()
    assert Certificate.objects.get().status == CertificateStatus.VOIDED
    issue_certificate(item, pages=[1], purpose="查询", user=manager)
    check_register()


@pytest.mark.django_db
def test_a_form_sent_twice_issues_once(item, manager):
    first = issue_certificate(item, pages=[1], purpose="查询", user=manager, token="a" * 20)
    assert issue_certificate(item, pages=[1], purpose="查询", user=manager, token="a" * 20) == first
    assert issue_certificate(item, pages=[1], purpose="查询", user=manager, token="b" * 20) != first


@pytest.mark.django_db
def test_a_form_that_failed_can_be_sent_again(item, manager, monkeypatch):
    monkeypatch.setattr(kept_files, "storages", {"masters": FullDisk(location=storages["masters"].location)})
    with pytest.raises(ValidationError):
        issue_certificate(item, pages=[1], purpose="查询", user=manager, token="a" * 20)
    monkeypatch.undo()
    again = issue_certificate(item, pages=[1], purpose="查询", user=manager, token="a" * 20)
    assert (again.serial, again.status) == (2, CertificateStatus.VALID)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_issues_once(item, manager):
    issue_certificate(item, pages=[1], purpose="查询", user=manager)
    issued, faults, ready = [], [], threading.Barrier(4)

    def click() -> None:
        try:
            ready.wait(10)
            issued.append(issue_certificate(item, pages=[1], purpose="查询", user=manager, token="click").pk)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert len(issued) == 4
    assert len(set(issued)) == 1
    check_register()
    assert Certificate.objects.count() == 2


@pytest.mark.django_db
def test_a_clock_that_goes_back_stays_in_the_year(item, manager, monkeypatch):
    year = timezone.now().year + 1
    moments = [dt.datetime(*day, tzinfo=dt.UTC)
               for day in ((year, 12, 30, 12), (year + 1, 1, 2), (year, 12, 29), (year + 1, 1, 3))]  # fmt: skip
    real, numbers = timezone.now, []
    for moment in moments:
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        numbers.append(issue_certificate(item, pages=[1], purpose="查询", user=manager).number)
    monkeypatch.setattr(timezone, "now", real)
    assert numbers == [f"{year}-0001", f"{year + 1}-0001", f"{year + 1}-0002", f"{year + 1}-0003"]
