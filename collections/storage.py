"""Where the bytes lie: folders of this machine or S3-compatible storage, written once and read in ranges.

Nothing here has a public address. A file's ``url`` is always a door of ours that asks access first; what an S3 store
can sign is only used by the delivery, after it has decided.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.core.files.storage import FileSystemStorage, Storage

CHUNK = 1024 * 1024
READ_ONLY = 0o444


def put_once(storage: Storage, key: str, path: Path, mime_type: str) -> None:
    """Put the file at ``path`` into ``storage`` under ``key``, read-only. Nothing that is there is ever overwritten.

    The bytes appear under their name only when all are on the disk, so a crash leaves at most a file in ``.incoming``.
    """
    if not isinstance(storage, FileSystemStorage):
        storage.put_once(key, path, mime_type)
        return
    target = Path(storage.path(key))
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    incoming = Path(storage.path(".incoming"))
    incoming.mkdir(parents=True, exist_ok=True)
    with open(path, "rb") as source, tempfile.NamedTemporaryFile(dir=incoming, delete=False) as copy:
        shutil.copyfileobj(source, copy, CHUNK)
        copy.flush()
        os.fsync(copy.fileno())
    _move_in(Path(copy.name), target)


def put_bytes(storage: Storage, key: str, data: bytes, mime_type: str) -> None:
    """Put a derivative under its key; it can be made again, so it is not forced to the disk."""
    if not isinstance(storage, FileSystemStorage):
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            storage.put_once(key, Path(file.name), mime_type)
        return
    target = Path(storage.path(key))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as copy:
        copy.write(data)
    os.chmod(copy.name, READ_ONLY)
    os.replace(copy.name, target)


def _move_in(copy: Path, target: Path) -> None:
    """Give a complete file its name, only if the name is free (a link fails where a rename would overwrite)."""
    try:
        copy.chmod(READ_ONLY)
        os.link(copy, target)
    except FileExistsError:
        return
    finally:
        copy.unlink()


def size_of(storage: Storage, key: str) -> int:
    """Bytes of a stored file; raises ``FileNotFoundError`` where there is none."""
    if isinstance(storage, FileSystemStorage):
        return os.stat(storage.path(key)).st_size
    return storage.size(key)


def read_range(storage: Storage, key: str, start: int, length: int) -> bytes:
    """``length`` bytes of a stored file from ``start``, without reading the rest."""
    if not isinstance(storage, FileSystemStorage):
        return storage.read_range(key, start, length)
    with open(storage.path(key), "rb") as file:
        return os.pread(file.fileno(), length, start)


def stream(storage: Storage, key: str, start: int, length: int) -> Iterator[bytes]:
    """The same in pieces, for a file that may be large."""
    for begin in range(start, start + length, CHUNK):
        yield read_range(storage, key, begin, min(CHUNK, start + length - begin))


@contextmanager
def local_path(storage: Storage, key: str) -> Iterator[Path]:
    """A path on this machine with the bytes of ``key``: the file itself, or a copy for as long as it is needed."""
    if isinstance(storage, FileSystemStorage):
        yield Path(storage.path(key))
        return
    with tempfile.NamedTemporaryFile(suffix=Path(key).suffix) as copy, storage.open(key, "rb") as source:
        shutil.copyfileobj(source, copy, CHUNK)
        copy.flush()
        yield Path(copy.name)


def sha256_of(path: Path) -> tuple[str, int]:
    """The SHA-256 of a file, in hexadecimal, and its size in bytes."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


@contextmanager
def as_path(source: BinaryIO | Path | str) -> Iterator[Path]:
    """A path with the bytes of ``source``: the file itself, an upload's own temporary file, or a copy for as long as it is
    needed, with the ending of its name. A stream is read from its beginning and left there."""
    if isinstance(source, (str, Path)):
        yield Path(source)
    elif hasattr(source, "temporary_file_path"):
        yield Path(source.temporary_file_path())
    else:
        suffix = Path(str(getattr(source, "name", "") or "")).suffix[:10]
        with tempfile.NamedTemporaryFile(prefix="fonds-", suffix=suffix) as copy:
            source.seek(0)
            shutil.copyfileobj(source, copy, CHUNK)
            source.seek(0)
            copy.flush()
            yield Path(copy.name)
