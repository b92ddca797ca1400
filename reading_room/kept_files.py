"""The issued bytes of certificates, written once into the store of masters and never changed."""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.translation import gettext as _

from .models import Certificate


class KeptFileDamaged(Exception):
    """The kept bytes are missing or no longer those that were issued; the message is a sentence for the reader."""


def keep(number: str, year: int, pdf: bytes) -> tuple[str, str]:
    """Store ``pdf`` under a key of its own; key and SHA-256. Raises ``FileExistsError`` rather than write over one."""
    digest = hashlib.sha256(pdf).hexdigest()
    key = f"certificates/{year}/{number}-{digest[:16]}.pdf"
    store = storages["masters"]
    saved = store.save(key, ContentFile(pdf))
    if saved != key:
        store.delete(saved)
        raise FileExistsError(key)
    return key, digest


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
