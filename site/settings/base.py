"""Settings shared by demo, test and production. Everything that differs between places is an environment variable."""

import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import dj_database_url
from django.utils.translation import gettext_lazy as _

from fonds.access.accounts.rates import read_limits
from fonds.reports.signing.key_settings import read_keys

ROOT = Path(__file__).resolve().parent.parent.parent
FONDS_DATA = Path(os.environ.get("FONDS_DATA") or ROOT / "var").resolve()
FONDS_DATA.mkdir(parents=True, exist_ok=True)

INSECURE_SECRET_KEY = "fonds-demo-key-never-use-in-production"
SECRET_KEY = os.environ.get("SECRET_KEY", INSECURE_SECRET_KEY)
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "fonds.site.apps.SiteConfig",
    "fonds.audit.apps.AuditConfig",
    "fonds.access.apps.AccessConfig",
    "fonds.reports.apps.ReportsConfig",
    "fonds.archive_pages.apps.ArchivePagesConfig",
    "fonds.collections.apps.CollectionsConfig",
    "fonds.policies.apps.PoliciesConfig",
    "fonds.search.apps.SearchConfig",
    "fonds.reading_room.apps.ReadingRoomConfig",
    "wagtail.users",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.snippets",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail_modeladmin",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "taggit",
    "modelcluster",
    "django_tasks",
    "django_tasks_db",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "fonds.access.accounts.apps.UserSessionsConfig",
    "axes",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "fonds.audit.middleware.RequestOrigin",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "fonds.site.middleware.PublicContentSecurityPolicy",
    "fonds.site.middleware.FreshAnswers",
    "fonds.access.accounts.limits.RateLimits",
    "fonds.archive_pages.middleware.OpensByDate",
    "fonds.site.page_cache.PublicPageCache",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "fonds.access.accounts.sessions.IdleEnd",
    "django.contrib.messages.middleware.MessageMiddleware",
    "fonds.access.door_middleware.Doors",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "fonds.site.middleware.NoNullBytes",
    "allauth.account.middleware.AccountMiddleware",
    "fonds.access.accounts.second_factor.SecondFactor",
    "axes.middleware.AxesMiddleware",
    "fonds.audit.middleware.WholeChanges",
]

ROOT_URLCONF = "fonds.site.urls"
WSGI_APPLICATION = "fonds.site.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fonds.site.context.site_frame",
            ],
        },
    }
]

# --- Database: embedded SQLite in WAL mode, or what DATABASE_URL names ---------------------------------------------

DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{FONDS_DATA / 'fonds.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
    }
else:
    # To compile a statement, or to start helpers for it, takes PostgreSQL longer than most of ours run.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c jit=off -c max_parallel_workers_per_gather=0"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Files: three stores, none of which has a public address -------------------------------------------------------


def file_stores(url: str) -> dict:
    """The three file stores for ``STORAGE_URL``: empty for folders under FONDS_DATA, or
    ``s3://bucket/prefix?endpoint=https://host&region=name`` for S3-compatible storage."""
    folders = ("library", "masters", "derivatives")
    if not url:
        return {
            name: {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": str(FONDS_DATA / name), "base_url": f"/files/{name}/"},
            }
            for name in folders
        }
    parts = urlsplit(url)
    if parts.scheme != "s3":
        raise ValueError("STORAGE_URL must be empty or start with s3://")
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return {
        name: {
            "BACKEND": "fonds.collections.object_store.PrivateS3Storage",
            "OPTIONS": {
                "base_url": f"/files/{name}/",
                "bucket_name": parts.netloc,
                "location": "/".join(filter(None, [parts.path.strip("/"), name])),
                "endpoint_url": query.get("endpoint"),
                "region_name": query.get("region"),
                "default_acl": "private",
                "querystring_auth": True,
            },
        }
        for name in folders
    }


