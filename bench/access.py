"""What access costs: a listing for one reader beside the same listing unfiltered, and a change of rank far up the tree.

    python manage.py shell -c "from fonds.bench.access import run; print(run())"

Takes the reference archive that is there, of any size; in an archive without one it makes 25,000 items, 20,000 of them
in one series. Readers, grants and changed ranks are rolled back. Each round asks the unfiltered and the filtered
listing in turn, so that a busy machine slows both alike; the ratio is the median of the rounds' ratios.
"""

import datetime as dt
import statistics
import time
from collections.abc import Callable
from random import Random

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection, transaction
from django.http import HttpRequest

from fonds.access import roles
from fonds.access.decisions import visible
from fonds.access.enums import Rank
from fonds.access.models import Department, Grant
from fonds.access.sight import sight_of
from fonds.archive_pages.listings import Listing
from fonds.archive_pages.models import ArchivePage, SeriesPage
from fonds.archive_pages.ranks import set_ranks
from fonds.audit.context import Channel, Origin, working
from fonds.site.reference.loading import Order, load

ITEMS, WIDE = 25_000, 20_000
ROUNDS = 41
GRANTS = (0, 10, 1_000)
RATIO_GOAL, RANK_GOAL = 1.10, 2.0


def run(rounds: int = ROUNDS) -> dict[str, str]:
    """The figures as text, by what they are."""
    if not SeriesPage.objects.filter(reference_code__startswith="J021-ZY·GT").exists():
        load(Order(ITEMS, 0, wide=WIDE), lambda line: None)
    with connection.cursor() as cursor:  # as the database does by itself some time after a load
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    figures = {"units": f"{ArchivePage.objects.exclude(level='').count():,}"}
    with transaction.atomic():
        for name, user in _readers().items():
            for listing, queryset in _listings().items():
                figures |= _compare(f"{listing}, {name}", queryset, user, rounds)
        figures |= _rank_change()
        transaction.set_rollback(True)
    return figures


def _readers() -> dict[str, object]:
    """A visitor, and officers of one department with more and more grants on units of every level."""
    department = Department.objects.get(code="QZC")
    readers = {"visitor": AnonymousUser()}
    manager = get_user_model().objects.create(username="bench-approver")
    for count in GRANTS:
        officer = get_user_model().objects.create(username=f"bench-officer-{count}", department=department)
        officer.groups.add(Group.objects.get(name=roles.OFFICER))
        grant_many(officer, manager, count)
        readers[f"officer with {count} grants"] = officer
    return readers


def grant_many(officer, approver, count: int) -> None:
    """Let ``officer`` see ``count`` units of every level, drawn from all, for a month."""
    levels = ArchivePage.objects.filter(level__in=["series", "file", "item"]).order_by("path")
    keys = list(levels.values_list("pk", flat=True))
    today = dt.date.today()
    Grant.objects.bulk_create(
        Grant(
            user=officer, unit_id=key, starts_on=today, ends_on=today + dt.timedelta(30),
            approver=approver, reason="measurement",
        )
        for key in Random(count).sample(keys, min(count, len(keys)))
    )  # fmt: skip


def _listings() -> dict[str, object]:
    """The widest series, and all items of the archive, by code."""
    widest = SeriesPage.objects.order_by("-numchild").first()
    return {
        f"series of {widest.numchild:,}": widest.get_children().order_by("sort_key", "path"),
        "all items": ArchivePage.objects.filter(level="item").order_by("sort_key"),
    }


def _compare(name: str, queryset, user, rounds: int) -> dict[str, str]:
    """Milliseconds of one listing with and without the reader's condition, what it takes to know the reader, and the
    ratio of the two listings as a page shows them: 50 rows and the count up to its limit."""
    plain, filtered, known, ratios = [], [], [], []
    for number in range(rounds + 3):
        with working(Origin(Channel.COMMAND, request=HttpRequest())):
            sight_seconds = _seconds(lambda: sight_of(user))
            pair = [lambda: _show(queryset), lambda: _show(visible(queryset, user))]
            order = (0, 1) if number % 2 else (1, 0)
            taken = {which: _seconds(pair[which]) for which in order}
        if number >= 3:  # the first rounds warm the caches
            plain.append(taken[0])
            filtered.append(taken[1])
            known.append(sight_seconds)
            ratios.append((taken[1] + sight_seconds) / taken[0])
    median = statistics.median
    return {
        f"{name}: filtered ÷ unfiltered": f"{median(ratios):.2f}  (goal {RATIO_GOAL:.2f}; "
        f"{median(filtered) * 1000:.1f} ms, {median(plain) * 1000:.1f} ms; the reader {median(known) * 1000:.1f} ms)"
    }


def _show(queryset) -> int:
    listing = Listing(queryset, "code", 1)
    return len(listing.rows) + listing.count


def _rank_change() -> dict[str, str]:
    """Seconds until the widest series and all in it are for the staff, and until they are public again."""
    series = SeriesPage.objects.order_by("-numchild").first()
    user = get_user_model().objects.create(username="bench-keeper", is_superuser=True)

    def change(rank: Rank) -> Callable[[], None]:
        values = {"catalogue_rank": rank, "content_rank": rank, "closed_until": None}
        return lambda: set_ranks(series, **values, reason="measurement", user=user)

    taken = [_seconds(change(rank)) for _round in range(3) for rank in (Rank.STAFF, Rank.PUBLIC)]
    name = f"rank of a series of {series.numchild:,} changed, s"
    return {name: f"{statistics.median(taken):.2f}  (longest {max(taken):.2f}, goal {RANK_GOAL:.0f})"}


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
