"""Server time of IIIF image requests, through the whole application, of an A4 page at 300 dpi.

python bench/run.py iiif
"""

import tempfile
from pathlib import Path

import pyvips
from django.db import transaction
from django.test import Client

from fonds.archive_pages.models import ArchivePage, FondsIndexPage, FondsPage, ItemPage, SeriesPage
from fonds.collections.derivatives import make_derivatives
from fonds.collections.models import PageScan
from fonds.collections.scans import add_scans

from .measuring import timed

WIDTH, HEIGHT, TILE = 2480, 3508, 512
TILE_GOAL = 5.0
ROUNDS = 200


def run() -> dict[str, str]:
    """The figures as text, by what they are; nothing stays in the database."""
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        scan = open_scan(Path(folder))
        figures = {name: _line(scan, paths, goal) for name, paths, goal in _requests()}
        transaction.set_rollback(True)
    return figures


def open_scan(folder: Path) -> PageScan:
    """An open page with noise on it, which does not compress away."""
    root = ArchivePage.objects.get(depth=1)
    index = root.add_child(instance=FondsIndexPage(title="Fonds", slug="fonds-of-iiif"))
    fonds = index.add_child(instance=FondsPage(title="Bench", reference_code="ZQ99", opening_status="open"))
    series = fonds.add_child(instance=SeriesPage(title="Bench", reference_code="ZQ99-WS", opening_status="open"))
    item = ItemPage(title="Bench", reference_code="ZQ99-WS·2008-Y-0001", opening_status="open")
    item = series.add_child(instance=item)
    noise = pyvips.Image.gaussnoise(WIDTH, HEIGHT, mean=225, sigma=15).cast("uchar")
    noise.bandjoin([noise, noise]).copy(interpretation="srgb").jpegsave(str(folder / "1.jpg"), Q=90)
    scan = add_scans(item, [folder / "1.jpg"], queue=False)[0]
    make_derivatives(scan)
    return scan


def _requests() -> list[tuple[str, list[str], float | None]]:
    tiles = [
        f"{x},{y},{TILE},{TILE}/{TILE},{TILE}/0/default.jpg" for x in range(0, 2000, TILE) for y in range(0, 3000, TILE)
    ]
    shifted = [
        f"{x + 100},{y + 50},{TILE},{TILE}/{TILE},{TILE}/0/default.jpg" for x in (0, 512, 1024) for y in (0, 512, 1024)
    ]
    return [
        ("tile as it is kept", tiles, TILE_GOAL),
        ("512 pixels square across four tiles", shifted, None),
        ("the whole page, 1,000 pixels wide", ["full/1000,/0/default.jpg"], None),
        ("the whole page at its full size", ["full/max/0/default.jpg"], None),
        ("info.json", ["info.json"], None),
    ]


def _line(scan: PageScan, paths: list[str], goal: float | None) -> str:
    client = Client(SERVER_NAME="localhost")

    def ask(path: str) -> None:
        response = client.get(f"/iiif/scan/{scan.pk}/{path}")
        assert response.status_code == 200, path

    found = timed(ask, paths, ROUNDS if len(paths) > 1 else 20)
    wanted = f"  (goal {goal:g})" if goal else ""
    return f"{found.median:.1f} ms, 95 % {found.high:.1f} ms, {found.queries} queries{wanted}"
