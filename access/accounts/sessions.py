"""How long a session lasts: until sign-out, idle time, a new password, or any change of what its owner may do.

Every session of a person is known by its key (allauth's ``UserSession``), so that all of them can be ended at once: the
row of the session is deleted, and a cookie somebody kept is worth nothing at the next request.
"""

import time
from collections.abc import Callable, Iterable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user_model, logout, user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.db.models.signals import m2m_changed, pre_delete, pre_save
from django.http import HttpRequest, HttpResponse

from fonds.audit.context import client_address

#: Kept in the session: the names of the person's groups at sign-in, and when he last asked for something.
ROLES_KEY, SEEN_KEY = "fonds_roles", "fonds_seen"
#: Fields of an account on which its rights depend.
_RIGHTS = ("is_active", "is_superuser", "is_staff", "department_id")


def connect() -> None:
    """Listen to sign-ins, sign-outs and all changes of an account's rights."""
    from allauth.account.signals import password_changed, password_set

    user = get_user_model()
    user_logged_in.connect(session_begins, dispatch_uid="fonds.access.session_begins")
    user_logged_out.connect(session_ends, dispatch_uid="fonds.access.session_ends")
    for signal in (password_changed, password_set):
        signal.connect(key_changed, dispatch_uid="fonds.access.key_changed")
    pre_save.connect(account_changes, sender=user, dispatch_uid="fonds.access.account_changes")
    pre_delete.connect(account_goes, sender=user, dispatch_uid="fonds.access.account_goes")
    for through in (user.groups.through, user.user_permissions.through):
        m2m_changed.connect(
            memberships_change, sender=through, dispatch_uid=f"fonds.access.memberships.{through.__name__}"
        )


def end_sessions(users: Iterable[int]) -> int:
    """End all sessions of the accounts with these ids now; how many there were."""
    tracked = UserSession.objects.filter(user_id__in=list(users))
    keys = list(tracked.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    tracked.delete()
    return len(keys)


def session_begins(sender, request, user, **kwargs) -> None:
    """Keep the session's key, the person's roles and the time."""
    request.session[ROLES_KEY] = sorted(user.groups.values_list("name", flat=True))
    request.session[SEEN_KEY] = int(time.time())
    if not request.session.session_key:
        request.session.create()
    remember_key(request, user)


def key_changed(sender, request, user, **kwargs) -> None:
    """A new password gave this session a new key; the others have ended by it."""
    current = request.session.session_key
    end = UserSession.objects.filter(user_id=user.pk).exclude(session_key=current)
    Session.objects.filter(session_key__in=list(end.values_list("session_key", flat=True))).delete()
    end.delete()
    if current and request.user.is_authenticated:
        remember_key(request, user)


def remember_key(request: HttpRequest, user) -> None:
    """Note that the session of ``request`` belongs to ``user``."""
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "ip": client_address(request) or "0.0.0.0",
            "user_agent": request.META.get("HTTP_USER_AGENT", "")[:200],
        },
    )


def session_ends(sender, request, user, **kwargs) -> None:
    if request.session.session_key:
        UserSession.objects.filter(session_key=request.session.session_key).delete()


def account_changes(sender, instance, raw=False, update_fields=None, **kwargs) -> None:
    """End the sessions of an account whose rights are about to change; a new password ends them by Django's own check."""
    if raw or instance.pk is None or (update_fields is not None and not set(update_fields) & {*_RIGHTS, "department"}):
        return
    old = sender._default_manager.filter(pk=instance.pk).values(*_RIGHTS).first()
    if old and any(old[name] != getattr(instance, name) for name in _RIGHTS):
        end_sessions([instance.pk])


def account_goes(sender, instance, **kwargs) -> None:
    end_sessions([instance.pk])


def memberships_change(sender, instance, action, reverse, pk_set, **kwargs) -> None:
    """Groups or permissions of a person changed; ``reverse``: seen from the group or permission."""
    if action == "pre_clear":
        end_sessions(instance.user_set.values_list("pk", flat=True) if reverse else [instance.pk])
    elif action in ("post_add", "post_remove") and pk_set:
        end_sessions(pk_set if reverse else [instance.pk])


class IdleEnd:
    """Signs out who asked for nothing during ``FONDS_IDLE_MINUTES`` (0: never). The requests that an open page sends by
    itself (``FONDS_IDLE_IGNORED``) count for nothing. The time is written once a minute at most."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.FONDS_IDLE_MINUTES and settings.SESSION_COOKIE_NAME in request.COOKIES:
            seen, now = request.session.get(SEEN_KEY), int(time.time())
            if seen is not None and now - seen > settings.FONDS_IDLE_MINUTES * 60:
                logout(request)
            elif seen is not None and now - seen >= 60 and not request.path.startswith(settings.FONDS_IDLE_IGNORED):
                request.session[SEEN_KEY] = now
        return self.get_response(request)
