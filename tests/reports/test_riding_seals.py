"""The riding seal: every sheet carries its strip, and the fanned sheets complete the seal."""

import io
import subprocess

import pikepdf
import pytest
from PIL import Image, ImageChops

from fonds.reports.riding_seals import CENTRE, MOST_STRIPS, SIZE, ride, strips

pytestmark = pytest.mark.once
DPI = 144


def test_strips_are_shared_out():
    assert strips(0) == strips(1) == []
    assert strips(3) == [(0, 3), (1, 3), (2, 3)]
    shared = strips(MOST_STRIPS + 1)
    assert len(shared) == MOST_STRIPS + 1
    assert {of for _strip, of in shared} == {8, 9}
    assert all(of <= MOST_STRIPS for _strip, of in strips(200))


def _pile(sizes: list[tuple[float, float]]) -> list[Image.Image]:
    """Sheets with the strips of a round seal in two colours, rendered."""
    pdf = pikepdf.new()
    drawing = b"1 0 0 rg 0 0 100 200 re f 0 0 1 rg 100 0 100 200 re f 0 1 0 rg 0 150 200 50 re f"
    seal = pdf.make_stream(drawing, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 200, 200])
    for size in sizes:
        pdf.add_blank_page(page_size=size)
    ride(pdf, pdf.pages, seal)
    out = io.BytesIO()
    pdf.save(out)
    pages = []
    for number in range(1, len(sizes) + 1):
        made = subprocess.run(
            ["pdftoppm", "-r", str(DPI), "-f", str(number), "-l", str(number), "-png", "-"],
            input=out.getvalue(), capture_output=True, check=True,
        )  # fmt: skip
        pages.append(Image.open(io.BytesIO(made.stdout)).convert("RGB"))
    return pages


@pytest.mark.parametrize("lying", [set(), {1}])
def test_fanned_sheets_complete_the_seal(lying):
    a4 = (595.28, 841.89)
    pages = _pile([a4[::-1] if number in lying else a4 for number in range(3)])
    pages = [page.rotate(90, expand=True) if number in lying else page for number, page in enumerate(pages)]
    strip = round(SIZE / 3 * DPI / 72)
    top, height = round((841.89 - CENTRE - SIZE / 2) * DPI / 72), round(SIZE * DPI / 72)
    fanned = Image.new("RGB", (3 * strip, height), "white")
    for number, page in enumerate(pages):
        edge = page.crop((page.width - strip, top, page.width, top + height))
        fanned.paste(edge, (number * strip, 0))
    whole = Image.new("RGB", fanned.size, (255, 0, 0))
    whole.paste((0, 0, 255), (whole.width // 2, 0, whole.width, height))
    whole.paste((0, 255, 0), (0, 0, whole.width, height // 4))
    difference = ImageChops.difference(fanned, whole).convert("L").point(lambda value: 255 if value > 60 else 0)
    assert difference.histogram()[255] < 0.03 * difference.width * difference.height
