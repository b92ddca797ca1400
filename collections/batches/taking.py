"""Taking delivered files into a batch: every file is hashed, decoded and measured once, its master stored, its pages
matched to units. A faulty file becomes a row with its fault; it never stops the others."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import pyvips
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.db import transaction
from django.utils.translation import get_language, override

from fonds.access.roles import IMPORT_PERMISSION
from fonds.archive_pages.reference_codes import sort_key_of

from ..derivatives import THUMBNAIL_LONGEST, derivative_key
from ..enums import BatchState
from ..faults import ScanFault
from ..importing.walking import Delivered
from ..masters import store_master
from ..models import BatchPage, ScanBatch
from ..page_images import scaled_jpeg
from ..page_measures import Measures, measure
from ..scan_files import PageInfo, inspect
from ..storage import put_bytes
from . import findings
from .matching import match_pages, note_twins
from .states import BatchFault, held, move_to

LOT = 50  # files written in one transaction
AHEAD = 64  # files looked into before their turn, so that the cores go on while a lot is written
WORKERS = min(4, os.cpu_count() or 1)

Progress = Callable[[int, int], None]


class Look(NamedTuple):
    """What is in one file: its pages with their measures and small pictures, or the fault that keeps it out."""

    pages: list[PageInfo]
    measures: list[Measures]
    thumbnails: list[bytes]
    fault: str = ""


def check_permission(user) -> None:
    """Raise ``PermissionDenied`` unless ``user`` may take in scans (``None``: the system itself)."""
    if user is not None and not user.has_perm(IMPORT_PERMISSION):
        raise PermissionDenied


def take_files(batch: ScanBatch, files: Sequence[Delivered], user=None, progress: Progress | None = None) -> int:
    """Take ``files`` into ``batch``; how many pages it has more. What is taken in stays, should the work be cut off: the
    files that are there already, by name and content, are passed over the next time.

    Raises ``BatchFault`` where the batch is past arranging; ``PermissionDenied``.
    """
    check_permission(user)
    with transaction.atomic():
        state = held(batch).state
        if state not in (BatchState.OPEN, BatchState.RETURNED):
            raise BatchFault.closed()
        if state == BatchState.RETURNED:
            move_to(batch, BatchState.OPEN)
    earlier = set(batch.pages.values_list("pk", flat=True))
    touched, added = set(), 0
    ordered = sorted(files, key=lambda file: sort_key_of(file.name))
    if progress:
        progress(0, len(ordered))
    for done, lot in _lots(_looks(ordered)):
        rows = _write(batch, lot, user, earlier, touched)
        added += len(rows)
        if progress:
            progress(done, len(ordered))
    note_twins(batch, touched)
    return added


def _looks(files: Sequence[Delivered]) -> Iterator[tuple[Delivered, Look]]:
    """Look into ``files`` on all cores, a few ahead; in their order."""
    language = get_language()
    waiting: deque[tuple[Delivered, Future]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        for file in files:
            waiting.append((file, pool.submit(_look, file, language)))
            if len(waiting) >= AHEAD:
                first, future = waiting.popleft()
                yield first, future.result()
        for file, future in waiting:
            yield file, future.result()


def _look(file: Delivered, language: str | None) -> Look:
    measures, thumbnails = [], []

    def see(picture: pyvips.Image) -> None:
        measures.append(measure(picture))
        thumbnails.append(scaled_jpeg(picture, THUMBNAIL_LONGEST))

    with override(language):
        try:
            return Look(inspect(file.path, file.base, see), measures, thumbnails)
        except ScanFault as fault:
            return Look([], [], [], str(fault))


def _lots(looks: Iterator[tuple[Delivered, Look]]) -> Iterator[tuple[int, list[tuple[Delivered, Look]]]]:
    """``looks`` in lots, each with the count so far."""
    lot, done = [], 0
    for look in looks:
        lot.append(look)
        done += 1
        if len(lot) == LOT:
            yield done, lot
            lot = []
    if lot:
        yield done, lot


@transaction.atomic
def _write(batch: ScanBatch, lot: list[tuple[Delivered, Look]], user, earlier: set[int], touched: set[int]):
    rows = []
    for file, look in lot:
        rows += _rows(batch, file, look)
    known = set(
        batch.pages.filter(sha256__in={row.sha256 for row in rows} - {""}).values_list("name", "sha256", "frame")
    )
    rows = [row for row in rows if (row.name, row.sha256, row.frame) not in known]
    if rows:
        rows = BatchPage.objects.bulk_create(rows)
        touched |= match_pages(batch, rows, user, earlier)
    return rows


def _rows(batch: ScanBatch, file: Delivered, look: Look) -> list[BatchPage]:
    name = file.name[-400:]
    if look.fault:
        return [BatchPage(batch=batch, name=name, fault=look.fault[:400])]
    master = store_master(file.path, look.pages[0].mime_type)
    rows = []
    for info, measures, thumbnail in zip(look.pages, look.measures, look.thumbnails, strict=True):
        row = BatchPage(
            batch=batch, name=name, master=master, sha256=master.sha256, frame=info.frame, frames=len(look.pages),
            width=info.width, height=info.height, dpi=info.dpi, looks=measures.looks,
        )  # fmt: skip
        row.findings = findings.of_page(batch, row, measures, info.mime_type)
        put_bytes(storages["derivatives"], derivative_key(row, "t", "jpg"), thumbnail, "image/jpeg")
        rows.append(row)
    return rows
