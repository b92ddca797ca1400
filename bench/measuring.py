"""Timing one piece of work many times: median and 95th percentile of milliseconds, and the queries it asks."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import cycle, islice
from statistics import median, quantiles

from django.db import connection
from django.test.utils import CaptureQueriesContext

WARM = 3


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one kind of work, and how many queries it asked at most."""

    median: float
    high: float  # 95th percentile
    queries: int

    def line(self, goal: float | None = None) -> str:
        """The figures in one line, with the goal for the median where there is one."""
        wanted = f"  (goal {goal:g})" if goal else ""
        return f"{self.median:.0f} ms, 95 % {self.high:.0f} ms, {self.queries} queries{wanted}"


def timed(work: Callable[[object], object], things: Iterable, rounds: int) -> Timing:
    """``work`` on each of ``things`` in turn, ``rounds`` times after some to warm up; queries are counted apart from the
    times, since counting costs."""
    some = cycle(things)
    queries = 0
    for thing in islice(some, WARM):
        with CaptureQueriesContext(connection) as captured:
            work(thing)
        queries = max(queries, len(captured))
    taken = [milliseconds(lambda thing=thing: work(thing)) for thing in islice(some, rounds)]
    return Timing(median(taken), quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0], queries)


def milliseconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes once."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000
