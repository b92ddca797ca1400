"""Members of deep-zoom archives (SZI: an uncompressed zip), read by their place without opening the zip each time."""

import io
import struct
import zipfile
from functools import lru_cache

from django.core.files.storage import FileSystemStorage, Storage

from ..derivatives import SZI_NAME
from ..storage import read_range, size_of

LOCAL_HEAD = struct.Struct("<4s22xHH")  # signature, length of the name, length of the extra field
EXTRA_AT_MOST = 64
KEPT_DIRECTORIES = 256
BUFFER = 64 * 1024

Directory = dict[str, tuple[int, int]]


def read_member(storage: Storage, key: str, name: str) -> bytes | None:
    """The bytes of ``name`` (``zoom.dzi``, ``zoom_files/3/0_0.jpg``) in the archive ``key``; None where it has none.

    Raises ``FileNotFoundError`` where there is no such archive.
    """
    member = f"{SZI_NAME}/{name}"
    place = _place_of(storage, key)
    data = _read(storage, key, member, _directory(place))
    if data is None and member in _directory(place):
        # The archive was written anew since its directory was read.
        _directory.cache_clear()
        data = _read(storage, key, member, _directory(place))
    return data


class _Place:
    """An archive in its store; equal where store and key are."""

    def __init__(self, storage: Storage, key: str) -> None:
        self.storage, self.key = storage, key
        local = isinstance(storage, FileSystemStorage)
        self.address = storage.path(key) if local else f"{storage.bucket_name}/{storage.location}/{key}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Place) and self.address == other.address

    def __hash__(self) -> int:
        return hash(self.address)


def _place_of(storage: Storage, key: str) -> _Place:
    return _Place(storage, key)


@lru_cache(maxsize=KEPT_DIRECTORIES)
def _directory(place: _Place) -> Directory:
    """Where each member begins and how many bytes it has."""
    reader = io.BufferedReader(_RangeFile(place.storage, place.key), BUFFER)
    with zipfile.ZipFile(reader) as archive:
        return {
            entry.filename: (entry.header_offset, entry.file_size)
            for entry in archive.infolist()
            if entry.compress_type == zipfile.ZIP_STORED
        }


def _read(storage: Storage, key: str, member: str, directory: Directory) -> bytes | None:
    """The member's bytes; None where it is not in the directory or not at its place."""
    if member not in directory:
        return None
    offset, size = directory[member]
    name = member.encode()
    head = LOCAL_HEAD.size + len(name)
    data = read_range(storage, key, offset, head + EXTRA_AT_MOST + size)
    if len(data) < head:
        return None
    signature, name_length, extra = LOCAL_HEAD.unpack_from(data)
    if signature != b"PK\x03\x04" or name_length != len(name) or data[LOCAL_HEAD.size : head] != name:
        return None
    begin = head + extra
    if begin + size > len(data):
        data, begin = read_range(storage, key, offset + begin, size), 0
    return data[begin : begin + size]


class _RangeFile(io.RawIOBase):
    """A stored file as a seekable one, of which only the read parts are fetched."""

    def __init__(self, storage: Storage, key: str) -> None:
        self._storage, self._key = storage, key
        self._size, self._at = size_of(storage, key), 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, buffer) -> int:
        length = min(len(buffer), self._size - self._at)
        if length <= 0:
            return 0
        data = read_range(self._storage, self._key, self._at, length)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
