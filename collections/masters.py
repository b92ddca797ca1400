"""Masters: every content is stored once, under its checksum, and never changed afterwards."""

from pathlib import Path
from typing import BinaryIO

from django.core.files.storage import storages
from django.utils.translation import gettext as _

from .models import MasterFile
from .storage import as_path, put_once, sha256_of, size_of

SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "application/pdf": "pdf",
    "audio/mpeg": "mp3",
    "audio/x-wav": "wav",
    "audio/flac": "flac",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/webm": "weba",
    "audio/aac": "aac",
    "audio/x-aiff": "aiff",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/mpeg": "mpg",
    "video/mp2t": "ts",
    "video/x-msvideo": "avi",
}


class MasterDamaged(Exception):
    """What lies under a master's key is not what the checksum says."""


def store_master(source: BinaryIO | Path | str, mime_type: str) -> MasterFile:
    """Keep the bytes of ``source`` (a path or a binary stream) and return their row, the same for the same bytes.

    The row is written only when the bytes are safe; bytes without a row (after a crash) are taken up by the next call
    with the same content. Two callers with the same content at once get the same row. Raises ``MasterDamaged`` where
    the key is held by other bytes.
    """
    with as_path(source) as path:
        sha256, size = sha256_of(path)
        key = master_key(sha256, mime_type)
        known = MasterFile.objects.filter(sha256=sha256).first()
        if known:
            key = known.key
        store = storages["masters"]
        put_once(store, key, path, mime_type)
        if size_of(store, key) != size:
            raise MasterDamaged(_("The master %(key)s does not have the bytes it should have.") % {"key": key})
    if known:
        return known
    return MasterFile.objects.get_or_create(sha256=sha256, defaults={"size": size, "mime_type": mime_type, "key": key})[
        0
    ]


def master_key(sha256: str, mime_type: str) -> str:
    """The storage key ``ab/cd/<sha256>.<suffix>`` of a content."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}.{SUFFIXES.get(mime_type, 'bin')}"
