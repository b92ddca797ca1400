"""The second factor: a code of an authenticator app (TOTP), obligatory for those who could do the greatest harm.

The obligation follows from the roles a person had at sign-in; a change of roles ends the session. Until the session has
shown a factor, nothing answers but the pages on which one is set up, and sign-out.
"""

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from ..roles import ADMINISTRATORS, MANAGER
from .sessions import ROLES_KEY

#: Kept in the session that set up a factor: it has shown that it holds one.
ENROLLED_KEY = "fonds_factor"
#: What somebody who must still set up a factor can reach, by the names of the views.
OPEN_VIEWS = (
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "account_reauthenticate",
    "account_logout",
    "wagtailadmin_logout",
    "set_language",
)


def roles_with_factor() -> set[str]:
    """The groups whose members need a second factor; empty where ``FONDS_SECOND_FACTOR`` is off."""
    if not settings.FONDS_SECOND_FACTOR:
        return set()
    return {*ADMINISTRATORS, MANAGER, *settings.FONDS_SECOND_FACTOR_ROLES}


def needs_factor(user, roles=None) -> bool:
    """Whether ``user`` needs a second factor; ``roles``: the names of his groups where they are known already."""
    demanded = roles_with_factor()
    if not demanded:
        return False
    names = user.groups.values_list("name", flat=True) if roles is None else roles
    return user.is_superuser or not demanded.isdisjoint(names)


def has_shown_factor(request: HttpRequest) -> bool:
    """Whether the session of ``request`` was begun with a factor, or has set one up."""
    if request.session.get(ENROLLED_KEY) == request.user.pk:
        return True
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


class SecondFactor:
    """Leads everybody who needs a factor and has shown none to the page where it is set up. Stands behind the
    authentication; a person without the obligation costs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and is_blocked(request):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return self.get_response(request)


def is_blocked(request: HttpRequest) -> bool:
    """Whether ``request`` has to wait for the second factor."""
    if not roles_with_factor() or not request.user.is_authenticated:
        return False
    if not needs_factor(request.user, request.session.get(ROLES_KEY)) or has_shown_factor(request):
        return False
    return request.path not in {reverse(name) for name in OPEN_VIEWS}