_stores = file_stores(os.environ.get("STORAGE_URL", ""))
STORAGES = {
    "default": _stores["library"],
    "masters": _stores["masters"],
    "derivatives": _stores["derivatives"],
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_URL = "/files/library/"
# Internal location (a prefix such as /protected/) from which the web server sends the bytes of FONDS_DATA itself.
FONDS_ACCEL_PREFIX = os.environ.get("FONDS_ACCEL_PREFIX", "")
STATIC_URL = "/static/"
STATIC_ROOT = FONDS_DATA / "static"
STATICFILES_DIRS = [ROOT / "static"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_NUMBER_FILES = 5_000  # a folder of scans
FILE_UPLOAD_TEMP_DIR = None

# Limits of what an upload may hold (bytes, pixels, entries).
FONDS_MAX_LIST_BYTES = 50 * 1024**2
FONDS_MAX_ZIP_BYTES = int(os.environ.get("FONDS_MAX_ZIP_BYTES", 4 * 1024**3))
FONDS_MAX_ZIP_ENTRIES = 100_000
FONDS_MAX_PIXELS = int(os.environ.get("FONDS_MAX_PIXELS", 400_000_000))

# --- Language and time ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = [("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = sorted(path for path in (ROOT / "locale").glob("*") if path.is_dir())
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- Accounts ------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "access.User"
LOGIN_URL = WAGTAILADMIN_LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my_account"
LOGOUT_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "first_name", "last_name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Minutes without a request after which a session ends; 0: never. What an open page asks by itself does not count.
FONDS_IDLE_MINUTES = int(os.environ.get("FONDS_IDLE_MINUTES", 30))
FONDS_IDLE_IGNORED = ("/admin/editing-sessions/", "/desk/state/", "/desk/mirror/")
# Whether readers may sign up themselves.
FONDS_SIGN_UP = os.environ.get("FONDS_SIGN_UP", "1") == "1"

# The second factor: obligatory for administrators and managers, and for the groups named here besides.
FONDS_SECOND_FACTOR = os.environ.get("FONDS_SECOND_FACTOR", "1") == "1"
FONDS_SECOND_FACTOR_ROLES = [name for name in os.environ.get("FONDS_SECOND_FACTOR_ROLES", "").split(",") if name]

# Lock-out: failures of one account, failures from one address, and how long either is locked.
AXES_FAILURE_LIMIT = int(os.environ.get("FONDS_ACCOUNT_FAILURES", 5))
FONDS_ADDRESS_FAILURES = int(os.environ.get("FONDS_ADDRESS_FAILURES", 50))
FONDS_LOCKOUT_MINUTES = int(os.environ.get("FONDS_LOCKOUT_MINUTES", 15))
AXES_COOLOFF_TIME = "fonds.access.accounts.lockout.cool_off"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_HANDLER = "fonds.access.accounts.lockout.LockOut"
AXES_USERNAME_CALLABLE = "fonds.access.accounts.lockout.account_named"
AXES_CLIENT_IP_CALLABLE = "fonds.access.accounts.lockout.address_of"
AXES_LOCKOUT_CALLABLE = "fonds.access.accounts.lockout.locked_answer"
AXES_USERNAME_FORM_FIELD = "login"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False

# Requests per address: door=requests/seconds; empty for none. Doors: search, suggest, verify, sign_in, sign_up.
FONDS_RATE_LIMITS = read_limits(
    os.environ.get("FONDS_RATE_LIMITS", "search=300/60,suggest=1500/60,verify=120/60,sign_in=120/60,sign_up=60/3600")
)

ACCOUNT_ADAPTER = "fonds.access.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "fonds.access.accounts.sign_up_form.SignUpFields"
ACCOUNT_FORMS = {"login": "fonds.access.accounts.forms.SignInForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
# Addresses are counted by FONDS_RATE_LIMITS, passwords by the lock-out; here what is left: codes, mails.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "signup": None,
    "reset_password": "5/h/key",
    "reset_password_from_key": None,
    "login_failed": "5/5m/key",
}
MFA_ADAPTER = "fonds.access.accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1

# Single sign-on by OpenID Connect, off without OIDC_SERVER_URL. Claims give no rights, unless FONDS_OIDC_GROUPS
# ("value of the claim=group;…") says so.
SOCIALACCOUNT_ADAPTER = "fonds.access.accounts.single_sign_on.SingleSignOnAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_EMAIL_REQUIRED = False
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = (
    os.environ.get("FONDS_OIDC_LINK_BY_EMAIL", "") == "1"
)
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "fonds.access.accounts.single_sign_on.ArchiveOpenIDConnect",
        "OAUTH_PKCE_ENABLED": True,
    }
}
if os.environ.get("OIDC_SERVER_URL"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"] = [
        {
            "provider_id": "oidc",
            "name": os.environ.get("OIDC_NAME", "OpenID Connect"),
            "client_id": os.environ["OIDC_CLIENT_ID"],
            "secret": os.environ["OIDC_CLIENT_SECRET"],
            "settings": {"server_url": os.environ["OIDC_SERVER_URL"]},
        }
    ]
FONDS_OIDC_GROUPS_CLAIM = os.environ.get("FONDS_OIDC_GROUPS_CLAIM", "groups")
FONDS_OIDC_GROUPS = dict(
    pair.split("=", 1) for pair in os.environ.get("FONDS_OIDC_GROUPS", "").split(";") if "=" in pair
)

