"""Adjustments of a page picture: turn, crop, straighten, contrast. Recorded as steps and carried out on derivatives
only; the master stays as it was delivered (DA/T 31-2017, 9.3).

A step is a dictionary with one entry: ``{"turn": 90}`` degrees clockwise (90, 180, 270), ``{"crop": [left, top, right,
bottom]}`` fractions of the picture before the step, ``{"straighten": 1.5}`` degrees clockwise (10 at most, either way),
``{"contrast": [black, white]}`` the two levels, in percent, that become black and white.
"""

import hashlib
import json
import math
from collections.abc import Sequence

import pyvips
from django.utils.translation import gettext as _

from .faults import ScanFault

Step = dict[str, object]
MOST_STEPS = 20
LEAST_SIDE = 0.02  # of the picture: what a crop must leave
MOST_DEGREES = 10
PAPER = [255, 255, 255]


def checked(steps: Sequence[Step]) -> list[Step]:
    """``steps`` as they are kept. Raises ``ScanFault`` for a step that is unknown or out of range."""
    if len(steps) > MOST_STEPS:
        raise ScanFault(_("A page can have %(count)s adjustments.") % {"count": MOST_STEPS})
    kept = [_checked(step) for step in steps]
    return _with_turns_joined(kept)


def _checked(step: Step) -> Step:
    match step:
        case {"turn": 90 | 180 | 270 as degrees}:
            return {"turn": degrees}
        case {"crop": [left, top, right, bottom]} if _numbers(left, top, right, bottom) and _leaves_enough(
            left, top, right, bottom
        ):
            return {"crop": [round(float(side), 4) for side in (left, top, right, bottom)]}
        case {"straighten": degrees} if _numbers(degrees) and 0 < abs(degrees) <= MOST_DEGREES:
            return {"straighten": round(float(degrees), 2)}
        case {"contrast": [black, white]} if _numbers(black, white) and 0 <= black < white <= 100:
            return {"contrast": [round(float(black), 1), round(float(white), 1)]}
    raise ScanFault(_("This adjustment of a page is not possible."))


def _numbers(*values) -> bool:
    return all(
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) for value in values
    )


def _leaves_enough(left: float, top: float, right: float, bottom: float) -> bool:
    return left >= 0 and top >= 0 and right <= 1 and bottom <= 1 and min(right - left, bottom - top) >= LEAST_SIDE


def _with_turns_joined(steps: list[Step]) -> list[Step]:
    """Two turns that follow each other are one; a whole turn is none."""
    joined: list[Step] = []
    for step in steps:
        if "turn" in step and joined and "turn" in joined[-1]:
            degrees = (joined.pop()["turn"] + step["turn"]) % 360
            step = {"turn": degrees} if degrees else None
        if step:
            joined.append(step)
    return joined


def geometric(steps: Sequence[Step]) -> list[Step]:
    """The steps that move what is on the page; a certified copy carries out these alone."""
    return [step for step in steps if "contrast" not in step]


def size_after(width: int, height: int, steps: Sequence[Step]) -> tuple[int, int]:
    """Width and height in pixels of a picture of ``width`` times ``height`` after ``steps``."""
    for step in steps:
        match step:
            case {"turn": 90 | 270}:
                width, height = height, width
            case {"crop": sides}:
                _left, _top, width, height = _area(width, height, sides)
    return width, height


def _area(width: int, height: int, sides: Sequence[float]) -> tuple[int, int, int, int]:
    """Left, top, width and height in pixels of a crop."""
    left, top = round(sides[0] * width), round(sides[1] * height)
    return left, top, max(1, round(sides[2] * width) - left), max(1, round(sides[3] * height) - top)


def applied(picture: pyvips.Image, steps: Sequence[Step]) -> pyvips.Image:
    """``picture`` (8 bit, grey or sRGB) after ``steps``; as large as ``size_after`` says."""
    for step in steps:
        match step:
            case {"turn": degrees}:
                picture = picture.rot(f"d{degrees}")
            case {"crop": sides}:
                picture = picture.crop(*_area(picture.width, picture.height, sides))
            case {"straighten": degrees}:
                picture = _straightened(picture, degrees)
            case {"contrast": [black, white]}:
                scale = 100 / (white - black)
                picture = picture.linear(scale, -black * 2.55 * scale, uchar=True)
    return picture


def _straightened(picture: pyvips.Image, degrees: float) -> pyvips.Image:
    """Turned about its middle, of the same size, the corners in the colour of paper."""
    turned = picture.rotate(degrees, background=PAPER[: picture.bands])
    left, top = (turned.width - picture.width) // 2, (turned.height - picture.height) // 2
    return turned.crop(max(0, left), max(0, top), picture.width, picture.height)


def mark_of(steps: Sequence[Step]) -> str:
    """A short name of ``steps`` for the keys of derivatives; empty where there are none."""
    if not steps:
        return ""
    return hashlib.sha256(json.dumps(list(steps), sort_keys=True).encode()).hexdigest()[:10]
