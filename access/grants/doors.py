"""How the arguments of addresses lead to requests and grants: for ``fonds.access.doors``."""

from ..decisions import visible
from ..doors import KINDS
from ..enums import Right
from ..models import AccessRequest, Grant
from ..roles import DECIDE_PERMISSION
from .actions import OVERSEE_PERMISSION


def known_requests(user, numbers: set[int], right: Right) -> set[int]:
    """Among ``numbers``, the person's own requests, and those a decider may know of."""
    rows = AccessRequest.objects.filter(pk__in=numbers)
    seen = visible(rows, user, "unit__") if user.has_perm(DECIDE_PERMISSION) else rows.none()
    return {*rows.filter(reader_id=user.pk).values_list("pk", flat=True), *seen.values_list("pk", flat=True)}


def known_grants(user, numbers: set[int], right: Right) -> set[int]:
    """Among ``numbers``, the grants that whoever oversees them may know of."""
    rows = Grant.objects.filter(pk__in=numbers)
    if not user.has_perm(OVERSEE_PERMISSION):
        return set()
    return set(visible(rows, user, "unit__").values_list("pk", flat=True))


KINDS.update(access_request=known_requests, grant=known_grants)
