"""The number series of certificates: one per kind and year for the whole archive, whatever office issues; no gaps."""

from django.db import transaction
from django.db.models import F

from .models import NumberSeries


def take_number(kind: str, year: int) -> int:
    """The next number of the series, taken for good when the current transaction commits.

    Must run inside a transaction that also writes the register entry, so that no number is used up without one. The
    update comes before the read: it locks the row, so two issuers wait for each other on every database.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A certificate number is taken in a transaction only.")
    series, _created = NumberSeries.objects.get_or_create(kind=kind, year=year)
    NumberSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
    series.refresh_from_db(fields=["last"])
    return series.last


def year_of_issue(kind: str, today: int) -> int:
    """The year whose series is counted on: ``today``'s, or that of the latest number where the clock went back."""
    latest = NumberSeries.objects.filter(kind=kind, last__gt=0).order_by("-year").values_list("year", flat=True).first()
    return max(today, latest or today)
