"""What a watermark costs: server time of the same pictures of a closed page for the same reader with a permission, without
and with it, in turns.

python bench/run.py watermarks
"""

import tempfile
import time
from pathlib import Path
from statistics import median

from django.db import transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fonds.access.models import Grant, User
from fonds.archive_pages.models import ArchivePage
from fonds.collections.enums import Marking
from fonds.collections.models import PageScan, WatermarkRule

from .iiif import TILE, open_scan
from .measuring import connection, milliseconds

ROUNDS = 100


def run() -> dict[str, str]:
    """The figures as text, by what they are; nothing stays in the database."""
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        scan = open_scan(Path(folder))
        client = Client(SERVER_NAME="localhost")
        client.force_login(_reader(scan.unit.specific))
        figures = {name: _line(client, address) for name, address in _pictures(scan)}
        transaction.set_rollback(True)
    return figures


def _reader(unit: ArchivePage) -> User:
    """Somebody with a permission to see ``unit``, which is not open any more."""
    unit.opening_status = "controlled"
    unit.save()
    reader, today = User.objects.create_user("reader-of-watermarks"), timezone.localdate()
    Grant.objects.create(user=reader, unit_id=unit.pk, starts_on=today, ends_on=today, approver=reader)
    return reader


def _pictures(scan: PageScan) -> list[tuple[str, str]]:
    part = f"{TILE},{TILE},{TILE},{TILE}/{TILE},{TILE}/0/default.jpg"
    return [
        ("tile of the viewer", f"/files/scans/{scan.pk}/zoom_files/12/1_1.jpg"),
        ("the same by IIIF", f"/iiif/scan/{scan.pk}/{part}"),
        ("preview, 1,280 pixels", f"/files/scans/{scan.pk}/preview.jpg"),
        ("the whole page at its full size, by IIIF", f"/iiif/scan/{scan.pk}/full/max/0/default.jpg"),
    ]


def _line(client: Client, address: str) -> str:
    """Both ways take turns, so that a busy machine slows them alike."""
    _ask(client, address)  # the look is written down once
    rules = {"without": Marking.NOTHING, "with": Marking.CLOSED}
    rounds = 10 if "full" in address else ROUNDS
    clock, processor, queries = {name: [] for name in rules}, {name: [] for name in rules}, {}
    for _round in range(rounds):
        for name, reading in rules.items():
            WatermarkRule.objects.update_or_create(pk=WatermarkRule.load().pk, defaults={"reading": reading})
            if name not in queries:
                with CaptureQueriesContext(connection) as captured:
                    _ask(client, address)
                queries[name] = len(captured)
            begun = time.process_time()
            clock[name].append(milliseconds(lambda: _ask(client, address)))
            processor[name].append((time.process_time() - begun) * 1000)
    plain, marked = (f"{median(clock[name]):.1f} ms ({median(processor[name]):.1f})" for name in rules)
    ratio = median(processor["with"]) / median(processor["without"])
    return (
        f"{plain}, with {marked} of the processor, ratio {ratio:.1f}; queries {queries['without']}, {queries['with']}"
    )


def _ask(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    answer.getvalue()
