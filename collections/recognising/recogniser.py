"""The recogniser: RapidOCR, whose models come with the package, so nothing is fetched and nothing leaves the house.

One process recognises one page at a time on one core; several workers do several pages at once.
"""

from functools import cache
from importlib.metadata import version

import pyvips

from .lines import Line

LONGEST = 1600  # pixels of the picture's longest side: smaller print than that of a scan at 200 dpi is lost below it
NAME = "rapidocr"


def version_name() -> str:
    """The recogniser with its version, by which its texts are kept apart from those of another."""
    return f"{NAME} {version(NAME)}"


@cache
def _engine():
    from rapidocr import RapidOCR  # half a second and 200 MB, only for who recognises

    one_core = {"intra_op_num_threads": 1, "inter_op_num_threads": 1}
    options = {f"EngineConfig.onnxruntime.{name}": value for name, value in one_core.items()}
    return RapidOCR(
        params={**options, "Global.max_side_len": LONGEST, "Global.use_cls": False, "Global.log_level": "error"}
    )


def recognise(picture: pyvips.Image) -> list[Line]:
    """The lines on an upright ``picture``, from the top and from the left; none where there is no text."""
    plain = picture.colourspace("srgb")
    plain = plain.flatten(background=255) if plain.hasalpha() else plain
    if max(plain.width, plain.height) > 2 * LONGEST:
        plain = plain.thumbnail_image(2 * LONGEST, height=2 * LONGEST)
    pixels = plain[:3].cast("uchar").numpy()[:, :, ::-1]  # the engine reads blue, green, red
    height, width = pixels.shape[:2]
    found = _engine()(pixels, return_word_box=True, return_single_char_box=True)
    if found.txts is None:
        return []
    return [
        line
        for box, text, score, letters in zip(found.boxes, found.txts, found.scores, found.word_results, strict=True)
        if (line := _line(box, text, score, letters, width, height))
    ]


def _line(box, text: str, score: float, letters, width: int, height: int) -> Line | None:
    """One line as the engine gives it: a box of four corners, and each character with its own."""
    signs = [(sign, corners) for sign, _score, corners in letters if sign.strip()]
    if not signs:
        return None
    across, down = [point[0] for point in box], [point[1] for point in box]
    edges = tuple(
        (min(corner[0] for corner in corners) / width, max(corner[0] for corner in corners) / width)
        for _sign, corners in signs
    )
    sides = (min(across) / width, min(down) / height, max(across) / width, max(down) / height)
    return Line("".join(sign for sign, _corners in signs), *(float(side) for side in sides), edges, float(score))
