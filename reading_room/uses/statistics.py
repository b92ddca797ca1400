"""What the use register adds up to: per day and month, by purpose and kind, and how long readers were served."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Avg, Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from .models import UseEntry

QUICK, LIMIT = 180, 300  # seconds: what is good, and what a visit may take at most
BY_DAY = 62  # days up to which a period is shown day by day
MOST = 30


@dataclass(frozen=True)
class Totals:
    """Sums of a period. ``seconds`` is the mean time to serve, ``quick`` and ``in_time`` the visits within 3 and 5
    minutes."""

    visits: int
    days: int
    items: int
    pages_shown: int
    pages_copied: int
    pages_certified: int
    seconds: int
    waited: int
    quick: int
    in_time: int
    fee: object

    @property
    def per_day(self) -> float:
        """Visits on a day on which anybody came."""
        return round(self.visits / self.days, 1) if self.days else 0

    @property
    def in_time_percent(self) -> int:
        return round(100 * self.in_time / self.visits) if self.visits else 0

    @property
    def minutes(self) -> str:
        """The mean time to serve: ``4:05``."""
        return f"{self.seconds // 60}:{self.seconds % 60:02d}"


def entries_between(first: dt.date | None, last: dt.date | None) -> QuerySet[UseEntry]:
    """The entries of a period, both days included; an open end is open."""
    rows = UseEntry.objects.all()
    rows = rows.filter(day__gte=first) if first else rows
    return rows.filter(day__lte=last) if last else rows


def totals(rows: QuerySet[UseEntry]) -> Totals:
    """The sums of ``rows``: one query."""
    sums = {
        "visits": Count("pk"), "days": Count("day", distinct=True), "items": Sum("item_count"),
        "pages_shown": Sum("pages_shown"), "pages_copied": Sum("pages_copied"),
        "pages_certified": Sum("pages_certified"), "seconds": Avg("seconds"), "waited": Avg("waited_seconds"),
        "quick": Count("pk", filter=Q(seconds__lt=QUICK)), "in_time": Count("pk", filter=Q(seconds__lte=LIMIT)),
        "fee": Sum("fee"),
    }  # fmt: skip
    # Named apart from the columns: one aggregate must not be taken for the column in the next.
    found = rows.order_by().aggregate(**{f"all_{name}": aggregate for name, aggregate in sums.items()})
    values = {name: found[f"all_{name}"] or 0 for name in sums}
    return Totals(**{**values, "seconds": round(values["seconds"]), "waited": round(values["waited"])})


def by(rows: QuerySet[UseEntry], field: str) -> list[tuple[str, int]]:
    """Visits for each value of ``field``, the most frequent first: one query."""
    counted = rows.order_by().values_list(field).annotate(number=Count("pk")).order_by("-number", field)
    return [(value or "—", number) for value, number in counted[:MOST]]


def by_time(rows: QuerySet[UseEntry]) -> list[tuple[str, int]]:
    """Visits by day, or by month where the period is longer than ``BY_DAY`` days on which anybody came: two queries at
    most."""
    days = rows.order_by().values_list("day").annotate(number=Count("pk")).order_by("day")[: BY_DAY + 1]
    days = list(days)
    if len(days) <= BY_DAY:
        return [(f"{day:%m-%d}", number) for day, number in days]
    months = rows.order_by().annotate(month=TruncMonth("day")).values_list("month").annotate(number=Count("pk"))
    months = list(months.order_by("-month")[:MOST])
    return [(f"{month:%Y-%m}", number) for month, number in reversed(months)]
