"""A real OpenID provider, run by the tests as a server of its own: ``openid_provider.py FOLDER PORT CALLBACK``.

It is Django with allauth's provider: one client (``fonds``/``client-secret``, PKCE), two people with passwords, a claim
``groups``. What it answers is what the library answers.
"""

import os
import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

LOGIN = "<form method=post>{% csrf_token %}{{ form }}<button>in</button></form>"
FOLDER, PORT, CALLBACK = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


def key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


settings.configure(
    SECRET_KEY="the-provider-of-the-tests",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="urls_of_provider",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "provider.sqlite3"}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "allauth",
        "allauth.account",
        "allauth.idp.oidc",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": ["django.template.context_processors.request"],
                "loaders": [
                    ("django.template.loaders.locmem.Loader", {"registration/login.html": LOGIN}),
                    "django.template.loaders.app_directories.Loader",
                ],
            },
        }
    ],
    LOGIN_URL="/sign-in/",
    ACCOUNT_RATE_LIMITS=False,
    IDP_OIDC_PRIVATE_KEY=key(),
    IDP_OIDC_ADAPTER="adapter_of_provider.Adapter",
)


def main() -> None:
    """Make the database, the client and the people; serve."""
    import types

    django.setup()
    from allauth.account.models import EmailAddress
    from allauth.idp.oidc.adapter import DefaultOIDCAdapter
    from allauth.idp.oidc.models import Client
    from django.contrib.auth.models import Group, User
    from django.contrib.auth.views import LoginView
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.urls import include, path

    class Adapter(DefaultOIDCAdapter):
        def get_claims(self, purpose, user, client, scopes, email=None, **kwargs):
            claims = super().get_claims(purpose, user, client, scopes, email, **kwargs)
            return {**claims, "groups": sorted(user.groups.values_list("name", flat=True))}

    sys.modules["adapter_of_provider"] = types.SimpleNamespace(Adapter=Adapter)
    sys.modules["urls_of_provider"] = types.SimpleNamespace(
        urlpatterns=[
            path("sign-in/", LoginView.as_view()),
            path("account/", include("allauth.account.urls")),
            path("", include("allauth.idp.urls")),
        ]
    )
    call_command("migrate", verbosity=0)
    client = Client(
        id="fonds",
        name="Fonds",
        scopes="openid\nprofile\nemail",
        redirect_uris=CALLBACK,
        skip_consent=True,
    )
    client.set_secret("client-secret")
    client.save()
    group = Group.objects.create(name="archive-editors")
    for name, family, given in (("zhang", "张", "三"), ("li", "李", "四")):
        user = User.objects.create_user(
            name, f"{name}@example.org", "provider-word", last_name=family, first_name=given
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    User.objects.get(username="zhang").groups.add(group)
    with make_server("127.0.0.1", PORT, get_wsgi_application(), handler_class=Quiet) as server:
        print("ready", flush=True)
        server.serve_forever()


class Quiet(WSGIRequestHandler):
    def log_message(self, *args) -> None:
        """Nothing: the tests read the answers."""


if __name__ == "__main__":
    os.umask(0o077)
    main()
