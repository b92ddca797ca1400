"""What the list of policies asks the database."""

import datetime

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.utils import timezone
from wagtail.models import PageQuerySet

from .enums import PolicyStatus

ORDER = [PolicyStatus.IN_FORCE, PolicyStatus.REPLACED, PolicyStatus.REPEALED, PolicyStatus.DRAFT]


class PolicyQuerySet(PageQuerySet):
    """Policies by where they stand on a day."""

    def with_standing(self, day: datetime.date | None = None) -> QuerySet:
        """Add ``standing``: the status, but *in force* for a policy whose end is announced for a later day."""
        day = day or timezone.localdate()
        ends_later = Q(status__in=[PolicyStatus.REPLACED, PolicyStatus.REPEALED], ended_on__gt=day)
        return self.annotate(
            standing=Case(
                When(ends_later, then=Value(PolicyStatus.IN_FORCE.value)),
                default=F("status"),
                output_field=CharField(),
            )
        )

    def in_reading_order(self, day: datetime.date | None = None) -> QuerySet:
        """In force first, then replaced and repealed; the newest effective date first."""
        rank = Case(*(When(standing=status, then=Value(place)) for place, status in enumerate(ORDER)))
        return self.with_standing(day).annotate(rank=rank).order_by("rank", "-effective_date", "document_number", "pk")
