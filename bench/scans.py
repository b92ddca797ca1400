"""Scans on their way in and out: taking a batch in, its pictures, a tile, the searchable PDF.

    python bench/run.py scans

The pages are the demo's scanned documents (A4, 200 dpi, colour), each made another file by a comment in its JPEG, once as
they are (progressive JPEGs) and once as scanners write them (baseline); the page at 300 dpi is one of them enlarged.
"""

import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import pyvips
from django.conf import settings
from django.core.files.storage import storages

from fonds.archive_pages.models import ArchivePage, FondsIndexPage, FondsPage, ItemPage
from fonds.collections.batches.closing import close_batch
from fonds.collections.batches.taking import take_files
from fonds.collections.delivery.zoom_archives import read_member
from fonds.collections.derivatives import make_derivatives
from fonds.collections.importing.walking import walk
from fonds.collections.models import PageScan, ScanBatch
from fonds.collections.recognising.actions import recognise_scans
from fonds.collections.scans import add_scans
from fonds.collections.searchable.pdf import scans_of, write_searchable_pdf

FOLDER = settings.ROOT / "fixtures" / "demo" / "documents-2008" / "scans"
PAGES, UNITS = 1_000, 50
INGEST_GOAL, PICTURES_GOAL, TILE_GOAL, PDF_GOAL = 50, 0.25, 5, 2


def run(pages: int = PAGES) -> dict[str, str]:
    """The figures as text, by what they are."""
    root = ArchivePage.objects.get(depth=1)
    index = root.add_child(instance=FondsIndexPage(title="Scans", slug="bench-of-scans"))
    fonds = index.add_child(instance=FondsPage(title="Bench", reference_code="B900", opening_status="open"))
    codes = [f"B900-WS·2008-Y-BGS-{number:04}" for number in range(1, UNITS + 1)]
    for code in codes:
        fonds.add_child(instance=ItemPage(title=code, reference_code=code, opening_status="open"))
    with tempfile.TemporaryDirectory() as work:
        sources = [path.read_bytes() for path in sorted(FOLDER.rglob("*.jpg"))]
        as_is, baseline = Path(work) / "progressive", Path(work) / "baseline"
        _write(as_is, codes, pages, sources)
        _write(baseline, codes, pages, [_baseline(data) for data in sources])
        taking = {**_taking(as_is, pages), **_taking(baseline, pages)}
        return {**taking, **_pictures(fonds, Path(work)), **_pdf(codes[0], Path(work))}


def _baseline(data: bytes) -> bytes:
    return pyvips.Image.jpegload_buffer(data).jpegsave_buffer(Q=90, interlace=False, subsample_mode="off")


def _write(box: Path, codes: list[str], pages: int, sources: list[bytes]) -> None:
    for number, data in enumerate(islice(cycle(sources), pages)):
        folder = box / codes[number % len(codes)]
        folder.mkdir(parents=True, exist_ok=True)
        note = f"page {number}".encode()
        comment = b"\xff\xfe" + (len(note) + 2).to_bytes(2) + note
        (folder / f"{number // len(codes) + 1:03}.jpg").write_bytes(data[:2] + comment + data[2:])


def _taking(box: Path, pages: int) -> dict[str, str]:
    batch = ScanBatch.objects.create(title=box.name)
    begun, used = time.monotonic(), time.process_time()
    taken = take_files(batch, walk(box))
    seconds, cores = time.monotonic() - begun, time.process_time() - used
    begun = time.monotonic()
    close_batch(batch, unchecked=True)
    closing = time.monotonic() - begun
    assert taken == pages
    return {
        f"{box.name}: hash, check, measure, store, rows": f"{taken / seconds:.1f}/s  (goal {INGEST_GOAL})",
        f"{box.name}: CPU seconds a scan of that": f"{cores / taken:.3f}",
        f"{box.name}: batch taken over, scans a second": f"{taken / closing:,.0f}/s",
    }


def _pictures(fonds: ArchivePage, work: Path) -> dict[str, str]:
    source = pyvips.Image.new_from_file(str(next(iter(sorted(FOLDER.rglob("*.jpg"))))))
    path = work / "300dpi.jpg"
    source.resize(2480 / source.width).jpegsave(str(path), Q=85)
    unit = fonds.add_child(instance=ItemPage(title="300 dpi", reference_code="B900-WS·2008-Y-BGS-9000"))
    scan = add_scans(unit, [path], queue=False)[0]
    make_derivatives(scan)  # warm
    used = time.process_time()
    for _time in range(5):
        make_derivatives(scan)
    pictures = (time.process_time() - used) / 5
    store, begun = storages["derivatives"], time.perf_counter()
    for _time in range(100):
        read_member(store, scan.deep_zoom, "zoom_files/12/0_0.jpg")
    tile = (time.perf_counter() - begun) * 10
    return {
        "thumbnail, preview and deep zoom of A4 at 300 dpi": f"{pictures:.3f} CPU s  (goal {PICTURES_GOAL})",
        "a tile read from its deep zoom": f"{tile:.2f} ms  (goal {TILE_GOAL})",
    }


def _pdf(code: str, work: Path) -> dict[str, str]:
    unit = ArchivePage.objects.get(reference_code=code)
    keys = list(PageScan.objects.filter(unit=unit.pk).values_list("pk", flat=True))
    list(recognise_scans(keys))
    scans = scans_of(unit)
    write_searchable_pdf(unit, scans[:1], work / "warm.pdf")
    begun = time.monotonic()
    write_searchable_pdf(unit, scans, work / "unit.pdf")
    seconds = time.monotonic() - begun
    return {f"searchable PDF of {len(scans)} pages after recognition": f"{seconds:.2f} s  (goal {PDF_GOAL})"}
