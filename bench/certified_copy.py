"""Seconds that a certified copy of three pages takes in a warm process: number, PDF, kept bytes, register entry.

    python manage.py shell -c "from fonds.bench.certified_copy import run; print(run())"

It runs in a transaction that is rolled back, with masters in a temporary folder, so the archive is as it was. The scans
are made here: A4 at 200 dpi in colour.
"""

import hashlib
import io
import statistics
import tempfile
import time

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection, transaction
from django.test import override_settings
from PIL import Image, ImageDraw

from fonds.archive_pages.models import ArchivePage, FondsIndexPage, FondsPage, ItemPage, SeriesPage
from fonds.collections.models import MasterFile, PageScan
from fonds.reading_room.actions import issue_certificate

PAGES = 3
ROUNDS = 5
GOAL = 1.0  # seconds


def run(pages: int = PAGES, rounds: int = ROUNDS) -> dict:
    """``{"database", "pages", "cold_seconds", "seconds", "bytes", "goal_seconds"}``; ``seconds`` is the median of the
    warm rounds."""
    with tempfile.TemporaryDirectory() as folder, override_settings(STORAGES=stores(folder)), transaction.atomic():
        unit, user = scanned_item(pages), _manager()
        taken = []
        for _round in range(rounds + 1):
            started = time.perf_counter()
            certificate = issue_certificate(
                unit, pages=list(range(1, pages + 1)), purpose="办理变更登记", user=user, language="zh-hans"
            )
            taken.append(time.perf_counter() - started)
        transaction.set_rollback(True)
    return {
        "database": connection.vendor,
        "pages": pages,
        "cold_seconds": round(taken[0], 2),
        "seconds": round(statistics.median(taken[1:]), 2),
        "bytes": certificate.size,
        "goal_seconds": GOAL,
    }


def stores(folder: str) -> dict:
    """The file stores, with the masters in ``folder``."""
    local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    return {**settings.STORAGES, "masters": local}


def _manager():
    return get_user_model().objects.create(username="bench-manager", is_superuser=True)


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
    for number in range(1, pages + 1):
        _add_scan(item, number)
    return item


def _add_scan(item: ItemPage, number: int) -> None:
    image = Image.effect_noise((1654, 2339), 30).convert("RGB")
    ImageDraw.Draw(image).text((200, 200), f"Page {number}", fill="black", font_size=90)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80, dpi=(200, 200))
    data = out.getvalue()
    digest = hashlib.sha256(data).hexdigest()
    key = storages["masters"].save(f"{digest}.jpg", ContentFile(data))
    master = MasterFile.objects.create(sha256=digest, size=len(data), mime_type="image/jpeg", key=key)
    PageScan.objects.create(
        unit_id=item.pk, number=number, master=master, width=1654, height=2339, dpi=200, sha256=digest
    )
