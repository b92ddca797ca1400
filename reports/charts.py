"""Charts as geometry: templates draw them as SVG, the same on the screen and in print (``reports/charts/*.html``).

Lengths across are per cent of the drawing, so that it fits any width without its letters shrinking; heights are pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

ROW, BAR, LABEL_HIGH = 48, 16, 20
COLUMNS_HIGH, COLUMNS_FOOT, LABELS = 120, 20, 8
WIDEST = 10  # per cent, of a standing bar where there are few


@dataclass(frozen=True)
class Bar:
    """One bar: ``x`` and ``width`` in per cent, ``y`` and ``height`` in pixels; ``text`` is the number as it is shown,
    ``is_labelled`` whether there is room for its label."""

    label: str
    text: str
    x: float
    y: float
    width: float
    height: float
    is_labelled: bool = True

    @property
    def middle(self) -> float:
        """The middle of the bar, in per cent."""
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True)
class Chart:
    """Bars, and the height in pixels of the drawing they lie in."""

    bars: list[Bar]
    height: int


def shown(number: float) -> str:
    """A number with its thousands apart, without a point where there is nothing behind it."""
    return f"{number:,.0f}" if number == int(number) else f"{number:,.2f}".rstrip("0")


def _most(rows: Sequence[tuple[str, float]]) -> float:
    return max((number for _label, number in rows), default=0) or 1


def bars(rows: Sequence[tuple[str, float]]) -> Chart:
    """Lying bars, each below its label, as long as their numbers; numbers below 0 get none."""
    most = _most(rows)
    drawn = [
        Bar(label, shown(number), 0, place * ROW + LABEL_HIGH, round(100 * max(0, number) / most, 2), BAR)
        for place, (label, number) in enumerate(rows)
    ]
    return Chart(drawn, max(1, len(rows)) * ROW)


def columns(rows: Sequence[tuple[str, float]]) -> Chart:
    """Standing bars beside each other, for a run of years; of many, every second, third … has its label."""
    most, step = _most(rows), 100 / max(1, len(rows))
    every = -(-len(rows) // LABELS) or 1
    drawn = []
    for place, (label, number) in enumerate(rows):
        height = round(COLUMNS_HIGH * max(0, number) / most, 1)
        width = min(0.8 * step, WIDEST)
        x = round((place + 0.5) * step - width / 2, 2)
        drawn.append(Bar(label, shown(number), x, COLUMNS_HIGH - height, round(width, 2), height, place % every == 0))
    return Chart(drawn, COLUMNS_HIGH + COLUMNS_FOOT)
