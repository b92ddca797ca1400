"""The issued bytes of certificates, written once into the store of masters and never changed."""

import hashlib
import os
from contextlib import suppress
from typing import BinaryIO

from django.core.files.base import File
from django.core.files.storage import storages
from django.utils.translation import gettext as _

from .models import Certificate


class KeptFileDamaged(Exception):
    """The kept bytes are missing or no longer those that were issued; the message is a sentence for the reader."""


def keep(number: str, year: int, pdf: BinaryIO, digest: str) -> str:
    """Store ``pdf``, whose SHA-256 is ``digest``, under a key of its own; the key. It is on the disk when this returns.
    Raises ``FileExistsError`` rather than write over one, ``OSError`` where there is no room; nothing stays then."""
    key = f"certificates/{year}/{number}-{digest[:16]}.pdf"
    store = storages["masters"]
    if store.exists(key):
        raise FileExistsError(key)
    pdf.seek(0)
    try:
        saved = store.save(key, File(pdf, name=key))
        _flush(store, saved)
    except OSError:
        with suppress(OSError):
            store.delete(key)
        raise
    if saved != key:
        store.delete(saved)
        raise FileExistsError(key)
    return key


def _flush(store, key: str) -> None:
    """Have the disk write a file of a folder now: its register entry must not outlive it in a power cut."""
    try:
        place = store.path(key)
    except NotImplementedError:  # not a folder of this machine
        return
    with open(place, "rb") as file:
        os.fsync(file.fileno())


def remove_unentered(certificate: Certificate) -> None:
    """Take away what was stored under the number of a void ``certificate``: its issue ended before the entry."""
    store, folder = storages["masters"], f"certificates/{certificate.year}"
    with suppress(OSError):
        for name in store.listdir(folder)[1]:
            if name.startswith(f"{certificate.number}-"):
                store.delete(f"{folder}/{name}")


def issued_bytes(certificate: Certificate) -> bytes:
    """The bytes that were issued, checked against the register. Raises ``KeptFileDamaged``."""
    try:
        with storages["masters"].open(certificate.key) as file:
            pdf = file.read()
    except OSError as error:
        raise KeptFileDamaged(_("The kept file of this certificate is missing from the store.")) from error
    if hashlib.sha256(pdf).hexdigest() != certificate.sha256:
        raise KeptFileDamaged(_("The kept file of this certificate is no longer the one that was issued."))
    return pdf
