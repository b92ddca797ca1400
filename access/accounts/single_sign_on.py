"""Single sign-on by OpenID Connect: allauth's code flow with PKCE and state, and what it leaves to us.

We add the nonce of OpenID Connect Core 3.1.2.1, demand an ID token that repeats it, and that the answer of the user info
endpoint is about the same person (5.3.2). Nobody gets rights by signing in: ``FONDS_OIDC_GROUPS`` may name groups.
"""

from logging import getLogger

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import settings
from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import get_random_string
from requests import RequestException

logger = getLogger(__name__)

NONCES_KEY = "fonds_oidc_nonces"
_PENDING = 10


class ArchiveOpenIDConnect(OpenIDConnectProvider):
    """The provider named by ``OIDC_SERVER_URL``."""

    package = OpenIDConnectProvider.get_package()

    def get_auth_params_from_request(self, request: HttpRequest, action) -> dict:
        """Only what the settings say; a link cannot add parameters."""
        return self.get_auth_params()

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return self.get_scope()

    def redirect(self, request: HttpRequest, process, next_url=None, data=None, **kwargs) -> HttpResponse:
        """Send the reader to the provider with a fresh nonce. Only to sign in: accounts are linked by settings."""
        if process != "login":
            raise Http404
        nonce = get_random_string(32)
        request.session[NONCES_KEY] = [*request.session.get(NONCES_KEY, []), nonce][-_PENDING:]
        kwargs["auth_params"] = {**(kwargs.get("auth_params") or self.get_auth_params()), "nonce": nonce}
        try:
            return super().redirect(request, process, next_url, data, **kwargs)
        except RequestException as fault:
            logger.exception("the provider of single sign-on does not answer")
            return render_authentication_error(request, self, exception=fault)

    def sociallogin_from_response(self, request: HttpRequest, response: dict):
        """The sign-in that an answer of the provider means. Raises ``OAuth2Error`` where it does not answer our question."""
        claims = response.get("id_token")
        if not claims:
            raise OAuth2Error("the provider sent no ID token")
        nonces = request.session.get(NONCES_KEY, [])
        if claims.get("nonce") not in nonces:
            raise OAuth2Error("the ID token does not answer a sign-in of this session")
        request.session[NONCES_KEY] = [nonce for nonce in nonces if nonce != claims["nonce"]]
        told = response.get("userinfo")
        if told is not None and told.get("sub") != claims.get("sub"):
            raise OAuth2Error("the user info is about somebody else")
        return super().sociallogin_from_response(request, response)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """Accounts that come by single sign-on."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin) -> bool:
        """Whoever the provider knows may come in, also where readers cannot sign up."""
        return True

    def save_user(self, request: HttpRequest, sociallogin, form=None):
        user = super().save_user(request, sociallogin, form)
        sync_groups(user, sociallogin)
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin) -> None:
        if sociallogin.is_existing:
            sync_groups(sociallogin.user, sociallogin)


def sync_groups(user, sociallogin) -> None:
    """Make ``user`` a member of exactly those groups of ``FONDS_OIDC_GROUPS`` that his claims name; groups that stand in
    no mapping are left alone."""
    mapping = settings.FONDS_OIDC_GROUPS
    if not mapping:
        return
    data = sociallogin.account.extra_data
    claims = {**(data.get("id_token") or {}), **(data.get("userinfo") or {})}
    told = claims.get(settings.FONDS_OIDC_GROUPS_CLAIM) or []
    told = {told} if isinstance(told, str) else {str(each) for each in told}
    wanted = {group for value, group in mapping.items() if value in told}
    present = set(user.groups.filter(name__in=mapping.values()).values_list("name", flat=True))
    if wanted - present:
        user.groups.add(*Group.objects.filter(name__in=wanted - present))
    if present - wanted:
        user.groups.remove(*Group.objects.filter(name__in=present - wanted))
