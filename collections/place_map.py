"""A map of where photographs were taken, drawn from their own positions: nothing is asked of anybody outside.

Degrees are laid out as on paper of the same scale both ways (the plate carrée at the middle latitude); lines of the grid
carry their degrees, and a bar tells the scale. Photographs that lie close together are one spot.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

WIDTH, HEIGHT, EDGE = 800, 460, 46
CELL = 34  # units of the drawing within which positions are one spot
KILOMETRES = 111.32  # of a degree of latitude
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30)
BARS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
LEAST_SPAN = 0.01  # degrees: one place alone is not enlarged without end
MOST = 5_000  # photographs drawn


@dataclass
class Spot:
    """Photographs taken close together: where in the drawing, and which."""

    number: int
    x: float
    y: float
    radius: float
    photos: list[int] = field(default_factory=list)
    label: str = ""


@dataclass
class PlaceMap:
    """The drawing: spots, lines of the grid as (place, label), and the bar that tells the scale."""

    spots: list[Spot]
    meridians: list[tuple[float, str]]
    parallels: list[tuple[float, str]]
    bar: float
    bar_label: str
    width: int = WIDTH
    height: int = HEIGHT


def positions_of(photos: QuerySet) -> list[tuple[int, str, float, float]]:
    """Key, title, latitude and longitude of those ``photos`` whose file states its position. One query."""
    rows = photos.filter(exif__has_key="GPS").order_by("pk").values_list("pk", "title", "exif")[:MOST]
    found = []
    for pk, title, exif in rows:
        gps = exif.get("GPS") or {}
        latitude, longitude = gps.get("latitude"), gps.get("longitude")
        if _is_on_earth(latitude, 90) and _is_on_earth(longitude, 180):
            found.append((pk, title, float(latitude), float(longitude)))
    return found


def _is_on_earth(degrees, most: int) -> bool:
    return isinstance(degrees, int | float) and math.isfinite(degrees) and abs(degrees) <= most


def drawn(positions: Iterable[tuple[int, str, float, float]]) -> PlaceMap | None:
    """The map of these positions; ``None`` where there are none."""
    positions = list(positions)
    if not positions:
        return None
    south, north = _span([position[2] for position in positions])
    west, east = _span([position[3] for position in positions])
    shrink = max(0.05, math.cos(math.radians((south + north) / 2)))
    scale = min((WIDTH - 2 * EDGE) / ((east - west) * shrink), (HEIGHT - 2 * EDGE) / (north - south))
    middle = ((west + east) / 2, (south + north) / 2)

    def place(latitude: float, longitude: float) -> tuple[float, float]:
        x = WIDTH / 2 + (longitude - middle[0]) * shrink * scale
        return round(x, 1), round(HEIGHT / 2 - (latitude - middle[1]) * scale, 1)

    kilometres = next((bar for bar in reversed(BARS) if bar / KILOMETRES * scale <= WIDTH / 4), BARS[0])
    return PlaceMap(
        _spots(positions, place),
        [(place(middle[1], line)[0], _degrees(line, "E", "W")) for line in _lines(middle[0], WIDTH / (shrink * scale))],
        [(place(line, middle[0])[1], _degrees(line, "N", "S")) for line in _lines(middle[1], HEIGHT / scale)],
        round(kilometres / KILOMETRES * scale, 1),
        f"{kilometres:g} km",
    )


def _span(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = max(0.0, LEAST_SPAN - (high - low)) / 2
    return low - room, high + room


def _spots(positions: list[tuple[int, str, float, float]], place) -> list[Spot]:
    spots: list[Spot] = []
    for pk, title, latitude, longitude in positions:
        x, y = place(latitude, longitude)
        near = next((spot for spot in spots if math.hypot(spot.x - x, spot.y - y) < CELL), None)
        if near is None:
            near = Spot(len(spots) + 1, x, y, 0, label=title)
            spots.append(near)
        near.photos.append(pk)
    for spot in spots:
        spot.radius = round(min(22.0, 10 + 3 * math.sqrt(len(spot.photos))), 1)
    return spots


def _lines(middle: float, span: float) -> list[float]:
    """The degrees at which lines of the grid lie: four to eight over the drawing."""
    step = next((step for step in STEPS if span / step <= 6), STEPS[-1])
    first = math.ceil((middle - span / 2) / step)
    return [round(number * step, 4) for number in range(first, math.floor((middle + span / 2) / step) + 1)]


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):g}° {positive if value >= 0 else negative}"
