"""What was changed in a file that is not the issued one, in words; the file is looked into by ``examining``, apart."""

import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from asn1crypto import pem, x509
from django.utils.translation import gettext as _

from fonds.reports.signing.validation import SignatureReport, UnreadableSignature

SECONDS = 40  # that a file may be looked at, waiting for the processor included
AT_ONCE = 2  # files looked at by one process of the server
_places = threading.BoundedSemaphore(AT_ONCE)


class TooBusy(Exception):
    """Too many files are being looked at; the message is a sentence."""


@dataclass(frozen=True)
class Facts:
    """What was found in a file. ``mark`` is the text of its metadata; ``signature`` raises where it cannot be read."""

    mark: str = ""
    scripts: bool = False
    changes: list = field(default_factory=list)
    found_signature: dict | str | None = "unreadable"

    @property
    def signature(self) -> SignatureReport | None:
        """The signature's report, ``None`` without one. Raises ``UnreadableSignature``."""
        if self.found_signature == "unreadable":
            raise UnreadableSignature
        if self.found_signature is None:
            return None
        moments = {name: self.found_signature[name] and datetime.fromisoformat(self.found_signature[name])
                   for name in ("signed_at", "stamped_at")}  # fmt: skip
        return SignatureReport(**{**self.found_signature, **moments})

    def sentences(self) -> list[str]:
        """The changes and the scripts in words."""
        said = [_sentence(code) % numbers for code, numbers in self.changes]
        return [*said, scripts_said()] if self.scripts else said


def scripts_said() -> str:
    """What is said of a PDF that does something by itself."""
    return _("It contains scripts or actions. Files of this archive never do; better not open it.")


def _sentence(code: str) -> str:
    return {
        "cut": _("The file is cut off: %(given)s of %(kept)s bytes are there."),
        "added": _("Something was added behind the signature: %(more)s bytes."),
        "bytes": _("Bytes were changed, the first at place %(place)s."),
        "anew": _("The file was written anew by some program."),
        "unreadable": _("Its pages can no longer be read."),
        "missing": _("Page %(page)s of the issued file is missing."),
        "foreign": _("Page %(page)s is not in the issued file."),
        "same pages": _("All pages show the same as those issued; but this is not the issued file."),
        "picture": _("Page %(page)s shows another picture, or one that was changed."),
        "content": _("Page %(page)s was written or drawn upon, or its text was changed."),
        "laid upon": _("Something was laid upon page %(page)s: a note, a stamp or a field."),
    }[code]


def examine(
    given: BinaryIO, kept: BinaryIO | None = None, *, roots: Iterable[x509.Certificate] = (),
    others: Iterable[x509.Certificate] = (), moment: datetime | None = None,
) -> Facts:  # fmt: skip
    """Look into ``given`` in a process of its own, with ``kept`` compare it with the issued file. A file that takes too
    much time or memory has nothing that could be read. Raises ``TooBusy``."""
    question = {"roots": _as_pem(roots), "others": _as_pem(others), "moment": moment.isoformat() if moment else None}
    with _place(), tempfile.TemporaryDirectory() as folder:
        files = [_copied(file, Path(folder) / name) for name, file in (("given", given), ("kept", kept)) if file]
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-m", "fonds.reading_room.examining", *files],
                input=json.dumps(question), capture_output=True, text=True, timeout=SECONDS, check=True, env={},
                cwd=folder,
            )  # fmt: skip
            found = json.loads(done.stdout)
        except (subprocess.SubprocessError, ValueError):
            return Facts(changes=[("unreadable", {})])
    return Facts(found["mark"], found["scripts"], found.get("changes", []), found.get("signature", "unreadable"))


@contextmanager
def _place():
    if not _places.acquire(timeout=SECONDS / 2):
        raise TooBusy(_("Too many files are being looked at. Try again in a minute."))
    try:
        yield
    finally:
        _places.release()


def _copied(file: BinaryIO, place: Path) -> str:
    file.seek(0)
    with place.open("wb") as copy:
        shutil.copyfileobj(file, copy)
    return str(place)


def _as_pem(certificates: Iterable[x509.Certificate]) -> list[str]:
    return [pem.armor("CERTIFICATE", each.dump()).decode() for each in certificates]
