"""Pages of the log by place instead of by number: the thousandth costs what the first costs."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from .models import Event


@dataclass
class EventPage:
    """A page of events, newest first, with the marks of the pages around it (``None`` where there is none)."""

    events: list[Event]
    older: str | None
    newer: str | None


def event_page(events: QuerySet[Event], mark: str, size: int) -> EventPage:
    """The ``size`` events behind ``mark``: ``-MICROSECONDS.ID`` towards older ones, ``+…`` towards newer ones, nothing
    or nonsense for the newest. ``events`` is in order of time, newest first."""
    place = _read(mark)
    backwards = place is not None and mark.startswith("+")
    if place:
        events = events.filter(_beyond(*place, backwards))
    if backwards:
        events = events.order_by("at", "id")
    rows = list(events[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_older, has_newer = (bool(place), more) if backwards else (more, bool(place))
    return EventPage(
        rows,
        _write("-", rows[-1]) if rows and has_older else None,
        _write("+", rows[0]) if rows and has_newer else None,
    )


def _beyond(at: dt.datetime, event_id: int, backwards: bool) -> Q:
    if backwards:
        return Q(at__gte=at) & (Q(at__gt=at) | Q(id__gt=event_id))
    return Q(at__lte=at) & (Q(at__lt=at) | Q(id__lt=event_id))


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _write(sign: str, event: Event) -> str:
    return f"{sign}{(event.at - _EPOCH) // dt.timedelta(microseconds=1)}.{event.pk}"


def _read(mark: str) -> tuple[dt.datetime, int] | None:
    sign, moment, event_id = mark[:1], *mark[1:].partition(".")[::2]
    if sign not in ("+", "-") or not (
        moment.isascii() and moment.isdigit() and event_id.isascii() and event_id.isdigit()
    ):
        return None
    if len(moment) > 17 or len(event_id) > 18:
        return None
    return _EPOCH + dt.timedelta(microseconds=int(moment)), int(event_id)
