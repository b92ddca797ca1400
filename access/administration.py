"""三员分立: what nobody may do to his own rights, and what the three administrators may not be at once.

System, security and audit administrator are three people. An administrator role stands alone: no second one, no group
that sees content, no grant. What these three groups may do is fixed by ``sync_roles`` and cannot be changed in the
admin; nor can anybody change his own rights, and no account is made a superuser there. The rules are kept where the
rows are written (signals), so that forms, bulk actions and any later door obey them; forms ask first, to say it in
words beside the field.

Commands on the server have no person behind them: what concerns the acting person does not bind them, the separation
of the roles does.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.signals import m2m_changed, post_save, pre_delete, pre_save
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fonds.audit import names
from fonds.audit.context import current
from fonds.audit.events import record

from . import roles
from .enums import Rank
from .models import Clearance, Grant

CLEARANCE_CHANGED = "clearance.change"
#: Models whose permissions only one administrator role may hold.
RESERVED = {
    roles.SECURITY_ADMIN: {"access.user", "auth.group", "auth.permission", "access.clearance"},
    roles.AUDIT_ADMIN: {"audit.*"},
    roles.SYSTEM_ADMIN: {"wagtailcore.site", "wagtailcore.locale", "wagtailredirects.redirect"},
}
#: Permissions that stand at one of these models, and are not about it.
NOT_RESERVED = {roles.RANK_PERMISSION}
#: Fields of an account that nobody changes at his own.
_OWN = ("department_id", "is_active")
#: Fields that give rights past all roles; nobody gives them in the admin.
_ALL_RIGHTS = ("is_superuser", "is_staff")

_system = ContextVar("fonds_access_by_the_system", default=False)


class Refused(PermissionDenied):
    """The rules of the administrators forbid it; the message is a sentence for the person who tried."""


@contextmanager
def by_the_system() -> Iterator[None]:
    """Do the work inside for the system itself, not for the person who is signed in (a directory's groups at sign-in)."""
    token = _system.set(True)
    try:
        yield
    finally:
        _system.reset(token)


def actor():
    """The person who acts at the web or through a job; ``None`` for commands and for the system itself."""
    return None if _system.get() else current().person


def refuse(sentence: str) -> None:
    """Raise ``Refused``; what was written in the same transaction is undone, whoever catches it."""
    if connection.in_atomic_block:
        transaction.set_rollback(True)
    raise Refused(sentence)


# --- the rules, each as a sentence where it is broken ---------------------------------------------------------------


def fault_in_groups(names_of_groups: Iterable[str]) -> str:
    """Why one person cannot be in these groups at once; empty where he can."""
    wanted = set(names_of_groups)
    if len(wanted.intersection(roles.ADMINISTRATORS)) > 1:
        return _("Nobody can hold two of the three administrator roles.")
    if wanted.intersection(roles.ADMINISTRATORS) and len(wanted) > 1:
        return _("An administrator role stands alone: it cannot be combined with another group.")
    return ""


def fault_in_membership(user, groups: Iterable[Group], person=None) -> str:
    """Why ``user`` cannot be in exactly ``groups``, given by ``person``; empty where he can."""
    groups = list(groups)
    if person is not None and user.pk == person.pk:
        return _("Nobody changes his own groups.")
    named = {group.name for group in groups}
    fault = fault_in_groups(named)
    if not fault and named.intersection(roles.ADMINISTRATORS) and user.pk and _has_grants(user):
        return _("There are grants for this person. Withdraw them before giving an administrator role.")
    return fault


def fault_in_change_of(group: Group, person) -> str:
    """Why ``person`` cannot change what the members of ``group`` may do; empty where he can."""
    if person is None:
        return ""
    if group.name in roles.ADMINISTRATORS:
        return _("What the three administrators may do is fixed and cannot be changed here.")
    if group.pk and person.groups.filter(pk=group.pk).exists():
        return _("Nobody changes the rights of a group he is in.")
    return ""


def fault_in_permissions(group: Group, permissions: Iterable[Permission], person) -> str:
    """Why ``person`` cannot give ``permissions`` to ``group``; empty where he can."""
    fault = fault_in_change_of(group, person)
    if fault or person is None:
        return fault
    taken = sorted(str(each.name) for each in permissions if reserved_for(each))
    if taken:
        return _("Only an administrator role may hold this: %(permissions)s.") % {"permissions": "; ".join(taken)}
    return ""


def reserved_for(permission: Permission) -> str | None:
    """The administrator role that alone may hold ``permission``."""
    app, model = permission.content_type.app_label, permission.content_type.model
    if f"{app}.{permission.codename}" in NOT_RESERVED:
        return None
    kinds = {f"{app}.{model}", f"{app}.*"}
    return next((role for role, models in RESERVED.items() if models & kinds), None)


def grantable_permissions(permissions: QuerySet[Permission]) -> list[int]:
    """The ids of those of ``permissions`` that no administrator role has to itself."""
    return [each.pk for each in permissions.select_related("content_type") if not reserved_for(each)]


def fault_in_deletion(group: Group, person=None) -> str:
    """Why ``group`` cannot be deleted; empty where it can."""
    if group.name in roles.CLEARANCES:
        return _("The roles of the archive cannot be deleted.")
    if group.user_set.exists() or Grant.objects.filter(group=group).exists():
        return _("There are still people in this group, or grants for it.")
    return fault_in_change_of(group, person)


def _has_grants(user) -> bool:
    return Grant.objects.filter(user_id=user.pk).active().exists()


# --- kept where the rows are written ----------------------------------------------------------------------------------


def connect() -> None:
    """Watch over accounts, groups, permissions, clearances and grants."""
    from wagtail.models import GroupCollectionPermission, GroupPagePermission

    names.register(CLEARANCE_CHANGED, gettext_lazy("Clearance changed"))
    user = get_user_model()
    watched: list[tuple] = [
        (pre_save, guard_account, user),
        (m2m_changed, guard_membership, user.groups.through),
        (m2m_changed, guard_own_permissions, user.user_permissions.through),
        (m2m_changed, guard_permissions, Group.permissions.through),
        (pre_save, guard_name, Group),
        (pre_delete, guard_group, Group),
        (pre_save, guard_clearance, Clearance),
        (post_save, clearance_saved, Clearance),
        (pre_delete, guard_clearance_row, Clearance),
        (pre_save, guard_grant, Grant),
    ]
    for model in (GroupPagePermission, GroupCollectionPermission):
        watched += [(pre_save, guard_place, model), (pre_delete, guard_place, model)]
    for signal, guard, sender in watched:
        uid = f"fonds.access.{guard.__name__}.{sender.__name__}.{id(signal)}"
        signal.connect(guard, sender=sender, dispatch_uid=uid)


def guard_account(sender, instance, raw=False, update_fields=None, **kwargs) -> None:
    """Nobody is given all rights in the admin, nobody changes what his own account may do."""
    person = actor()
    touched = {*_OWN, *_ALL_RIGHTS} & (
        {*_names_of(update_fields)} if update_fields is not None else {*_OWN, *_ALL_RIGHTS}
    )
    if raw or person is None or not touched:
        return
    before = sender._default_manager.filter(pk=instance.pk).values(*_OWN, *_ALL_RIGHTS).first()
    old = before or {"is_superuser": False, "is_staff": False}
    if any(getattr(instance, name) and not old[name] for name in _ALL_RIGHTS if name in touched):
        refuse(_("No account is given all rights here. In an emergency: manage.py break_glass."))
    own = before and instance.pk == person.pk
    if own and any(getattr(instance, name) != old[name] for name in _OWN if name in touched):
        refuse(_("Nobody changes the rights of his own account."))


def guard_membership(sender, instance, action, reverse, model, pk_set, **kwargs) -> None:
    """Membership in groups, seen from the person or (``reverse``) from the group."""
    if action not in ("pre_add", "pre_remove", "pre_clear"):
        return
    person = actor()
    if reverse:
        ids = pk_set if action != "pre_clear" else instance.user_set.values_list("pk", flat=True)
        pairs = [(user, {instance.pk}) for user in model._default_manager.filter(pk__in=ids)]
    else:
        pairs = [(instance, set(pk_set or ()))]
    for user, group_ids in pairs:
        present = list(user.groups.all())
        if person is not None and user.pk == person.pk and not _becomes_reader(action, present, group_ids):
            refuse(_("Nobody changes his own groups."))
        if action == "pre_add":
            fault = fault_in_membership(user, [*present, *Group.objects.filter(pk__in=group_ids)])
            if fault:
                refuse(fault)


def _becomes_reader(action: str, present: list[Group], group_ids: set[int]) -> bool:
    """Whether somebody without any role becomes a registered reader, as all do who confirm their e-mail address."""
    if action != "pre_add" or present:
        return False
    return not Group.objects.filter(pk__in=group_ids).exclude(name=roles.READER).exists()


def guard_own_permissions(sender, instance, action, **kwargs) -> None:
    """Rights come from groups alone."""
    if action == "pre_add" and actor() is not None:
        refuse(_("Permissions are given to groups, not to single accounts."))


def guard_permissions(sender, instance, action, reverse, pk_set, **kwargs) -> None:
    """What a group may do, seen from the group or (``reverse``) from the permission."""
    person = actor()
    if person is None or action not in ("pre_add", "pre_remove", "pre_clear"):
        return
    if reverse:
        ids = pk_set if action != "pre_clear" else instance.group_set.values_list("pk", flat=True)
        pairs = [(group, [instance]) for group in Group.objects.filter(pk__in=ids)]
    else:
        pairs = [(instance, Permission.objects.filter(pk__in=pk_set or ()).select_related("content_type"))]
    for group, permissions in pairs:
        added = permissions if action == "pre_add" else []
        if action == "pre_add" and not added or action == "pre_remove" and not pk_set:
            continue
        fault = fault_in_permissions(group, added, person)
        if fault:
            refuse(fault)


def guard_place(sender, instance, raw=False, **kwargs) -> None:
    """Permissions for a part of the tree or of the libraries."""
    if raw:
        return
    fault = fault_in_change_of(instance.group, actor())
    if fault:
        refuse(fault)


def guard_name(sender, instance, raw=False, **kwargs) -> None:
    """The roles are known by their names."""
    if raw:
        return
    old = Group.objects.filter(pk=instance.pk).values_list("name", flat=True).first() if instance.pk else None
    renamed = old != instance.name
    if renamed and old in roles.CLEARANCES:
        refuse(_("The roles of the archive keep their names."))
    if renamed and instance.name in roles.CLEARANCES and actor() is not None:
        refuse(_("This is the name of a role of the archive."))


def guard_group(sender, instance, **kwargs) -> None:
    """Groups that stand for something stay."""
    fault = fault_in_deletion(instance, actor())
    if fault:
        refuse(fault)


def fault_in_clearance(clearance: Clearance, person=None) -> str:
    """Why the clearance cannot stand so; empty where it can."""
    start = roles.CLEARANCES.get(clearance.group.name)
    if clearance.group.name in roles.ADMINISTRATORS and _values(clearance) != start._asdict():
        return _("What the three administrators may do is fixed and cannot be changed here.")
    if clearance.content_rank > Rank.RESTRICTED:
        return _("What is sealed is for nobody.")
    return fault_in_change_of(clearance.group, person)


def guard_clearance(sender, instance, raw=False, **kwargs) -> None:
    """Up to where a group sees; the event keeps what was before."""
    if raw:
        return
    fault = fault_in_clearance(instance, actor())
    if fault:
        refuse(fault)
    instance._before = Clearance.objects.filter(pk=instance.pk).first()


def clearance_saved(sender, instance, raw=False, **kwargs) -> None:
    """The event of a clearance, in the transaction of the change."""
    if raw:
        return
    before, after = _values(instance._before) if instance._before else None, _values(instance)
    if before != after:
        record(CLEARANCE_CHANGED, unit=instance, subject=instance.group.name, before=before, after=after)


def guard_clearance_row(sender, instance, **kwargs) -> None:
    """A clearance goes with its group only."""
    fault = fault_in_change_of(instance.group, actor())
    if fault:
        refuse(fault)


def guard_grant(sender, instance, raw=False, **kwargs) -> None:
    """Administrators see no content, by no way."""
    if raw or instance.withdrawn_at:
        return
    holders = instance.user.groups.all() if instance.user_id else [instance.group]
    if {group.name for group in holders if group}.intersection(roles.ADMINISTRATORS):
        refuse(_("An administrator is given no access to records."))


def _values(clearance: Clearance) -> dict:
    return {name: getattr(clearance, name) for name in roles.StartingClearance._fields}


def _names_of(update_fields: Iterable[str]) -> set[str]:
    return {"department_id" if name == "department" else name for name in update_fields}
