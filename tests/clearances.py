"""Clearances for the accounts that tests make by hand."""

from django.contrib.auth.models import Group

from fonds.access import roles
from fonds.access.models import Clearance, User


def cleared(holder: User | Group, role: str = roles.EDITOR):
    """``holder`` with the clearance that ``role`` starts with, and with nothing else of that role."""
    group = holder
    if isinstance(holder, User):
        group = Group.objects.get_or_create(name=f"cleared as {role}")[0]
        holder.groups.add(group)
    Clearance.objects.get_or_create(group=group, defaults=roles.CLEARANCES[role]._asdict())
    return holder
