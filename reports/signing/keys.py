"""Opening a signing key: one small function per kind, all giving the same thing. A further kind is a further function in
``OPENERS``; what it must give: docs/developer/signing.md."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from asn1crypto import x509
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from pyhanko.sign.signers import Signer, SimpleSigner

from .faults import SigningFault
from .key_settings import KeySetting

WARNED_BEFORE = timedelta(days=60)


@dataclass(frozen=True)
class OpenKey:
    """A key ready to sign. ``chain`` holds the certificates that came with it, its own first; ``is_specimen``: what it
    signs is no document of the archive."""

    signer: Signer
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    is_specimen: bool

    @property
    def ends_at(self) -> datetime:
        """The moment at which the certificate expires."""
        return self.certificate["tbs_certificate"]["validity"]["not_after"].native

    @property
    def begins_at(self) -> datetime:
        return self.certificate["tbs_certificate"]["validity"]["not_before"].native


def key_setting(name: str = "") -> KeySetting:
    """The setting of the key ``name``, the first where it is empty. Raises ``SigningFault``."""
    keys = settings.FONDS_SIGNING_KEYS
    if not name and keys:
        return next(iter(keys.values()))
    if name not in keys:
        raise SigningFault(_("There is no signing key named “%(name)s” in FONDS_SIGNING_KEYS.") % {"name": name})
    return keys[name]


@contextmanager
def opened(setting: KeySetting) -> Iterator[OpenKey]:
    """The key of ``setting``, in its time of validity, for as long as the block runs. Raises ``SigningFault`` where it
    is missing, cannot be opened with the password, or is not valid today."""
    with OPENERS[setting.kind](setting) as key:
        _check_time(key)
        yield key


def _check_time(key: OpenKey) -> None:
    now = timezone.now()
    if key.ends_at <= now:
        raise SigningFault(
            _(
                "The certificate of the signing key expired on %(day)s. A new one must be set up before anything is issued."
            )
            % {"day": date_format(timezone.localtime(key.ends_at), "Y-m-d")}
        )
    if key.begins_at > now:
        raise SigningFault(
            _("The certificate of the signing key is valid from %(day)s on only. Check the clock of the server.")
            % {"day": date_format(timezone.localtime(key.begins_at), "Y-m-d")}
        )


@contextmanager
def _open_file(setting: KeySetting) -> Iterator[OpenKey]:
    try:
        state = setting.place.stat()
    except FileNotFoundError as error:
        raise SigningFault(_missing(setting)) from error
    except OSError as error:
        raise SigningFault(_unreadable(setting)) from error
    yield _read_file(setting, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _read_file(setting: KeySetting, _changed: int, _size: int) -> OpenKey:
    """The key in a PKCS#12 file, read once until the file changes: its password costs time to try."""
    try:
        data = setting.place.read_bytes()
    except OSError as error:
        raise SigningFault(_unreadable(setting)) from error
    try:
        signer = SimpleSigner.load_pkcs12_data(data, [], setting.password.encode() or None)
    except (ValueError, TypeError, AttributeError) as error:
        raise SigningFault(
            _("The signing key “%(name)s” cannot be opened: the password is wrong, or the file is damaged.")
            % {"name": setting.name}
        ) from error
    certificate = signer.signing_cert
    chain = (certificate, *(each for each in signer.cert_registry if each.sha256 != certificate.sha256))
    return OpenKey(signer, certificate, chain, setting.kind == "development")


def _missing(setting: KeySetting) -> str:
    if setting.kind == "development":
        return _(
            "There is no signing key. Set up the key of the archive, or make one for trying out: make_signing_key."
        )
    return _("The file of the signing key “%(name)s” is missing.") % {"name": setting.name}


def _unreadable(setting: KeySetting) -> str:
    return _("The file of the signing key “%(name)s” cannot be read.") % {"name": setting.name}


@contextmanager
def _open_token(setting: KeySetting) -> Iterator[OpenKey]:
    """The key on a token (PKCS#11), in a session of its own: a token that was pulled out and put back works again."""
    import pkcs11
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    label, token = setting.options["label"], setting.options.get("token")
    try:
        session = open_pkcs11_session(
            str(setting.place),
            token_criteria=TokenCriteria(label=token) if token else None,
            user_pin=setting.password or None,
        )
    except (pkcs11.exceptions.PinIncorrect, pkcs11.exceptions.PinInvalid, pkcs11.exceptions.PinLenRange,
            pkcs11.exceptions.PinLocked) as error:  # fmt: skip
        raise SigningFault(
            _("The token of the signing key “%(name)s” refuses the PIN.") % {"name": setting.name}
        ) from error
    except (pkcs11.PKCS11Error, OSError, RuntimeError) as error:
        raise SigningFault(_unplugged(setting)) from error
    with session:
        try:
            signer = PKCS11Signer(session, cert_label=label, key_label=label, other_certs_to_pull=None)
            certificate = signer.signing_cert
            # Few tokens hash for an elliptic curve themselves; all sign a digest.
            signer.use_raw_mechanism = certificate.public_key.algorithm == "ec"
            chain = (certificate, *(each for each in signer.cert_registry if each.sha256 != certificate.sha256))
        except Exception as error:  # of the driver and of the library, of many kinds
            raise SigningFault(
                _("The token of the signing key “%(name)s” holds no key and certificate with the label %(label)s.")
                % {"name": setting.name, "label": label}
            ) from error
        yield OpenKey(signer, certificate, chain, is_specimen=False)


def _unplugged(setting: KeySetting) -> str:
    return _("The token of the signing key “%(name)s” does not answer. Is it plugged in?") % {"name": setting.name}


#: Kind of key → the context manager that opens it: takes a ``KeySetting``, gives an ``OpenKey``, raises ``SigningFault``.
OPENERS: dict[str, Callable] = {"development": _open_file, "pkcs12": _open_file, "pkcs11": _open_token}
