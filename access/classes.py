"""The access class: rank and owning department folded into one small integer, ordered by strictness.

PUBLIC 0, READER 1, STAFF 2, DEPARTMENT 1000 plus the id of the owning department (1000 alone where nobody owns the
unit), RESTRICTED 20000, SEALED 30000. It stands in every row that is looked for, so that one condition on one column
decides whether a reader may know of it.
"""

from .enums import Rank

OWNED = 1000  # the class of DEPARTMENT without an owner
_CLASSES = {Rank.DEPARTMENT: OWNED, Rank.RESTRICTED: 20_000, Rank.SEALED: 30_000}
LAST_OWNED = _CLASSES[Rank.RESTRICTED] - 1


def class_of(rank: Rank | int, department_id: int | None = None) -> int:
    """The class of ``rank`` for units that ``department_id`` owns."""
    rank = Rank(rank)
    return _CLASSES.get(rank, int(rank)) + ((department_id or 0) if rank == Rank.DEPARTMENT else 0)


def rank_of(access_class: int) -> Rank:
    """The rank in ``access_class``."""
    if access_class < OWNED:
        return Rank(access_class)
    if access_class <= LAST_OWNED:
        return Rank.DEPARTMENT
    return Rank.SEALED if access_class >= _CLASSES[Rank.SEALED] else Rank.RESTRICTED


def highest_class(rank: Rank | int) -> int:
    """The strictest class of ``rank``, whoever owns the unit."""
    return LAST_OWNED if rank == Rank.DEPARTMENT else class_of(rank)
