"""A signer made ready: everything that can fail is tried before a document is begun.

What costs time (the answer of the time-stamp service that shows its certificates, what issuers say of revocation) is
kept in the process for ``KEPT_SECONDS``.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from .faults import SigningFault
from .keys import OpenKey, key_setting, opened
from .proofs import Proofs, collect_proofs
from .running import run_to_end
from .timestamps import TimeStampService

logger = logging.getLogger(__name__)

DIGEST = "sha256"
KEPT_SECONDS = 600


@dataclass(frozen=True)
class _Stamping:
    """The time-stamp service, known to answer, and the proofs for the key and for it."""

    stamper: TimeStampService
    proofs: Proofs
    made_at: float


_stampings: dict[tuple, _Stamping] = {}
_stampings_lock = threading.Lock()
_rooms: dict[tuple, int] = {}  # certificate and service → length of a signature


@dataclass(frozen=True)
class ReadySigner:
    """An open key with all it takes to sign one document. ``room`` is the length of a signature in bytes, with
    something to spare; ``stamper`` is ``None`` where no time-stamp service is set up."""

    key: OpenKey
    stamper: TimeStampService | None
    proofs: Proofs
    room: int

    @property
    def level(self) -> str:
        """The PAdES level (ETSI EN 319 142-1, 5.3): ``B-LT`` with time stamp and proofs, else ``B-B``."""
        return "B-LT" if self.stamper else "B-B"

    def sign(self, digest: bytes) -> bytes:
        """The signature (CMS, DER) over the SHA-256 ``digest`` of a document. Raises ``SigningFault``."""
        signature = _finished(_signed(self.key, self.stamper, digest))
        if len(signature) > self.room:
            raise SigningFault(_("The time-stamp service sent more than there is room for. Try again."))
        return signature


@contextmanager
def ready_signer(name: str = "") -> Iterator[ReadySigner]:
    """The key ``name`` (the first, where empty) ready to sign for as long as the block runs. Raises ``SigningFault``
    where it would fail: key, password, token, validity, time-stamp service, chains."""
    setting = key_setting(name)
    with opened(setting) as key:
        stamping = _stamping(key)
        stamper, proofs = (stamping.stamper, stamping.proofs) if stamping else (None, Proofs())
        yield ReadySigner(key, stamper, proofs, _room(key, stamper))


def _room(key: OpenKey, stamper: TimeStampService | None) -> int:
    """The length of a signature in bytes, half as much again to spare: what a time-stamp service sends varies."""
    mark = (key.certificate.sha256, stamper.url if stamper else "")
    if mark not in _rooms:
        trial = _finished(_signed(key, stamper, hashlib.sha256().digest(), trial=True))
        _rooms[mark] = len(trial) + len(trial) // 2 + 512
    return _rooms[mark]


def _stamping(key: OpenKey) -> _Stamping | None:
    url = settings.FONDS_TIMESTAMP_URL
    if not url:
        return None
    mark = (url, settings.FONDS_TIMESTAMP_TIMEOUT, tuple(settings.FONDS_TRUSTED_ROOTS), key.certificate.sha256)
    with _stampings_lock:
        kept = _stampings.get(mark)
        if kept is None or time.monotonic() - kept.made_at > KEPT_SECONDS:
            stamper = TimeStampService(url, settings.FONDS_TIMESTAMP_TIMEOUT)
            kept = _Stamping(stamper, _finished(_asked(key, stamper)), time.monotonic())
            _stampings[mark] = kept
    return kept


async def _asked(key: OpenKey, stamper: TimeStampService) -> Proofs:
    await stamper.async_dummy_response(DIGEST)
    return await collect_proofs(key, stamper)


async def _signed(key: OpenKey, stamper: TimeStampService | None, digest: bytes, *, trial: bool = False) -> bytes:
    made = await key.signer.async_sign(
        digest,
        DIGEST,
        dry_run=trial,
        use_pades=True,
        timestamper=stamper,
        signed_attr_settings=PdfCMSSignedAttributes(),
    )
    return made.dump()


def _finished(work: Coroutine):
    """What ``work`` gives. Raises ``SigningFault``."""
    try:
        return run_to_end(work)
    except SigningFault:
        raise
    except OSError as error:  # TimestampRequestError is one
        logger.warning("the time-stamp service does not serve: %s", error)
        raise SigningFault(
            _("The time-stamp service does not answer as it should. Nothing can be signed until it does.")
        ) from error
    except SigningError as error:
        logger.exception("the key does not sign")
        raise SigningFault(_("The signing key does not sign. Ask the administrator to look at it.")) from error
    except Exception as error:  # drivers of tokens raise what they like
        logger.exception("signing failed")
        raise SigningFault(_("The signing key does not sign. Is its token plugged in?")) from error
