"""Events of accounts and groups, which Django and Wagtail change in many places: sign-in and sign-out, passwords,
activation, membership and permissions. They are written with the change, in its transaction."""

from django.contrib.auth import get_user_model, user_logged_in, user_logged_out, user_login_failed
from django.contrib.auth.models import Group
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

from . import names
from .break_glass import end_expired
from .canonical import clean
from .events import record

#: Fields of an account whose values stand in the log; never the password.
_SHOWN = ("username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser", "department_id")
_SILENT = {"last_login"}


def connect() -> None:
    """Listen to what changes accounts and groups."""
    from wagtail.models import GroupCollectionPermission, GroupPagePermission

    user = get_user_model()
    listeners = [
        (user_logged_in, signed_in, None),
        (user_logged_out, signed_out, None),
        (user_login_failed, sign_in_failed, None),
        (pre_save, remember_account, user),
        (post_save, account_saved, user),
        (post_delete, account_deleted, user),
        (m2m_changed, groups_changed, user.groups.through),
        (m2m_changed, permissions_changed, user.user_permissions.through),
        (m2m_changed, permissions_changed, Group.permissions.through),
        (post_save, group_saved, Group),
        (post_delete, group_deleted, Group),
    ]
    for model in (GroupPagePermission, GroupCollectionPermission):
        listeners += [(post_save, place_permission_given, model), (post_delete, place_permission_taken, model)]
    for signal, listener, sender in listeners:
        uid = f"fonds.audit.{listener.__name__}.{sender.__name__ if sender else ''}"
        signal.connect(listener, sender=sender, dispatch_uid=uid)


def signed_in(sender, request, user, **kwargs) -> None:
    end_expired(user)
    record(names.SIGN_IN, unit=user, subject=user.get_username(), user=user, request=request)


def signed_out(sender, request, user, **kwargs) -> None:
    if user is not None:
        record(names.SIGN_OUT, unit=user, subject=user.get_username(), user=user, request=request)


def sign_in_failed(sender, credentials, request=None, **kwargs) -> None:
    record(names.SIGN_IN_FAILED, subject=clean(credentials.get("username") or "", 150), request=request)


def remember_account(sender, instance, raw=False, update_fields=None, **kwargs) -> None:
    """Keep the values in the database before they are overwritten."""
    instance._audit_before = None
    if raw or instance.pk is None or (update_fields is not None and set(update_fields) <= _SILENT):
        return
    instance._audit_before = sender._default_manager.filter(pk=instance.pk).values(*_shown(sender), "password").first()


def account_saved(sender, instance, created, raw=False, **kwargs) -> None:
    if raw:
        return
    if created:
        record("account.create", unit=instance, subject=str(instance), after=_values(instance))
        return
    old = instance._audit_before
    if old is None:
        return
    # Hashing an unchanged password anew at sign-in leaves no word of it in ``_password``.
    if old.pop("password") != instance.password and getattr(instance, "_password", None) is not None:
        record("account.password", unit=instance, subject=str(instance))
    new = _values(instance)
    changed = {name for name in new if new[name] != old[name]}
    if not changed:
        return
    action = "account.change"
    if "is_active" in changed:
        action = "account.activate" if instance.is_active else "account.deactivate"
    before, after = {name: old[name] for name in changed}, {name: new[name] for name in changed}
    record(action, unit=instance, subject=str(instance), before=before, after=after)


def account_deleted(sender, instance, **kwargs) -> None:
    record("account.delete", unit=instance, subject=str(instance), before=_values(instance))


def groups_changed(sender, instance, action, reverse, model, pk_set, **kwargs) -> None:
    """A person came into a group or left it; ``reverse``: seen from the group."""
    if action == "pre_clear":
        pk_set = set((instance.user_set if reverse else instance.groups).values_list("pk", flat=True))
    elif action not in ("post_add", "post_remove"):
        return
    others = list(model._default_manager.filter(pk__in=pk_set or ()))
    changes = [(user, [instance]) for user in others] if reverse else [(instance, others)] if others else []
    for user, groups in changes:
        values = {"groups": sorted(group.name for group in groups)}
        side = "after" if action == "post_add" else "before"
        record("account.groups", unit=user, subject=str(user), **{side: values})


def permissions_changed(sender, instance, action, reverse, model, pk_set, **kwargs) -> None:
    """Permissions were given to a group or a person, or taken; ``reverse``: seen from the permission."""
    owner = "group" if sender is Group.permissions.through else "user"
    if action == "pre_clear":
        manager = getattr(instance, f"{owner}_set") if reverse else _permissions_of(instance)
        pk_set = set(manager.values_list("pk", flat=True))
    elif action not in ("post_add", "post_remove"):
        return
    others = list(model._default_manager.filter(pk__in=pk_set or ()))
    changes = [(each, [instance]) for each in others] if reverse else [(instance, others)] if others else []
    for holder, permissions in changes:
        given = sorted(f"{each.content_type.app_label}.{each.codename}" for each in permissions)
        side = "after" if action == "post_add" else "before"
        name = "group.permissions" if owner == "group" else "account.permissions"
        record(name, unit=holder, subject=str(holder), **{side: {"permissions": given}})


def group_saved(sender, instance, created, raw=False, **kwargs) -> None:
    if created and not raw:
        record("group.create", unit=instance, subject=instance.name)


def group_deleted(sender, instance, **kwargs) -> None:
    record("group.delete", unit=instance, subject=instance.name)


def place_permission_given(sender, instance, created, raw=False, **kwargs) -> None:
    if created and not raw:
        record("group.permissions", unit=instance.group, subject=instance.group.name, after=_place(instance))


def place_permission_taken(sender, instance, **kwargs) -> None:
    record("group.permissions", unit=instance.group, subject=instance.group.name, before=_place(instance))


def _place(instance) -> dict:
    """What a permission for a part of the tree or of the library says."""
    place = getattr(instance, "page", None) or getattr(instance, "collection", None)
    return {"permissions": [instance.permission.codename], "place": str(place)}


def _permissions_of(instance):
    return instance.permissions if isinstance(instance, Group) else instance.user_permissions


def _shown(model) -> list[str]:
    attributes = {field.attname for field in model._meta.concrete_fields}
    return [name for name in _SHOWN if name in attributes]


def _values(instance) -> dict:
    return {name: getattr(instance, name) for name in _shown(type(instance))}
