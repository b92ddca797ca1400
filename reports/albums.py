"""Pictures of a printout, set aside in a file until it is written: 300 scans cost the memory of one.

A PDF library holds what it is given and what it copies from another document, but reads the streams of the document it
opened only as it writes them. So the pictures are written down as a document of their own, and the sheets go into that.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import pikepdf

from .sheets import Picture

_OF_THE_BASE = ("/Type", "/Pages")


class Album:
    """The file of the pictures; use ``opened_album``."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._places: list[int] = []
        file.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def put(self, picture: Picture) -> Picture:
        """``picture`` without its bytes, which stand in the album now. Raises ``OSError`` where there is no room."""
        self._object(b"<</Length %d>>stream\n" % len(picture.data), picture.data, b"\nendstream")
        return picture._replace(data=b"", number=len(self._places))

    @contextmanager
    def bound(self, sheets: bytes) -> Iterator[pikepdf.Pdf]:
        """The PDF ``sheets`` with the pictures, each waiting to be drawn; nothing is put into the album after that."""
        self._end()
        with (
            pikepdf.open(self._file, access_mode=pikepdf.AccessMode.stream) as pdf,
            pikepdf.open(io.BytesIO(sheets)) as printed,
        ):
            pdf.pages.extend(printed.pages)
            head = {name: value for name, value in printed.Root.items() if name not in _OF_THE_BASE}
            copied = pdf.copy_foreign(printed.make_indirect(pikepdf.Dictionary(head)))
            for name, value in copied.items():
                pdf.Root[name] = value
            pdf.trailer.Info = pdf.copy_foreign(printed.trailer.Info)
            yield pdf

    def _object(self, *pieces: bytes) -> None:
        self._places.append(self._file.tell())
        self._file.write(b"%d 0 obj" % len(self._places))
        self._file.writelines(pieces)
        self._file.write(b"\nendobj\n")

    def _end(self) -> None:
        """Write what makes the file a document without pages (ISO 32000-1, 7.5)."""
        self._object(b"<</Type/Pages/Kids[]/Count 0>>")
        self._object(b"<</Type/Catalog/Pages %d 0 R>>" % len(self._places))
        table, size = self._file.tell(), len(self._places) + 1
        self._file.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        self._file.writelines(b"%010d 00000 n \n" % place for place in self._places)
        self._file.write(b"trailer<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, size - 1, table))
        self._file.seek(0)


@contextmanager
def opened_album() -> Iterator[Album]:
    """An album that lasts as long as the block runs, in the folder of temporary files."""
    with tempfile.TemporaryFile() as file:
        yield Album(file)
