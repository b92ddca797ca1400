"""Uploads on their way to an import: kept in a folder of their own until they are imported, or a week has passed."""

import json
import re
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from fonds.archive_pages.models import Category, FondsPage
from fonds.reports.jobs import JobFault

from ..scan_files import PageInfo
from .actions import Order
from .scan_checks import Scans
from .unpacking import unpack
from .walking import Delivered, is_system_file

KEPT_DAYS = 7
_NAMES = "names.json"
_PAGES = "pages.json"
_FOLDER_NAME = re.compile(r"[0-9a-f]{32}")


def intake_folder() -> Path:
    """Where uploads wait; shared by web servers and workers."""
    return Path(settings.FONDS_DATA) / "imports"


def keep(
    table: UploadedFile | None, archive: UploadedFile | None, files: list[UploadedFile], names: list[str]
) -> dict[str, str]:
    """Store an upload; returns what a job needs to find it again. ``names`` are the paths of ``files`` in the folder
    that was dropped; no name is used on the disk."""
    remove_old()
    folder = intake_folder() / uuid.uuid4().hex
    folder.mkdir(parents=True)
    if table:
        _write(table, folder / "list")
    if archive:
        _write(archive, folder / "scans.zip")
    if files:
        (folder / "files").mkdir()
        kept = [(file, name) for file, name in zip(files, names, strict=True) if not is_system_file(name)]
        for number, (file, _name) in enumerate(kept, start=1):
            _write(file, folder / "files" / f"{number:06}")
        (folder / _NAMES).write_text(json.dumps([name for _file, name in kept], ensure_ascii=False), encoding="utf-8")
    return {"folder": folder.name, "list": table.name if table else ""}


def _write(upload: UploadedFile, target: Path) -> None:
    with target.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)


def order_of(arguments: dict, user) -> Order:
    """The order that the arguments of a job for ``user`` describe. Raises ``JobFault`` where its upload is no longer kept."""
    folder = _folder(arguments)
    fonds = FondsPage.objects.filter(pk=arguments["fonds"]).first()
    category = Category.objects.filter(pk=arguments["category"]).first()
    if not (folder / "list").exists() or fonds is None or category is None:
        raise JobFault(_("The uploaded files are no longer kept. Upload them again."))
    return Order(
        folder / "list",
        fonds,
        category,
        arguments["list"],
        _scans(folder),
        arguments["update"],
        arguments["skip_faulty"],
        _known_pages(folder),
        user,
    )


def note_pages(arguments: dict, scans: Scans) -> None:
    """Keep what the check found in the files, so that the import need not decode them again."""
    found = {
        file.name: [file.path.stat().st_size, [astuple(page) for page in scans.pages[file.path]]]
        for files in scans.by_code.values()
        for file in files
    }
    (_folder(arguments) / _PAGES).write_text(json.dumps(found), encoding="utf-8")


def _known_pages(folder: Path) -> dict[tuple[str, int], list[PageInfo]]:
    if not (folder / _PAGES).exists():
        return {}
    found = json.loads((folder / _PAGES).read_text(encoding="utf-8"))
    return {(name, size): [PageInfo(*page) for page in pages] for name, (size, pages) in found.items()}


def _folder(arguments: dict) -> Path:
    if not _FOLDER_NAME.fullmatch(arguments["folder"]):
        raise JobFault(_("The uploaded files are no longer kept. Upload them again."))
    return intake_folder() / arguments["folder"]


def _scans(folder: Path) -> Path | list[Delivered] | None:
    if (folder / "scans.zip").exists():
        return folder / "scans.zip"
    if not (folder / _NAMES).exists():
        return None
    names = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
    return [Delivered(folder / "files" / f"{number:06}", name) for number, name in enumerate(names, start=1)]


@contextmanager
def delivered_files(arguments: dict) -> Iterator[list[Delivered]]:
    """The files of an upload; those of a zip are unpacked for as long as the context lasts. Raises ``JobFault`` where it is
    no longer kept, ``ZipFault`` for a zip that is refused."""
    scans = _scans(_folder(arguments))
    if scans is None:
        raise JobFault(_("The uploaded files are no longer kept. Upload them again."))
    if isinstance(scans, list):
        yield scans
        return
    with tempfile.TemporaryDirectory(dir=intake_folder(), prefix="unpacked-") as work:
        yield unpack(scans, Path(work) / "scans")


def remove(arguments: dict) -> None:
    """Remove an upload that is imported."""
    shutil.rmtree(_folder(arguments), ignore_errors=True)


def remove_old() -> None:
    """Remove uploads that nobody imported within ``KEPT_DAYS`` days."""
    limit = time.time() - KEPT_DAYS * 86_400
    if intake_folder().is_dir():
        for folder in intake_folder().iterdir():
            if folder.stat().st_mtime < limit:
                shutil.rmtree(folder, ignore_errors=True)


def read_paths(text: str) -> list[str]:
    """The paths of a dropped folder's files, one per line as the page's script writes them; ``..`` and roots go."""
    return [
        "/".join(part for part in PurePosixPath(line.replace("\\", "/")).parts if part not in {"..", "/"})
        for line in text.splitlines()
        if line.strip()
    ]
