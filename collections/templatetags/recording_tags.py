"""The recordings of a unit for its page, as lists a template can draw."""

from dataclasses import dataclass

from django import template

from fonds.access.decisions import may
from fonds.access.enums import Right

from ..models import Recording
from ..recordings.deriving import web_type
from ..recordings.transcripts import clock

register = template.Library()


@dataclass
class Line:
    """One line of a transcript; ``at`` as it is read, ``start`` in seconds."""

    start: float | None
    at: str
    text: str


@dataclass
class Shown:
    """A recording as the player shows it."""

    recording: Recording
    mime_type: str
    length: str
    lines: list[Line]
    chapters: list[Line]
    peaks: list[tuple[int, int, int]]


@register.simple_tag(takes_context=True)
def recordings_of(context, unit) -> list[Shown]:
    """The recordings of ``unit`` that the reader may hear and see; none where he may not. One query."""
    if not may(context["request"].user, Right.VIEW, unit):
        return []
    found = Recording.objects.filter(file__unit=unit.pk).select_related("file__master").order_by("file__number")
    return [_shown(recording) for recording in found]


def _shown(recording: Recording) -> Shown:
    return Shown(
        recording,
        web_type(recording),
        clock(recording.duration) if recording.duration else "",
        [Line(start, clock(start) if start is not None else "", text) for start, _end, text in recording.cues],
        [Line(start, clock(start), title) for start, title in recording.chapters],
        [(place, 60 - high, high) for place, high in enumerate(_heights(bytes(recording.waveform)))],
    )


def _heights(peaks: bytes) -> list[int]:
    """The peaks as heights from 1 to 60."""
    return [max(1, peak * 60 // 255) for peak in peaks]
