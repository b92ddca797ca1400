"""Unpacking a zip of scans without trusting it: names, number, size and bytes are checked, and no name in it ever
becomes a name on this machine's disk."""

import errno
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.utils.translation import gettext as _

from .walking import Delivered, is_system_file

_CHUNK = 1024 * 1024
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


class ZipFault(Exception):
    """A zip is refused as a whole; the message says why, in a sentence. Nothing of it is kept."""


def unpack(path: Path, target: Path, progress: Callable[[int, int], None] | None = None) -> list[Delivered]:
    """Unpack the zip at ``path`` into files numbered by us in ``target``; returns them with their names in the zip.

    Raises ``ZipFault`` for names that lead out of it, too many entries, more bytes than ``FONDS_MAX_ZIP_BYTES``,
    passwords, links and damage; ``target`` is then empty again.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _checked(archive, target)
            target.mkdir(parents=True, exist_ok=True)
            return _extract(archive, entries, target, progress)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        shutil.rmtree(target, ignore_errors=True)
        raise ZipFault(_("“%(name)s” is not a zip file, or it is damaged.") % {"name": path.name}) from error
    except OSError as error:
        shutil.rmtree(target, ignore_errors=True)
        if error.errno != errno.EINVAL:  # a place before the beginning of the file, which only a damaged zip names
            raise
        raise ZipFault(_("“%(name)s” is not a zip file, or it is damaged.") % {"name": path.name}) from error
    except ZipFault:
        shutil.rmtree(target, ignore_errors=True)
        raise


def name_in(entry: zipfile.ZipInfo) -> str:
    """The name of an entry; names without the UTF-8 mark are what Windows writes: GB18030."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    raw = entry.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _checked(archive: zipfile.ZipFile, target: Path) -> list[tuple[zipfile.ZipInfo, str]]:
    infos = archive.infolist()
    if len(infos) > settings.FONDS_MAX_ZIP_ENTRIES:
        words = {"count": len(infos), "limit": settings.FONDS_MAX_ZIP_ENTRIES}
        raise ZipFault(_("The zip has %(count)d entries; %(limit)d are allowed.") % words)
    total = sum(info.file_size for info in infos)
    if total > settings.FONDS_MAX_ZIP_BYTES:
        raise ZipFault(_too_large())
    if total > shutil.disk_usage(_existing(target)).free:
        raise ZipFault(_("There is not enough space to unpack the zip."))
    named = [(info, name_in(info)) for info in infos]
    for info, name in named:
        _check_entry(info, name)
    return [(info, name) for info, name in named if not info.is_dir() and not is_system_file(name)]


def _too_large() -> str:
    limit = settings.FONDS_MAX_ZIP_BYTES / 1024**2
    return _("The zip unpacks to more than %(limit)d MB; it is refused.") % {"limit": limit}


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _check_entry(info: zipfile.ZipInfo, name: str) -> None:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    outside = name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name) or ".." in parts or "\x00" in name
    if outside:
        words = {"name": name[:100]}
        raise ZipFault(_("The zip holds the name “%(name)s”, which leads out of it; it is refused.") % words)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ZipFault(_("The zip holds the link “%(name)s”; it is refused.") % {"name": name[:100]})
    if info.flag_bits & _ENCRYPTED:
        raise ZipFault(_("The zip is locked by a password (“%(name)s”).") % {"name": name[:100]})
    if info.compress_type not in _METHODS:
        words = {"name": name[:100]}
        raise ZipFault(_("“%(name)s” is packed in a way other than an ordinary zip's. Pack the scans again.") % words)


def _extract(archive: zipfile.ZipFile, entries: list, target: Path, progress) -> list[Delivered]:
    """Written bytes are counted too: the sizes a zip states need not be true."""
    delivered, left = [], settings.FONDS_MAX_ZIP_BYTES
    for number, (info, name) in enumerate(entries, start=1):
        copy = target / f"{number:06}"
        with archive.open(info) as source, copy.open("wb") as sink:
            while chunk := source.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise ZipFault(_too_large())
                sink.write(chunk)
        delivered.append(Delivered(copy, name.replace("\\", "/")))
        if progress:
            progress(number, len(entries))
    return delivered
