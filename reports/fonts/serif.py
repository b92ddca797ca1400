"""The serif of the printouts with only the characters that are in common use.

Every printout carries the characters it uses of its font, and to take them out of the whole Noto Serif CJK costs a third
of a short one's time and a copy of its 26 MB. A font of some 8,300 characters, made once at the set-up, is a fifth of
that. A character it lacks (a rare name) is printed from the whole one, in the same design.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

FAMILY = "Fonds Serif"
WHOLE_FAMILY = "Noto Serif CJK SC"
SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")
PLACE = Path(__file__).parent / "made" / "serif.otf"

_BLOCKS = ((0x20, 0x250), (0x2000, 0x2070), (0x2460, 0x2500), (0x3000, 0x3040), (0xFF00, 0xFFF0))
_FAMILY_NAMES, _POSTSCRIPT_NAME = (1, 4, 16), 6  # numbers in the font's table of names
_FEATURES = ["kern", "liga", "ccmp", "vert", "halt", "palt"]


def make_serif(source: Path = SOURCE, place: Path = PLACE) -> Path:
    """Make the font of ``source`` (a collection) at ``place``; it is whole as soon as it is there. Raises ``OSError``
    where ``source`` is missing, ``LookupError`` where it holds no ``WHOLE_FAMILY``."""
    options = subset.Options(
        font_number=_number_in(source), layout_features=_FEATURES, notdef_outline=True, name_IDs=["*"], hinting=True
    )
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=common_characters())
    subsetter.subset(font)
    _rename(font)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".", delete=False) as file:
        font.save(file)
    os.chmod(file.name, 0o644)
    os.replace(file.name, place)
    return place


def common_characters() -> set[int]:
    """Code points of the characters of GB/T 2312, of Latin letters, and of the punctuation and signs of forms."""
    return {*_national_standard(), *(point for first, end in _BLOCKS for point in range(first, end))}


def _national_standard() -> Iterator[int]:
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            yield from map(ord, bytes((row, cell)).decode("gb2312", errors="ignore"))


def _number_in(source: Path) -> int:
    with TTCollection(str(source), lazy=True) as collection:
        names = [font["name"].getDebugName(1) for font in collection.fonts]
    if WHOLE_FAMILY not in names:
        raise LookupError(f"{source} holds no {WHOLE_FAMILY}, but {', '.join(names)}")
    return names.index(WHOLE_FAMILY)


def _rename(font: TTFont) -> None:
    """Give ``font`` a name of its own, so that both can be asked for."""
    joined = FAMILY.replace(" ", "")
    for record in font["name"].names:
        if record.nameID in _FAMILY_NAMES:
            record.string = FAMILY
        elif record.nameID == _POSTSCRIPT_NAME:
            record.string = joined
    font["CFF "].cff.fontNames = [joined]
