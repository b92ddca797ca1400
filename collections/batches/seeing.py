"""What a person may know of batches: their pages lead to units, and the title of a correction names one."""

from django.db.models import Q, QuerySet

from ..models import BatchPage, ScanBatch
from .matching import units_for


def seen_batches(user) -> QuerySet[ScanBatch]:
    """The batches ``user`` may know of."""
    return ScanBatch.objects.filter(Q(corrects=None) | Q(corrects__in=units_for(user).order_by()))


def seen(pages: QuerySet[BatchPage], user) -> QuerySet[BatchPage]:
    """Those of ``pages`` that ``user`` may look at: they belong to no unit yet, or to one whose pages he may see."""
    return pages.filter(Q(unit=None) | Q(unit__in=units_for(user).order_by()))


def seen_pages(batch: ScanBatch, user) -> QuerySet[BatchPage]:
    """The pages of ``batch`` that ``user`` may look at."""
    return seen(batch.pages.all(), user)
