"""Seals and codes as vector drawings (SVG), for printouts and pages alike."""

import io
import math
from xml.sax.saxutils import escape

import segno

SEAL_RED = "#A4282A"
_CENTRE = 210
_ARC = 158  # radius of the line on which the characters of the arc stand
_WIDEST = 270  # degrees the text of the arc may take


def official_seal(arc_text: str, name: str, specimen_words: str = "") -> str:
    """A round official seal as SVG, 420 units wide, drawn for 42 mm: ring, star, ``arc_text`` along the upper arc,
    ``name`` under the star; ``specimen_words`` mark a seal that is not in force."""
    letters = "".join(_arc_letters(arc_text))
    lower = _line(name, 300, 34) + (_line(specimen_words, 346, 30) if specimen_words else "")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 420" width="42mm" height="42mm">'
        f'<circle cx="{_CENTRE}" cy="{_CENTRE}" r="202" fill="none" stroke="{SEAL_RED}" stroke-width="9"/>'
        f'<polygon points="{_star(62)}" fill="{SEAL_RED}"/>'
        f'<g fill="{SEAL_RED}" font-family="Noto Serif CJK SC" font-weight="700" text-anchor="middle">'
        f"{letters}{lower}</g></svg>"
    )


def _star(radius: float) -> str:
    """The points of a five-pointed star, one tip up, its inner radius by the golden section."""
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
    points = []
    for tip in range(10):
        angle, size = math.radians(36 * tip - 90), radius if tip % 2 == 0 else inner
        points.append(f"{_CENTRE + size * math.cos(angle):.2f},{_CENTRE + size * math.sin(angle):.2f}")
    return " ".join(points)


def _arc_letters(text: str) -> list[str]:
    step = min(23.0, _WIDEST / max(len(text) - 1, 1))
    size = min(46.0, 0.9 * _ARC * math.radians(step))
    letters = []
    for position, character in enumerate(text):
        turn = (position - (len(text) - 1) / 2) * step
        angle = math.radians(turn - 90)
        x, y = _CENTRE + _ARC * math.cos(angle), _CENTRE + _ARC * math.sin(angle)
        letters.append(
            f'<text font-size="{size:.1f}" transform="translate({x:.2f} {y:.2f}) rotate({turn:.2f}) '
            f'translate(0 {size * 0.36:.1f})">{escape(character)}</text>'
        )
    return letters


def _line(text: str, y: int, size: int) -> str:
    room = 2 * math.sqrt(max(180**2 - (y - _CENTRE) ** 2, 1))
    width = sum(1.0 if ord(character) > 0x2E7F else 0.66 for character in text) or 1
    fitted = min(size, room / width)
    return f'<text x="{_CENTRE}" y="{y}" font-size="{fitted:.1f}">{escape(text)}</text>'


def qr_code(text: str) -> str:
    """``text`` as a QR code (ISO/IEC 18004, error correction M) in SVG, with its quiet zone."""
    drawing = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawing, kind="svg", border=4, xmldecl=False, omitsize=True)
    return drawing.getvalue().decode()
