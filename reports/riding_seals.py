"""The riding seal 骑缝章: a seal cut into strips, one at the edge of every sheet, which the fanned sheets complete.

Whoever takes a sheet out, or puts another in, breaks the seal. A pile of more than ``MOST_STRIPS`` sheets carries
several seals one after the other, so that no strip is too narrow to be seen.
"""

from collections.abc import Sequence

import pikepdf

from .sheets import POINTS_PER_MM, draw, own_drawings

SIZE = 42 * POINTS_PER_MM
MOST_STRIPS = 16
CENTRE = 148.5 * POINTS_PER_MM  # of the seal, measured along the edge


def strips(sheets: int) -> list[tuple[int, int]]:
    """For each sheet of a pile which strip it carries and of how many: ``(0, 3), (1, 3), (2, 3)``. Seals are shared out
    evenly; a single sheet has none."""
    if sheets < 2:
        return []
    seals = -(-sheets // MOST_STRIPS)
    lengths = [sheets // seals + (place < sheets % seals) for place in range(seals)]
    return [(strip, length) for length in lengths for strip in range(length)]


def ride(pdf: pikepdf.Pdf, pages: Sequence[pikepdf.Page], seal: pikepdf.Object) -> None:
    """Draw the strips of ``seal`` (a square form) along the right edge of ``pages``, upright sheets and such on their
    side mixed: a sheet on its side lies in the pile with its top to the left, so its strip stands at its lower edge."""
    scale = SIZE / float(seal.BBox[2])
    for page, (strip, of) in zip(pages, strips(len(pages)), strict=False):
        _left, _bottom, width, height = (float(edge) for edge in page.mediabox)
        depth = SIZE / of
        shift, low = (strip + 1) * depth, CENTRE - SIZE / 2
        if width > height:
            clip = f"{low:.3f} 0 {SIZE:.3f} {depth:.3f} re"
            turn = f"0 {-scale:.5f} {scale:.5f} 0 {low:.3f} {shift:.3f}"
        else:
            clip = f"{width - depth:.3f} {low:.3f} {depth:.3f} {SIZE:.3f} re"
            turn = f"{scale:.5f} 0 0 {scale:.5f} {width - shift:.3f} {low:.3f}"
        own_drawings(page)["/RidingSeal"] = seal
        draw(pdf, page, f"q {clip} W n {turn} cm /RidingSeal Do Q\n")
