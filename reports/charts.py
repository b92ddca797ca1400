"""Charts as geometry: templates draw them as SVG, the same on the screen and in print (``reports/charts/*.html``)."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, ROW, BAR, LABEL, FIGURE = 640, 34, 18, 150, 70
COLUMNS_HIGH, COLUMNS_FOOT = 120, 18


@dataclass(frozen=True)
class Bar:
    """One bar in units of the drawing; ``text`` is the number as it is shown."""

    label: str
    number: float
    text: str
    x: float
    y: float
    width: float
    height: float
    middle: float


@dataclass(frozen=True)
class Chart:
    """Bars and the size of the drawing they lie in."""

    bars: list[Bar]
    width: float
    height: float


def shown(number: float) -> str:
    """A number with its thousands apart, without a point where there is nothing behind it."""
    return f"{number:,.0f}" if number == int(number) else f"{number:,.2f}".rstrip("0")


def bars(rows: Sequence[tuple[str, float]]) -> Chart:
    """Lying bars, one below the other, as long as their numbers; numbers below 0 get none."""
    most = max((number for _label, number in rows), default=0) or 1
    room = WIDTH - LABEL - FIGURE
    drawn = []
    for place, (label, number) in enumerate(rows):
        y = place * ROW + (ROW - BAR) / 2
        width = round(room * max(0, number) / most, 1)
        drawn.append(Bar(label, number, shown(number), LABEL, y, width, BAR, y + BAR / 2))
    return Chart(drawn, WIDTH, max(1, len(rows)) * ROW)


def columns(rows: Sequence[tuple[str, float]]) -> Chart:
    """Standing bars beside each other, for a run of years."""
    most = max((number for _label, number in rows), default=0) or 1
    step = WIDTH / max(1, len(rows))
    drawn = []
    for place, (label, number) in enumerate(rows):
        height = round(COLUMNS_HIGH * max(0, number) / most, 1)
        x = round(place * step + step * 0.1, 1)
        width = round(step * 0.8, 1)
        drawn.append(
            Bar(label, number, shown(number), x, COLUMNS_HIGH - height, width, height, round(x + width / 2, 1))
        )
    return Chart(drawn, WIDTH, COLUMNS_HIGH + COLUMNS_FOOT)
