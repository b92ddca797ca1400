"""The tests: fast password hashing, mail kept in memory, jobs run at once."""

import os
import tempfile

os.environ.setdefault("FONDS_DATA", tempfile.mkdtemp(prefix="fonds-test-"))

from .base import *  # noqa: F403
from .base import DATABASES, FONDS_DATA, STORAGES

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# What the tests of accounts switch on, each for itself.
AXES_ENABLED = FONDS_SECOND_FACTOR = False
FONDS_RATE_LIMITS = {}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: a live server for the browser reads it from another thread.
    DATABASES["default"]["TEST"] = {"NAME": str(FONDS_DATA / "test.sqlite3")}
else:
    # Nobody can be connected to template0, so several processes can make their databases at once.
    DATABASES["default"]["TEST"] = {"TEMPLATE": "template0"}
