"""Events of accounts that ``fonds.audit.accounts`` cannot know: second factors, sign-up, confirmation, lock-out. And what
follows from them: who confirmed his address becomes a registered reader."""

from allauth.account import signals as account_signals
from allauth.mfa import signals as factor_signals
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social_signals
from axes.signals import user_locked_out
from django.contrib.auth import user_logged_in
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _

from fonds.audit import names
from fonds.audit.context import current
from fonds.audit.events import record

from ..roles import READER
from . import lockout

FACTOR_ADDED, FACTOR_REMOVED, FACTOR_TAKEN = "factor.added", "factor.removed", "factor.removed_for_other"
FACTOR_FAILED, RECOVERY_USED = "factor.failed", "factor.recovery_code_used"
SIGN_UP, CONFIRMED, EMAIL_CHANGED = "account.sign_up", "account.email_confirmed", "account.email_changed"
RESET_ASKED, LINKED = "account.password_reset", "account.single_sign_on"
_LABELS = {
    lockout.LOCKED: _("Locked out after failed sign-ins"),
    lockout.UNLOCKED: _("Lock lifted"),
    FACTOR_ADDED: _("Second factor set up"),
    FACTOR_REMOVED: _("Second factor removed"),
    FACTOR_TAKEN: _("Second factor removed by an administrator"),
    FACTOR_FAILED: _("Wrong code of a second factor"),
    RECOVERY_USED: _("Recovery code used"),
    SIGN_UP: _("Reader signed up"),
    CONFIRMED: _("E-mail address confirmed"),
    EMAIL_CHANGED: _("E-mail address changed"),
    RESET_ASKED: _("Password reset by mail"),
    LINKED: _("First sign-in by single sign-on"),
}


def connect() -> None:
    """Name the events, and listen to the libraries."""
    for name, label in _LABELS.items():
        names.register(name, label)
    names.REFUSALS.add(FACTOR_FAILED)
    listeners = [
        (user_locked_out, lockout.locked_out),
        (user_logged_in, lockout.signed_in),
        (post_save, factor_added),
        (post_delete, factor_removed),
        (factor_signals.authenticator_used, factor_used),
        (factor_signals.authentication_failed, factor_failed),
        (account_signals.user_signed_up, signed_up),
        (account_signals.email_confirmed, email_confirmed),
        (account_signals.email_changed, email_changed),
        (account_signals.password_reset, password_reset),
        (social_signals.social_account_added, linked),
    ]
    for signal, listener in listeners:
        sender = Authenticator if listener in (factor_added, factor_removed) else None
        signal.connect(listener, sender=sender, dispatch_uid=f"fonds.access.{listener.__module__}.{listener.__name__}")


def factor_added(sender, instance, created, raw=False, **kwargs) -> None:
    if created and not raw:
        _record(FACTOR_ADDED, None, instance.user, {"kind": str(instance.type)})


def factor_removed(sender, instance, **kwargs) -> None:
    _record(FACTOR_REMOVED, None, instance.user, {"kind": str(instance.type)})


def factor_used(sender, request, user, authenticator, **kwargs) -> None:
    """A code of the app is part of the sign-in and leaves no event of its own; a recovery code does."""
    if authenticator.type == authenticator.Type.RECOVERY_CODES:
        authenticator.refresh_from_db()
        _record(RECOVERY_USED, request, user, {"left": len(authenticator.wrap().get_unused_codes())})


def factor_failed(sender, request, user, authenticator, **kwargs) -> None:
    _record(FACTOR_FAILED, request, user, {})


def signed_up(sender, request, user, **kwargs) -> None:
    _record(SIGN_UP, request, user, {"single_sign_on": "sociallogin" in kwargs})


@transaction.atomic
def email_confirmed(sender, request, email_address, **kwargs) -> None:
    """A person who signed up himself becomes a registered reader by confirming, once: who has signed in before, came by
    single sign-on or was put into a group has what an administrator gave him."""
    user = email_address.user
    _record(CONFIRMED, request, user, {})
    if not (user.is_active and user.last_login is None and user.has_usable_password()):
        return
    if not user.groups.exists() and not user.socialaccount_set.exists():
        user.groups.add(Group.objects.get_or_create(name=READER)[0])


def email_changed(sender, request, user, from_email_address, to_email_address, **kwargs) -> None:
    _record(EMAIL_CHANGED, request, user, {})


def password_reset(sender, request, user, **kwargs) -> None:
    _record(RESET_ASKED, request, user, {})


def linked(sender, request, sociallogin, **kwargs) -> None:
    _record(LINKED, request, sociallogin.user, {"provider": sociallogin.account.provider})


def _record(name: str, request, user, detail: dict) -> None:
    """The actor is who is signed in; before the sign-in is complete, the account itself."""
    actor = None if current().person else user
    record(name, unit=user, subject=str(user), user=actor, request=request, detail=detail)
