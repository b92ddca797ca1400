"""What one person may see, put together once a request: the clearance of his groups and the grants in force."""

import json
from dataclasses import dataclass, field

from django.db.models import Q
from django.db.models.expressions import F
from django.db.models.functions import Left
from django.db.models.lookups import Lookup

from fonds.audit.context import current

from .classes import LAST_OWNED, OWNED, class_of, highest_class
from .enums import Rank, Right
from .models import Clearance, Grant

GRANTABLE = highest_class(Rank.RESTRICTED)
_KEPT = "_fonds_sights"


class OneOf(Lookup):
    """Being one of many texts, which are given as one value: a thousand values take the driver longer than the
    statement that they are in."""

    lookup_name = "one_of"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        text, values = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{text} = ANY(%s::text[])", [*values, self.rhs]
        return f"{text} IN (SELECT value FROM json_each(%s))", [*values, json.dumps(self.rhs)]


@dataclass(frozen=True)
class Sight:
    """Ranks up to which a person sees entries and pages, and the paths of the units granted to him, by right."""

    catalogue: Rank = Rank.PUBLIC
    content: Rank = Rank.PUBLIC
    all_departments: bool = False
    department_id: int | None = None
    may_copy: bool = False
    may_print: bool = False
    granted: dict[Right, frozenset[str]] = field(default_factory=dict)

    @property
    def is_archive_staff(self) -> bool:
        """Whether he belongs to the archive room itself: it sees the pages of every department."""
        return self.all_departments and self.content >= Rank.DEPARTMENT

    def limit(self, right: Right) -> Rank | None:
        """The rank up to which ``right`` is his by clearance; ``None`` where it is not at all."""
        if right == Right.CATALOGUE:
            return self.catalogue
        allowed = {Right.COPY: self.may_copy, Right.PRINT: self.may_print}.get(right, True)
        return self.content if allowed else None

    def reaches(self, access_class: int, right: Right) -> bool:
        """Whether ``right`` is his by clearance on a unit of ``access_class``."""
        limit = self.limit(right)
        if limit is None:
            return False
        if OWNED <= access_class <= LAST_OWNED and not self.all_departments:
            return limit >= Rank.DEPARTMENT and access_class == self._own_class
        return access_class <= highest_class(limit)

    def is_granted(self, path: str | None, access_class: int, right: Right) -> bool:
        """Whether a grant gives him ``right`` on the unit at ``path``."""
        paths = self.granted.get(right)
        if not (paths and path) or access_class > GRANTABLE:
            return False
        return any(path[:length] in paths for length in {len(each) for each in paths})

    def condition(self, column: str, path: str, right: Right) -> Q:
        """The rows he may have: ``column`` is the look-up of the access class, ``path`` of the path of the page."""
        limit = self.limit(right)
        if limit is None:
            found = Q(pk__in=[])
        elif self.all_departments:
            found = Q(**{f"{column}__lte": highest_class(limit)})
        elif limit == Rank.PUBLIC:
            found = Q(**{column: 0})
        else:
            found = Q(**{f"{column}__in": self._classes(limit)})
        paths = self.granted.get(right)
        return found | self._granted_condition(column, path, paths) if paths else found

    @property
    def _own_class(self) -> int | None:
        return class_of(Rank.DEPARTMENT, self.department_id) if self.department_id else None

    def _classes(self, limit: Rank) -> list[int]:
        plain = [class_of(rank) for rank in Rank if rank <= limit and rank != Rank.DEPARTMENT]
        own = [self._own_class] if limit >= Rank.DEPARTMENT and self._own_class else []
        return plain + own

    def _granted_condition(self, column: str, path: str, paths: frozenset[str]) -> Q:
        """One set of paths for each depth at which something was granted: no join, however many grants there are."""
        below = Q()
        for length in sorted({len(each) for each in paths}):
            below |= Q(OneOf(Left(F(path), length), sorted(each for each in paths if len(each) == length)))
        return Q(**{f"{column}__lte": GRANTABLE}) & below


VISITOR = Sight()
BREAK_GLASS = Sight(Rank.SEALED, Rank.RESTRICTED, True, None, True, True)


def sight_of(user) -> Sight:
    """What ``user`` may see now. Kept for the present request only, so that a withdrawn grant ends with the next."""
    if not (user and user.is_authenticated and user.is_active):
        return VISITOR
    if user.is_superuser:
        return BREAK_GLASS
    request = current().request
    kept = request.__dict__.setdefault(_KEPT, {}) if request is not None else {}
    if user.pk not in kept:
        kept[user.pk] = _look_up(user)
    return kept[user.pk]


def forget(user) -> None:
    """Look up anew what ``user`` may see, after a change within the present request."""
    request = current().request
    if request is not None:
        request.__dict__.get(_KEPT, {}).pop(user.pk, None)


def _look_up(user) -> Sight:
    rows = list(Clearance.objects.filter(group__user=user))
    catalogue = Rank(max((row.catalogue_rank for row in rows), default=Rank.PUBLIC))
    content = Rank(max((row.content_rank for row in rows), default=Rank.PUBLIC))
    all_departments = any(row.all_departments for row in rows)
    may_copy, may_print = (any(getattr(row, name) for row in rows) for name in ("may_copy", "may_print"))
    has_all = all_departments and may_copy and may_print and min(catalogue, content) >= Rank.RESTRICTED
    return Sight(
        catalogue,
        content,
        all_departments,
        user.department_id,
        may_copy,
        may_print,
        {} if has_all else _granted_paths(user),  # nothing that can be granted is left to such a person
    )


def _granted_paths(user) -> dict[Right, frozenset[str]]:
    found: dict[Right, set[str]] = {}
    rows = Grant.objects.active().for_person(user).values_list("unit__path", "view", "copy", "print")
    for path, view, copy, prints in rows:
        given = {Right.CATALOGUE: True, Right.VIEW: view or copy or prints, Right.COPY: copy, Right.PRINT: prints}
        for right in (right for right, is_given in given.items() if is_given):
            found.setdefault(right, set()).add(path)
    return {right: frozenset(paths) for right, paths in found.items()}
