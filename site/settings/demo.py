"""The demo on 127.0.0.1: open to this machine only, a known secret, e-mail to the console."""

from .base import *  # noqa: F403
from .base import ALLOWED_HOSTS

ALLOWED_HOSTS = [*ALLOWED_HOSTS, "127.0.0.1", "localhost", "[::1]"]
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
