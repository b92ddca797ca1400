"""What is made from a master to be looked at: thumbnail, preview, deep-zoom tiles. All can be made again.

The keys follow from the master's checksum, the page in it and its adjustments, so two units that share a master share its
derivatives.
Deep zoom is one uncompressed zip (SZI) per page: a tile is a range of it.
"""

import threading
from collections.abc import Callable
from pathlib import Path

import pyvips
from django.core.files.storage import storages

from .models import PageScan
from .page_images import open_page, scaled_jpeg
from .page_steps import mark_of
from .storage import local_path, put_bytes

THUMBNAIL_LONGEST = 240
PREVIEW_LONGEST = 1280
TILE = 512
TILE_QUALITY = 80
SZI_NAME = "zoom"
HELD_PIXELS = 60_000_000  # a larger page is read from its file three times instead of being held in memory
ON_DEMAND_PIXELS = 60_000_000  # a larger page waits for its job
_ON_DEMAND = threading.BoundedSemaphore(2)  # pages rendered at once by one web process, each held in memory
RECIPE = "2"  # part of every key: raise it when sizes or qualities change


def derivative_key(scan: PageScan, kind: str, suffix: str) -> str:
    """The key of a derivative of the page: ``ab/cd/<sha256>-<frame>-<kind><recipe><adjustments>.<suffix>``."""
    sha256 = scan.sha256
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}-{scan.frame}-{kind}{RECIPE}{mark_of(scan.steps)}.{suffix}"


def make_derivatives(scan: PageScan) -> None:
    """Make all three derivatives of a page and note their keys in its row (and in those of the same page elsewhere)."""
    store = storages["derivatives"]
    with local_path(storages["masters"], scan.master.key) as path:
        picture = _source(scan, path)
        size = picture().width, picture().height
        preview = scaled_jpeg(picture(), PREVIEW_LONGEST)
        thumbnail = scaled_jpeg(pyvips.Image.jpegload_buffer(preview), THUMBNAIL_LONGEST)
        zoom = zoom_archive(picture())
    keys = {"thumbnail": ("t", "jpg"), "preview": ("p", "jpg"), "deep_zoom": ("z", "szi")}
    keys = {field: derivative_key(scan, *ending) for field, ending in keys.items()}
    put_bytes(store, keys["thumbnail"], thumbnail, "image/jpeg")
    put_bytes(store, keys["preview"], preview, "image/jpeg")
    put_bytes(store, keys["deep_zoom"], zoom, "application/zip")
    noted = dict(keys)
    if scan.steps:
        noted |= {"width": size[0], "height": size[1]}
    PageScan.objects.filter(master=scan.master_id, frame=scan.frame, steps=scan.steps).update(**noted)
    for field, value in noted.items():
        setattr(scan, field, value)


def zoom_archive(picture: pyvips.Image) -> bytes:
    """The deep-zoom archive of ``picture``. Its tiles do not overlap, so that they are those of IIIF as well."""
    return picture.dzsave_buffer(
        imagename=SZI_NAME, container="szi", compression=0, tile_size=TILE, overlap=0,
        suffix=f".jpg[Q={TILE_QUALITY}]", keep="none",
    )  # fmt: skip


def _source(scan: PageScan, path: Path) -> Callable[[], pyvips.Image]:
    """A function that gives the page's picture as often as needed."""
    if scan.width * scan.height > HELD_PIXELS:
        return lambda: open_page(scan, path, sequential=True)
    held = open_page(scan, path, sequential=True).copy_memory()
    return lambda: held


def has_derivatives(scan: PageScan) -> bool:
    """Whether the page's derivatives were made."""
    return bool(scan.thumbnail and scan.preview and scan.deep_zoom)


def ensure_derivatives(scan: PageScan) -> bool:
    """Make what is missing on the spot; False where the page is too large for that and must wait for its job."""
    if has_derivatives(scan):
        return True
    if scan.width * scan.height > ON_DEMAND_PIXELS:
        return False
    with _ON_DEMAND:
        scan.refresh_from_db(fields=["thumbnail", "preview", "deep_zoom"])
        if not has_derivatives(scan):
            make_derivatives(scan)
    return True
