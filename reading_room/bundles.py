"""Several issued files as one zip, to be handed over together."""

import zipfile
from collections.abc import Iterable
from typing import BinaryIO

from .kept_files import issued_bytes
from .models import Certificate


def write_zip(certificates: Iterable[Certificate], out: BinaryIO) -> None:
    """Write the issued bytes of ``certificates`` to ``out``, each file named by its number; nothing is packed tighter,
    pictures would not shrink. Raises ``KeptFileDamaged``."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for certificate in certificates:
            entry = zipfile.ZipInfo(f"{certificate.number}.pdf", certificate.issued_at.timetuple()[:6])
            archive.writestr(entry, issued_bytes(certificate))
