"""The sign-in page and a person's own account."""

from allauth.account.models import EmailAddress
from allauth.account.views import LoginView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from ..roles import STAFF_PERMISSION
from .second_factor import ENROLLED_KEY, needs_factor


class SignInView(LoginView):
    """The one sign-in page, for readers and for those who work here."""

    def get_authenticated_redirect_url(self) -> str:
        """Who is signed in and may not enter the working place is not sent there again and again."""
        address = super().get_authenticated_redirect_url()
        if address.startswith("/admin/") and not self.request.user.has_perm(STAFF_PERMISSION):
            return reverse("my_account")
        return address

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        context["providers"] = sign_on_links(self.request, context.get("redirect_field_value"))
        context["can_sign_up"] = settings.FONDS_SIGN_UP
        return context


class SetUpFactorView(ActivateTOTPView):
    """Setting up the second factor; the session in which it was done has shown it."""

    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        self.request.session[ENROLLED_KEY] = self.request.user.pk
        return response


def sign_on_links(request: HttpRequest, next_url: str | None) -> list[dict]:
    """The single sign-on that is set up, as names and addresses."""
    if "openid_connect" not in settings.SOCIALACCOUNT_PROVIDERS:
        return []
    extra = {"next": next_url} if next_url else {}
    apps = get_social_adapter(request).list_providers(request)
    return [{"name": each.name, "url": each.get_login_url(request, **extra)} for each in apps]


def enter_by_account(request: HttpRequest) -> HttpResponse:
    """Wagtail's own sign-in and password pages lead to the archive's."""
    query = {"next": request.GET["next"]} if request.GET.get("next") else {}
    address = reverse("account_login")
    return HttpResponseRedirect(f"{address}?{urlencode(query)}" if query else address)


def reset_by_account(request: HttpRequest, **kwargs) -> HttpResponse:
    """Wagtail's own pages for a forgotten password lead to the archive's."""
    return HttpResponseRedirect(reverse("account_reset_password"))


@never_cache
@login_required
def my_account(request: HttpRequest) -> HttpResponse:
    """Name, e-mail, second factor and requests of the person who is signed in."""
    user = request.user
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    context = {
        "address": EmailAddress.objects.filter(user=user).order_by("-primary", "-verified").first(),
        "has_factor": Authenticator.Type.TOTP in kinds,
        "needs_factor": needs_factor(user),
        "group_names": [group.name for group in user.groups.order_by("name")],
        "may_enter_admin": user.has_perm(STAFF_PERMISSION),
        "requests_url": _address("my_requests"),
    }
    return render(request, "access/accounts/my_account.html", context)


def _address(name: str) -> str:
    """The address of the view ``name``, empty where no room offers it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
