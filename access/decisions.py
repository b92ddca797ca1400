"""The one place that decides who may see or do what. Everything that shows a unit asks here first.

Every page bears two access classes, kept by ``fonds.archive_pages.standing``: of its entry (``catalogue_class``) and
of what is in it (``content_class``). A person has a clearance by his groups and the grants given to him. What may not
be seen does not exist for the reader: 404, never 403.
"""

from django.db.models import Q, QuerySet
from django.http import Http404

from .classes import class_of
from .enums import Rank, Right
from .roles import CERTIFY_PERMISSION
from .sight import sight_of

_PUBLIC = class_of(Rank.PUBLIC)


def is_archive_staff(user) -> bool:
    """Whether ``user`` belongs to the archive room itself (editors, desk clerks, managers)."""
    return sight_of(user).is_archive_staff


def visible(queryset: QuerySet, user, prefix: str = "", right: Right = Right.CATALOGUE) -> QuerySet:
    """The rows of ``queryset`` whose entry ``user`` may see; with another ``right``, those on which he has that.

    ``prefix`` is the look-up path to the page or photograph the row belongs to (``"unit__"``), empty for these
    themselves. A model whose path stands elsewhere names it in ``access_path``; one whose rows are content through and
    through (a photograph is its own entry) says ``is_all_content``: to know of them takes the right to see them.
    """
    path = "path" if prefix else getattr(queryset.model, "access_path", "path")
    return queryset.filter(visible_q(user, prefix, _least(right, queryset.model if not prefix else None), path))


def visible_q(user, prefix: str = "", right: Right = Right.CATALOGUE, path: str = "path") -> Q:
    """The same as a condition, for statements that are put together by hand."""
    column = "catalogue_class" if right == Right.CATALOGUE else "content_class"
    return sight_of(user).condition(f"{prefix}{column}", f"{prefix}{path}", right)


def may(user, right: Right, unit) -> bool:
    """Whether ``user`` has ``right`` on one page, photograph or document (anything with the two access classes)."""
    if right == Right.CERTIFY:
        return may(user, Right.PRINT, unit) and bool(user and user.is_active and user.has_perm(CERTIFY_PERMISSION))
    right = _least(right, unit)
    access_class = unit.catalogue_class if right == Right.CATALOGUE else unit.content_class
    # The open state first: nobody need be known for what everybody may see.
    if access_class == _PUBLIC and right in (Right.CATALOGUE, Right.VIEW):
        return True
    sight = sight_of(user)
    return sight.reaches(access_class, right) or sight.is_granted(_path_of(unit), access_class, right)


def require(user, right: Right, unit) -> None:
    """Raise ``Http404`` unless ``user`` has ``right``: what may not be seen is not there. A ``unit`` that is not there
    (``None``) takes the same path, with the same queries."""
    if unit is None:
        sight_of(user)
        raise Http404
    if not may(user, right, unit):
        raise Http404


def _least(right: Right, thing) -> Right:
    """The right that is really asked for ``thing``, a row or its model."""
    return Right.VIEW if right == Right.CATALOGUE and getattr(thing, "is_all_content", False) else right


def _path_of(unit) -> str | None:
    """The path of the page that ``unit`` is or belongs to; ``None`` where it belongs to none."""
    return unit.path if hasattr(unit, "path") else getattr(getattr(unit, "unit", None), "path", None)
