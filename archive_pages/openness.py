"""The effective opening state ``is_open`` of pages: open only where the page and every page above it is open and live.

Kept for whole subtrees with one statement per level of depth, so the cost does not grow with the number of units.
"""

from collections.abc import Callable

from django.db import transaction
from django.db.models import BooleanField, Case, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Left, Length

from fonds.access.enums import OpeningStatus

from .models import ArchivePage

STEP = ArchivePage.steplen
ROOT_DEPTH = 1  # the invisible root of the page tree
OPEN_ITSELF = Q(opening_status=OpeningStatus.OPEN, live=True)

# Called with the path after each refresh, in the same transaction; upper rooms add theirs in ``ready()``.
on_change: list[Callable[[str], None]] = []


@transaction.atomic
def refresh_openness(path: str) -> None:
    """Compute ``is_open`` anew for the page at ``path`` and all below it."""
    subtree = ArchivePage.objects.filter(path__startswith=path).order_by()
    depths = subtree.values_list("depth", flat=True).distinct()
    for depth in sorted(depths):
        rows = subtree.filter(depth=depth)
        if depth <= ROOT_DEPTH + 1:
            rows.update(is_open=Case(When(OPEN_ITSELF, then=Value(True)), default=Value(False)))
            continue
        parent = ArchivePage.objects.filter(path=Left(OuterRef("path"), Length(OuterRef("path")) - STEP))
        parent_open = Subquery(parent.order_by().values("is_open")[:1], output_field=BooleanField())
        rows.update(is_open=Case(When(OPEN_ITSELF, then=parent_open), default=Value(False)))
    for reaction in on_change:
        reaction(path)
