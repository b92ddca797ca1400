"""The demo on 127.0.0.1: open to this machine only, a known secret, mails written to the folder ``mail`` of the data."""

import os

from .base import *  # noqa: F403
from .base import ALLOWED_HOSTS, FONDS_DATA

ALLOWED_HOSTS = [*ALLOWED_HOSTS, "127.0.0.1", "localhost", "[::1]"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = FONDS_DATA / "mail"
# The demo's password is enough; FONDS_SECOND_FACTOR=1 shows the second factor.
FONDS_SECOND_FACTOR = os.environ.get("FONDS_SECOND_FACTOR", "") == "1"
