"""Certified copies in a warm process, from the number to the stored file and its register entry, signed; how long the
verification of such a file takes; and ten clerks who issue at once.

    python bench/run.py certified_copy

The scans are made here: A4 at 200 dpi in colour, about 580 KB each. Single copies are issued in a transaction that is
rolled back, with masters in a temporary folder. The clerks are two processes of five threads, as two web workers are;
what they issue is committed and stays, so this wants a database of its own.
"""

import hashlib
import io
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection, connections, transaction
from django.test import override_settings
from PIL import Image, ImageDraw

from fonds.archive_pages.models import ArchivePage, FondsIndexPage, FondsPage, ItemPage, SeriesPage
from fonds.collections.models import MasterFile, PageScan
from fonds.reading_room.actions import issue, issue_certificate
from fonds.reading_room.models import Certificate, NumberSeries
from fonds.reading_room.verification import verify_file
from fonds.reports.signing.development import make_key_file
from fonds.reports.signing.key_settings import KeySetting

PAGES = 3
ROUNDS = 5
GOALS = {3: 1.0, 20: 1.0, 200: 3.0}  # pages → seconds
MOST_MEMORY = 350  # MB
RECORDS = 30
PROCESSES, THREADS, EACH = 2, 5, 4


def run() -> Iterator[tuple[str, str]]:
    """Label and figure of each thing measured."""
    with tempfile.TemporaryDirectory() as folder, override_settings(STORAGES=stores(folder), **keys(folder)):
        with transaction.atomic():
            unit, user = scanned_item(max(GOALS)), _manager()
            for pages, goal in GOALS.items():
                yield from _copies(unit, user, pages, goal)
            yield _of_many_records(unit, user)
            transaction.set_rollback(True)
        yield from _clerks()


def _copies(unit: ItemPage, user, pages: int, goal: float) -> Iterator[tuple[str, str]]:
    values = {"pages": list(range(1, pages + 1)), "purpose": "办理变更登记", "user": user, "language": "zh-hans"}
    issue_certificate(unit, **values)
    walls, processor = [], []
    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    for _round in range(ROUNDS):
        started, used = time.perf_counter(), time.process_time()
        certificate = issue_certificate(unit, **values)
        walls.append(time.perf_counter() - started)
        processor.append(time.process_time() - used)
    yield (
        f"copy of {pages} pages, signed and stored",
        f"{statistics.median(walls):.2f} s, {statistics.median(processor):.2f} CPU s (goal {goal:g} s), "
        f"{certificate.size / 1e6:.1f} MB; memory {before} MB before, {_memory('VmHWM')} MB at most (goal {MOST_MEMORY})",
    )
    with storages["masters"].open(certificate.key) as file:
        taken = []
        for _round in range(ROUNDS):
            started = time.perf_counter()
            assert verify_file(file).finding == "valid"
            taken.append(time.perf_counter() - started)
    yield f"verification of {pages} pages", f"{statistics.median(taken):.3f} s (goal 0.5 s for 20)"


def _of_many_records(unit: ItemPage, user) -> tuple[str, str]:
    """200 pages of 30 records in one document with a contents page."""
    scans = list(PageScan.objects.filter(unit_id=unit.pk))
    parts = []
    for number in range(RECORDS):
        code = f"B997-WS·2008-D30-BGS-{number + 2:04}"
        record = unit.get_parent().add_child(instance=ItemPage(title="关于企业登记管理工作的通知", reference_code=code))
        own = scans[number * len(scans) // RECORDS : (number + 1) * len(scans) // RECORDS]
        for scan in own:
            scan.pk, scan.unit_id = None, record.pk
        PageScan.objects.bulk_create(own)
        parts.append((record, [scan.number for scan in own]))
    started, used = time.perf_counter(), time.process_time()
    certificate = issue(parts, purpose="办理变更登记", user=user, language="zh-hans")
    figure = f"{time.perf_counter() - started:.2f} s, {time.process_time() - used:.2f} CPU s (goal 3 s)"
    return f"copy of {certificate.page_count} pages of {RECORDS} records", figure


def _clerks() -> Iterator[tuple[str, str]]:
    """Copies a second of ten clerks together, and whether the numbers have gaps."""
    unit, user = scanned_item(PAGES), _manager()
    issue_certificate(unit, pages=[1, 2, 3], purpose="查询", user=user)
    before = Certificate.objects.count()
    connections.close_all()
    started = time.perf_counter()
    children = []
    for _process in range(PROCESSES):
        child = os.fork()
        if not child:
            _work(unit, user)
        children.append(child)
    failed = sum(os.waitpid(child, 0)[1] != 0 for child in children)
    taken = time.perf_counter() - started
    issued = Certificate.objects.count() - before
    last = NumberSeries.objects.order_by("-year").first().last
    gaps = last - Certificate.objects.filter(kind="copy").count()
    yield (
        "10 clerks at once, copies of 3 pages",
        f"{issued / taken:.1f} a second (goal 10), {issued} issued, {gaps} numbers lost, {failed} processes failed",
    )


def _work(unit: ItemPage, user) -> None:
    faults = []

    def clerk() -> None:
        try:
            for _round in range(EACH):
                issue_certificate(unit, pages=[1, 2, 3], purpose="查询", user=user)
        except Exception as error:
            faults.append(error)
            print(f"a clerk failed: {error!r}", flush=True)
        finally:
            connection.close()

    threads = [threading.Thread(target=clerk) for _number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os._exit(len(faults))


def _memory(figure: str) -> int:
    """MB that the process takes up: now (``VmRSS``), or at most since the peak was reset (``VmHWM``)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(figure))) // 1024


def stores(folder: str) -> dict:
    """The file stores, with the masters in ``folder``."""
    local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    return {**settings.STORAGES, "masters": local}


def keys(folder: str) -> dict:
    """Settings with a signing key made in ``folder``."""
    place = Path(folder) / "keys" / "bench.p12"
    make_key_file(place)
    return {"FONDS_SIGNING_KEYS": {"bench": KeySetting("bench", "development", place)}}


def _manager():
    return get_user_model().objects.get_or_create(username="bench-manager", defaults={"is_superuser": True})[0]


def scanned_item(pages: int) -> ItemPage:
    """A new item with so many scans, made here."""
    index = FondsIndexPage.objects.first() or ArchivePage.objects.get(depth=1).add_child(
        instance=FondsIndexPage(title="全宗", slug="bench-fonds")
    )
    fonds = index.add_child(instance=FondsPage(title="测试全宗", reference_code="B997"))
    series = fonds.add_child(instance=SeriesPage(title="文书档案", reference_code="B997-WS·2008"))
    item = series.add_child(
        instance=ItemPage(
            title="关于企业登记管理工作的通知", reference_code="B997-WS·2008-D30-BGS-0001", date_text="20080312"
        )
    )
    picture = Image.effect_noise((1654, 2339), 12).convert("RGB")
    for number in range(1, pages + 1):
        _add_scan(item, number, picture)
    return item


def _add_scan(item: ItemPage, number: int, picture: Image.Image) -> None:
    ImageDraw.Draw(picture).text((200, 20 + 10 * number), f"Page {number}", fill="black", font_size=90)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=60, dpi=(200, 200))
    data = out.getvalue()
    digest = hashlib.sha256(data).hexdigest()
    key = storages["masters"].save(f"{digest}.jpg", ContentFile(data))
    master = MasterFile.objects.create(sha256=digest, size=len(data), mime_type="image/jpeg", key=key)
    PageScan.objects.create(
        unit_id=item.pk, number=number, master=master, width=1654, height=2339, dpi=200, sha256=digest
    )
