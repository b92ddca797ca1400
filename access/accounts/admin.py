"""Help with signing in, for the security administrator: locks in force, lost second factors."""

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from fonds.audit.events import record

from . import events, lockout, sessions

PERMISSION = "access.change_user"


class NotRemoved(Exception):
    """The second factor was not removed; the message says why."""


class FactorForm(forms.Form):
    """Whose second factor is lost, and how that was made sure of."""

    username = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("How you made sure who asks. It is kept in the log."),
    )


def require_permission(request: HttpRequest) -> None:
    """Raise ``PermissionDenied`` unless the accounts are this person's work."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied


def sign_in_help(request: HttpRequest) -> HttpResponse:
    """The locks in force, and the form that removes a second factor."""
    require_permission(request)
    form = FactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            remove_factor(form.cleaned_data["username"], form.cleaned_data["reason"], request.user, request)
        except NotRemoved as fault:
            form.add_error("username", str(fault))
        else:
            messages.success(request, _("The second factor was removed, and all sessions of the account were ended."))
            return HttpResponseRedirect(reverse("sign_in_help"))
    context = {
        "header_title": _("Sign-in help"),
        "header_icon": "key",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("Sign-in help")},
        ],
        "locks": lockout.locks(),
        "form": form,
    }
    return TemplateResponse(request, "access/accounts/sign_in_help.html", context)


@require_POST
def lift_lock(request: HttpRequest) -> HttpResponse:
    """Lift the lock of the account or address that was sent."""
    require_permission(request)
    username, address = request.POST.get("username", ""), request.POST.get("address", "")
    if username and username == request.user.get_username():
        raise PermissionDenied
    if lockout.lift(username, address, user=request.user, request=request):
        messages.success(request, _("The lock of %(name)s was lifted.") % {"name": username or address})
    return HttpResponseRedirect(reverse("sign_in_help"))


@transaction.atomic
def remove_factor(username: str, reason: str, user=None, request: HttpRequest | None = None) -> None:
    """Remove the second factor and the recovery codes of an account, and end its sessions; at the next sign-in he sets up
    a new one where his role demands it. Raises ``NotRemoved`` for an unknown account, one without a factor, one's own, or
    without a reason."""
    account = get_user_model().objects.filter(username=username.strip()).first()
    if account is None:
        raise NotRemoved(_("There is no account called %(name)s.") % {"name": username.strip()})
    if user is not None and account.pk == user.pk:
        raise NotRemoved(_("Nobody removes his own second factor here."))
    if not reason.strip():
        raise NotRemoved(_("State a reason."))
    removed, _rows = Authenticator.objects.filter(user=account).delete()
    if not removed:
        raise NotRemoved(_("This account has no second factor."))
    detail = {"reason": reason.strip()[:300]}
    record(events.FACTOR_TAKEN, unit=account, subject=str(account), user=user, request=request, detail=detail)
    sessions.end_sessions([account.pk])


class SignInHelpItem(MenuItem):
    """Shown to those who look after accounts."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)


@hooks.register("register_admin_urls")
def register_urls() -> list:
    return [
        path("sign-in-help/", sign_in_help, name="sign_in_help"),
        path("sign-in-help/lift/", lift_lock, name="lift_lock"),
    ]


@hooks.register("register_settings_menu_item")
def register_menu_item() -> MenuItem:
    return SignInHelpItem(
        gettext_lazy("Sign-in help"), reverse("sign_in_help"), name="sign-in-help", icon_name="key", order=620
    )
