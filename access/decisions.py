"""The one place that decides who may see or do what. Everything that shows a unit asks here first.

Two states are in force: *open* units are public, everything else is for signed-in archive staff. ``is_open`` on a
page is the effective state: a unit is open only where it and all units above it are (see
``fonds.archive_pages.openness``). What may not be seen does not exist for the reader: 404, never 403.
"""

from django.db.models import QuerySet
from django.http import Http404

from .enums import Right
from .roles import CERTIFY_PERMISSION, STAFF_PERMISSION


def is_archive_staff(user) -> bool:
    """Whether ``user`` is a signed-in member of the archive's staff."""
    return bool(user and user.is_authenticated and user.is_active and user.has_perm(STAFF_PERMISSION))


def visible(queryset: QuerySet, user, prefix: str = "") -> QuerySet:
    """The rows of ``queryset`` that ``user`` may know of.

    ``prefix`` is the look-up path to the page the row belongs to (``"unit__"``), empty for pages themselves.
    """
    return queryset if is_archive_staff(user) else queryset.filter(**{f"{prefix}is_open": True})


def may(user, right: Right, unit) -> bool:
    """Whether ``user`` has ``right`` on one page of the tree (anything with ``is_open``)."""
    if right == Right.CERTIFY:
        return is_archive_staff(user) and user.has_perm(CERTIFY_PERMISSION)
    # The open state first: nobody need be known for what everybody may see.
    return bool(unit.is_open) or is_archive_staff(user)


def require(user, right: Right, unit) -> None:
    """Raise ``Http404`` unless ``user`` has ``right``: what may not be seen is not there."""
    if not may(user, right, unit):
        raise Http404
