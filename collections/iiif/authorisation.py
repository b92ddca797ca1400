"""IIIF Authorization Flow 2 for pages that are closed while their entry is open.

A viewer reads of the services in the manifest, opens the sign-in page, has a token given by a hidden frame, and asks
with it whether the picture would be shown. The picture itself is sent for the session alone; the session's cookie is
not sent to frames in pages of other sites, so all this works for viewers on this site only. Open pages need none of it.
"""

from http import HTTPStatus
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from fonds.access.decisions import may
from fonds.access.doors import PUBLIC, door
from fonds.access.enums import Right
from fonds.access.models import User

from .answers import AUTH_CONTEXT, linked_data, open_to_other_sites
from .languages import in_all_languages
from .pictures import known_scan

TOKEN_SECONDS = 300
_SALT = "fonds.collections.iiif"
SIGN_IN = gettext_noop("Sign in")
HEADING = gettext_noop("These pages are not open")
NOTE = gettext_noop("Who has permission to see them signs in first.")
SIGN_OUT = gettext_noop("Sign out")


def probe_service(request: HttpRequest, pk: int) -> dict:
    """The services for the page scan ``pk``: probe, sign-in, token, sign-out."""

    def address(name: str, *args) -> str:
        return request.build_absolute_uri(reverse(name, args=args))

    return {
        "id": address("iiif_probe", pk),
        "type": "AuthProbeService2",
        "errorHeading": in_all_languages(HEADING),
        "errorNote": in_all_languages(NOTE),
        "service": [
            {
                "id": address("iiif_access"),
                "type": "AuthAccessService2",
                "profile": "active",
                "label": in_all_languages(SIGN_IN),
                "heading": in_all_languages(HEADING),
                "note": in_all_languages(NOTE),
                "confirmLabel": in_all_languages(SIGN_IN),
                "service": [
                    {"id": address("iiif_token"), "type": "AuthAccessTokenService2"},
                    {
                        "id": address("account_logout"),
                        "type": "AuthLogoutService2",
                        "label": in_all_languages(SIGN_OUT),
                    },
                ],
            }
        ],
    }


def closed_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """401 with the services by which the reader may get further."""
    content = {
        "@context": AUTH_CONTEXT,
        "type": "AuthProbeResult2",
        "status": HTTPStatus.UNAUTHORIZED,
        "heading": in_all_languages(HEADING),
        "note": in_all_languages(NOTE),
        "service": [probe_service(request, pk)],
    }
    answer = linked_data(request, content, AUTH_CONTEXT, public=False, status=HTTPStatus.UNAUTHORIZED)
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@door(decides_itself="pictures.known_scan, for whom the token or the session names", pk="scan_of_entry")
@never_cache
@open_to_other_sites
def probe(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether the picture of a page would be shown to the holder of the token, or of the session."""
    user = _holder(request) or request.user
    scan = known_scan(user, pk)
    content = {"@context": AUTH_CONTEXT, "type": "AuthProbeResult2", "status": HTTPStatus.OK}
    if not may(user, Right.VIEW, scan.unit):
        content["status"] = HTTPStatus.UNAUTHORIZED
        content |= {"heading": in_all_languages(HEADING), "note": in_all_languages(NOTE)}
    return linked_data(request, content, AUTH_CONTEXT, public=False)


@door(PUBLIC)
@never_cache
@require_safe
def access(request: HttpRequest) -> HttpResponse:
    """The window that a viewer opens: the sign-in page first, then a page that closes itself."""
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?next={reverse('iiif_access')}")
    return render(request, "collections/iiif/signed_in.html")


@door(PUBLIC)
@never_cache
@require_safe
@xframe_options_sameorigin
def token(request: HttpRequest) -> HttpResponse:
    """The hidden frame: its script posts the token, or why there is none, to the page around it."""
    origin, message = request.GET.get("origin", ""), request.GET.get("messageId", "")
    own = f"{request.scheme}://{request.get_host()}"
    content = {"@context": AUTH_CONTEXT, "messageId": message[:200]}
    if not message or not _is_origin(origin):
        content |= {"type": "AuthAccessTokenError2", "profile": "invalidRequest"}
    elif origin != own:
        content |= {"type": "AuthAccessTokenError2", "profile": "invalidOrigin"}
    elif not request.user.is_authenticated:
        content |= {"type": "AuthAccessTokenError2", "profile": "missingAspect", "heading": in_all_languages(HEADING)}
    else:
        content |= {"type": "AuthAccessToken2", "accessToken": _token_of(request.user), "expiresIn": TOKEN_SECONDS}
    target = origin if _is_origin(origin) else own
    return render(request, "collections/iiif/token.html", {"message": content, "target": target})


def _is_origin(text: str) -> bool:
    """Whether ``text`` is the origin of a page: scheme, host and perhaps port."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and f"{parts.scheme}://{parts.netloc}" == text
    except ValueError:
        return False


def _token_of(user: User) -> str:
    return signing.dumps([user.pk, user.get_session_auth_hash()], salt=_SALT, compress=True)


def _holder(request: HttpRequest) -> User | None:
    """The account a token was given to; ``None`` without one in force."""
    kind, _space, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return None
    try:
        pk, secret = signing.loads(given, salt=_SALT, max_age=TOKEN_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user and user.get_session_auth_hash() == secret else None
