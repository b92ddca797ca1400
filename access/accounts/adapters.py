"""What the archive decides where allauth asks: addresses, names of accounts, where to go, who confirms his e-mail."""

import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.stages import EmailVerificationStage
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from fonds.audit.context import client_address
from fonds.audit.encryption import decrypt, encrypt

from ..roles import STAFF_PERMISSION
from .addresses import vouch
from .second_factor import needs_factor


class AccountAdapter(DefaultAccountAdapter):
    """Accounts with a password."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The user name or the password is wrong."),
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "too_many_login_attempts": _("Too many wrong codes. Wait five minutes, then try again."),
        "rate_limited": _("Too many attempts. Wait a few minutes, then try again."),
        "incorrect_password": _("The password is wrong."),
        "enter_current_password": _("The present password is wrong."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """The visitor's address as the log of events has it (``FONDS_TRUSTED_PROXIES``)."""
        return client_address(request) or "0.0.0.0"

    def pre_authenticate(self, request: HttpRequest, **credentials) -> None:
        """Failures are counted by the lock-out (django-axes) alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.FONDS_SIGN_UP

    def populate_username(self, request: HttpRequest, user) -> None:
        """A name that tells nothing about the person and needs no choice; readers sign in by e-mail."""
        user.username = user.username or f"reader-{get_random_string(10, '0123456789')}"

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Who works here goes to the working place, a reader to his account."""
        staff = request.user.has_perm(STAFF_PERMISSION)
        return reverse("wagtailadmin_home") if staff else reverse("my_account")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("my_account")

    def get_login_stages(self) -> list[str]:
        """allauth's steps, with our own rule of who confirms his e-mail first."""
        ours = f"{ConfirmationStage.__module__}.{ConfirmationStage.__name__}"
        theirs = f"{EmailVerificationStage.__module__}.{EmailVerificationStage.__name__}"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """A sign-in of a moment ago is as good as the password typed again."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        records = get_authentication_records(self.request, self.request.user)
        return not records or time.time() - records[-1]["at"] >= app_settings.REAUTHENTICATION_TIMEOUT


class ConfirmationStage(EmailVerificationStage):
    """Who signed up himself confirms his e-mail before he comes in. Who was put into a group by an administrator, or
    was given no address, was vouched for by him."""

    def handle(self):
        user = self.login.user
        vouched = user and not self.login.signup and (user.is_superuser or not user.email or user.groups.exists())
        if not vouched:
            return super().handle()
        vouch(user)
        return None, True


class FactorAdapter(DefaultMFAAdapter):
    """The second factor."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is wrong, or it has run out. Take the newest."),
        "cannot_delete_authenticator": _(
            "Your role demands a second factor. The security administrator removes it when your device is lost."
        ),
    }

    def get_totp_label(self, user) -> str:
        return user.get_username()

    def get_totp_issuer(self) -> str:
        return settings.WAGTAIL_SITE_NAME

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator) -> bool:
        return not needs_factor(authenticator.user)
