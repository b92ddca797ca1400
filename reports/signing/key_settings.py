"""Reading the signing keys from the environment. It is read by the settings, and so imports nothing of Django.

``FONDS_SIGNING_KEYS`` names the keys, ``name=kind:place`` with ``;`` between them::

    seal=pkcs12:/srv/keys/seal.p12;hall=pkcs11:/usr/lib/softhsm/libsofthsm2.so,token=Fonds,label=hall

The password (PIN) of ``seal`` is ``FONDS_SIGNING_PASSWORD_SEAL``, or ``FONDS_SIGNING_PASSWORD`` for all of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

KINDS = ("development", "pkcs12", "pkcs11")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")


@dataclass(frozen=True)
class KeySetting:
    """Where a key is. ``place`` is the key file, or the module of the token; ``options`` of a token are ``token`` and
    ``label``. The password is never shown by ``repr``."""

    name: str
    kind: str
    place: Path
    options: Mapping[str, str] = field(default_factory=dict, hash=False)
    password: str = field(default="", repr=False)


def read_keys(text: str, environment: Mapping[str, str], data_folder: Path) -> dict[str, KeySetting]:
    """The keys by name, in the order given; the first is used where the office names none. Without ``text`` it is the
    development key in ``data_folder``. Raises ``ValueError``."""
    keys = {}
    for part in filter(None, (part.strip() for part in (text or "development=development").split(";"))):
        name, _equals, rest = (piece.strip() for piece in part.partition("="))
        kind, _colon, place = rest.partition(":")
        place, *pairs = (piece.strip() for piece in place.split(","))
        options = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        place = place or (str(data_folder / "keys" / f"{name}.p12") if kind == "development" else "")
        if not _NAME.fullmatch(name) or kind not in KINDS or not place or len(options) != len(pairs):
            raise ValueError(
                f"FONDS_SIGNING_KEYS: {part!r} is not name=kind:place, kind being one of {', '.join(KINDS)}"
            )
        if kind == "pkcs11" and not options.get("label"):
            raise ValueError(f"FONDS_SIGNING_KEYS: {part!r} does not say the label of the key: …,label=NAME")
        password = environment.get(f"FONDS_SIGNING_PASSWORD_{name.upper()}") or environment.get(
            "FONDS_SIGNING_PASSWORD"
        )
        keys[name] = KeySetting(name, kind, Path(place), options, password or "")
    return keys
