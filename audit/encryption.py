"""Identity numbers and the like: encrypted in the database, masked on the screen.

The key comes from ``FIELD_KEY`` (any long random text; several, separated by commas, while a key is changed: the first
encrypts, all decrypt). A value cannot be searched for; keep a keyed digest beside it where that is needed.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class Undecipherable(Exception):
    """The stored value was encrypted with another key or was damaged."""


@lru_cache(maxsize=4)
def _cipher(keys: str):
    from cryptography.fernet import Fernet, MultiFernet

    parts = [part.strip() for part in keys.split(",") if part.strip()]
    if not parts:
        raise ImproperlyConfigured("FIELD_KEY must be set to a long random text.")
    made = [base64.urlsafe_b64encode(hashlib.sha256(b"fonds-field:" + part.encode()).digest()) for part in parts]
    return MultiFernet([Fernet(key) for key in made])


def encrypt(text: str) -> str:
    """``text`` as it is stored; the same text never looks the same twice. Empty stays empty."""
    return _cipher(settings.FIELD_KEY).encrypt(text.encode()).decode() if text else ""


def decrypt(stored: str) -> str:
    """The text that was encrypted. Raises ``Undecipherable``."""
    from cryptography.fernet import InvalidToken

    if not stored:
        return ""
    try:
        return _cipher(settings.FIELD_KEY).decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise Undecipherable("encrypted with another FIELD_KEY, or damaged") from error


def keyed_digests(text: str) -> list[str]:
    """The keyed hashes of ``text`` (HMAC-SHA-256, hexadecimal) under each key of ``FIELD_KEY``, the one to store first:
    beside an encrypted value, they find it again. Without the key nobody can try out what was hashed."""
    parts = [part.strip() for part in settings.FIELD_KEY.split(",") if part.strip()]
    if not parts:
        raise ImproperlyConfigured("FIELD_KEY must be set to a long random text.")
    keys = [hashlib.sha256(b"fonds-digest:" + part.encode()).digest() for part in parts]
    return [hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in keys]


def mask(number: str, head: int = 3, tail: int = 2) -> str:
    """``number`` with its middle hidden: ``330602198501011234`` → ``330*************34``.

    At least half of it is always hidden; the length stays, so that two people can compare what they see.
    """
    length = len(number)
    if head + tail > length // 2:
        head, tail = length // 4, length // 4
    return number[:head] + "*" * (length - head - tail) + (number[length - tail :] if tail else "")


class EncryptedTextField(models.TextField):
    """Text that is stored encrypted and read in clear. Look-ups by value find nothing and are refused."""

    description = "Encrypted text"

    def from_db_value(self, value, expression, connection):
        return value if value is None else decrypt(value)

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return value if value is None else encrypt(value)

    def get_lookup(self, lookup_name):
        if lookup_name != "isnull":
            raise TypeError("An encrypted field cannot be searched by value.")
        return super().get_lookup(lookup_name)