# What several processes must know of one another: codes that were used, mails that were sent.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": FONDS_DATA / "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("FONDS_MAIL_FROM", "archive@localhost")
X_FRAME_OPTIONS = "DENY"

# --- Access: what a unit is at least that is not open, or closed until a day (fonds.access.enums.Rank) -----------------

FONDS_UNOPENED_CATALOGUE_RANK = int(os.environ.get("FONDS_UNOPENED_CATALOGUE_RANK", 2))
FONDS_UNOPENED_CONTENT_RANK = int(os.environ.get("FONDS_UNOPENED_CONTENT_RANK", 3))
# Whether the entry (never the content) of a unit marked 机密 or 绝密 may be kept.
FONDS_KEEP_CLASSIFIED_ENTRIES = os.environ.get("FONDS_KEEP_CLASSIFIED_ENTRIES", "") == "1"
# How many days a permission of use may run at most.
FONDS_GRANT_MAX_DAYS = int(os.environ.get("FONDS_GRANT_MAX_DAYS", 365))

# --- Signing of certified copies (docs/administrator/signing.md) ---------------------------------------------------------

FONDS_SIGNING_KEYS = read_keys(os.environ.get("FONDS_SIGNING_KEYS", ""), os.environ, FONDS_DATA)
# Address of a time-stamp service (RFC 3161), empty for none; seconds that it may take.
FONDS_TIMESTAMP_URL = os.environ.get("FONDS_TIMESTAMP_URL", "")
FONDS_TIMESTAMP_TIMEOUT = float(os.environ.get("FONDS_TIMESTAMP_TIMEOUT", 5))
# Files, or folders of files, with the certificates that keys and time-stamp service must lead to.
FONDS_TRUSTED_ROOTS = [place for place in os.environ.get("FONDS_TRUSTED_ROOTS", "").split(":") if place]

# --- Wagtail -------------------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Fonds"
WAGTAIL_PAGE_MODEL = "archive_pages.ArchivePage"
WAGTAILIMAGES_IMAGE_MODEL = "fonds_collections.ArchiveImage"
WAGTAILDOCS_DOCUMENT_MODEL = "fonds_collections.ArchiveDocument"
WAGTAILIMAGES_IMAGE_FORM_BASE = "fonds.collections.forms.ArchiveImageForm"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "tif", "tiff", "heic", "heif"]
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 178_000_000  # beyond this Pillow takes a picture for a decompression bomb
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 200 * 1024**2
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "md", "ofd", "pdf", "txt", "xlsx", "zip"]
# Passwords and addresses are changed on the account pages, where they are confirmed.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_RESET_ENABLED = WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILADMIN_BASE_URL = os.environ.get("BASE_URL", "http://127.0.0.1:8000")
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ALLOW_UNICODE_SLUGS = True
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "fonds.search.wagtail_backend"}}
TAGGIT_CASE_INSENSITIVE = True

# The read-only API for programs at /api/v2/ and /api/v3/; off with 0.
FONDS_API = os.environ.get("FONDS_API", "1") == "1"
WAGTAILAPI_LIMIT_MAX = 100

# Addresses whose answers are never kept by the page cache.
FONDS_UNCACHED_PATHS = [
    "/api/",
    "/account/",
    "/admin/",
    "/files/",
    "/certify/",
    "/desk/",
    "/i18n/",
    "/documents/",
    "/requests/",
    "/iiif/",
]

# --- Audit: who did what -------------------------------------------------------------------------------------------

# How many proxies of ours stand in front; their entries at the end of X-Forwarded-For are believed.
FONDS_TRUSTED_PROXIES = int(os.environ.get("FONDS_TRUSTED_PROXIES", 0))
# Events in one seal at most; every so many events a seal is tried for.
FONDS_AUDIT_SEAL_EVERY = int(os.environ.get("FONDS_AUDIT_SEAL_EVERY", 1000))
# How long events are kept at least.
FONDS_AUDIT_KEEP_DAYS = int(os.environ.get("FONDS_AUDIT_KEEP_DAYS", 3650))
FONDS_BREAK_GLASS_HOURS = float(os.environ.get("FONDS_BREAK_GLASS_HOURS", 4))
# Encrypts identity numbers; outside production it follows from the secret key.
FIELD_KEY = os.environ.get("FIELD_KEY") or SECRET_KEY

# --- Jobs ----------------------------------------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
    # What it warns of in a faulty scan is told to the person who delivered it, as a fault of that file.
    "loggers": {"pyvips": {"level": "ERROR"}, "axes": {"level": "ERROR"}},
}
