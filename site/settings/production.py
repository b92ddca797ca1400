"""Production behind a TLS proxy. Refuses to start with a default secret, DEBUG, no host names or public masters."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import ALLOWED_HOSTS, FONDS_DATA, INSECURE_SECRET_KEY, SECRET_KEY, STATIC_ROOT

if os.environ.get("DEBUG", "").lower() in {"1", "true", "yes", "on"}:
    raise ImproperlyConfigured("DEBUG must not be set in production.")
if SECRET_KEY == INSECURE_SECRET_KEY or len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:
    raise ImproperlyConfigured("SECRET_KEY must be set to a random value of at least 50 characters.")
if len(os.environ.get("FIELD_KEY", "")) < 32 or os.environ["FIELD_KEY"] == SECRET_KEY:
    raise ImproperlyConfigured("FIELD_KEY must be set to a random value of its own of at least 32 characters.")
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the host names of this site, separated by commas.")
for _public in filter(None, [str(STATIC_ROOT), os.environ.get("PUBLIC_ROOT", "")]):
    for _private in ("library", "masters", "derivatives"):
        if (FONDS_DATA / _private).is_relative_to(Path(_public).resolve()):
            raise ImproperlyConfigured(f"The folder {_private} lies inside the public folder {_public}.")

DEBUG = False
FONDS_TRUSTED_PROXIES = int(os.environ.get("FONDS_TRUSTED_PROXIES", 1))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
# Browsers keep these names for this host alone, over TLS alone.
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", 25))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "") == "1"
EMAIL_USE_SSL = os.environ.get("EMAIL_USE_SSL", "") == "1"
EMAIL_TIMEOUT = 20
# Only the public address of the site may stand in mails and printouts.
WAGTAILADMIN_BASE_URL = os.environ.get("BASE_URL", f"https://{ALLOWED_HOSTS[0]}")
