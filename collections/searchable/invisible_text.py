"""Text that is in a PDF without being seen: found, marked and copied, on PDF/A-2b's terms (ISO 19005-2, 6.2.11).

One font for all of Unicode: every code shows the same blank glyph of one em, so nothing refers to ``.notdef`` and all
widths agree. A code is the character's own number; characters beyond U+FFFF take the codes of the surrogates, which no
text has.
"""

import io
import zlib
from collections.abc import Sequence
from functools import cache

import pikepdf
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib.tables._g_l_y_f import Glyph

from ..recognising.lines import Line

EM = 1000
INVISIBLE = 3  # text rendering mode, PDF 32000-1, 9.3.6
LAST_PLAIN, FIRST_SPARE, SPARES = 0xFFFF, 0xD800, 0x800
LEAST_SIZE = 1.0  # points


@cache
def _font_file() -> bytes:
    """A TrueType font of two glyphs without an outline."""
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", "blank"])
    builder.setupCharacterMap({0x20: "blank"})
    builder.setupGlyf({".notdef": Glyph(), "blank": Glyph()})
    builder.setupHorizontalMetrics({".notdef": (EM, 0), "blank": (EM, 0)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "FondsBlank", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120)
    builder.setupPost()
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


class InvisibleFont:
    """The font of one PDF: gives the codes of characters, and writes itself when all are known."""

    def __init__(self) -> None:
        self._spare: dict[str, int] = {}

    def code(self, sign: str) -> int:
        """The two-byte code of a character; a space where there are more rare ones than codes."""
        number = ord(sign)
        if number <= LAST_PLAIN:
            return 0x20 if FIRST_SPARE <= number < FIRST_SPARE + SPARES else number
        if sign not in self._spare and len(self._spare) < SPARES:
            self._spare[sign] = FIRST_SPARE + len(self._spare)
        return self._spare.get(sign, 0x20)

    def write(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """The font as an object of ``pdf``."""
        name = pikepdf.Name("/FONDSX+FondsBlank")
        file = pikepdf.Stream(pdf, _font_file())
        file.stream_dict["/Length1"] = len(_font_file())
        descriptor = pikepdf.Dictionary(
            Type=pikepdf.Name.FontDescriptor, FontName=name, Flags=4, FontBBox=[0, -120, EM, 880], ItalicAngle=0,
            Ascent=880, Descent=-120, CapHeight=880, StemV=80, FontFile2=pdf.make_indirect(file),
        )  # fmt: skip
        glyphs = pikepdf.Stream(pdf, zlib.compress(b"\x00\x01" * 0x10000))
        glyphs.stream_dict["/Filter"] = pikepdf.Name.FlateDecode
        descendant = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.CIDFontType2, BaseFont=name, DW=EM,
            CIDSystemInfo=pikepdf.Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor), CIDToGIDMap=pdf.make_indirect(glyphs),
        )  # fmt: skip
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0, BaseFont=name, Encoding=pikepdf.Name("/Identity-H"),
            DescendantFonts=[pdf.make_indirect(descendant)], ToUnicode=pdf.make_indirect(self._to_unicode(pdf)),
        )  # fmt: skip
        return pdf.make_indirect(font)

    def _to_unicode(self, pdf: pikepdf.Pdf) -> pikepdf.Stream:
        """The map from codes back to characters: itself for each, in rows of 256; the rare ones one by one."""
        rows = [high << 8 for high in range(0x100) if not FIRST_SPARE <= high << 8 < FIRST_SPARE + SPARES]
        ranges = [f"<{row:04X}> <{row | 0xFF:04X}> <{row:04X}>" for row in rows]
        rare = [f"<{code:04X}> <{sign.encode('utf-16-be').hex().upper()}>" for sign, code in self._spare.items()]
        parts = [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <0000> <FFFF> endcodespacerange",
            *_blocks(ranges, "bfrange"),
            *_blocks(rare, "bfchar"),
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        ]
        return pikepdf.Stream(pdf, "\n".join(parts).encode("ascii"))


def _blocks(rows: Sequence[str], kind: str, most: int = 100) -> list[str]:
    """CMap rows in blocks of at most a hundred."""
    lots = [rows[start : start + most] for start in range(0, len(rows), most)]
    return [f"{len(lot)} begin{kind}\n" + "\n".join(lot) + f"\nend{kind}" for lot in lots]


def text_commands(lines: Sequence[Line], font: InvisibleFont, width: float, height: float) -> str:
    """The operators that put ``lines`` on a page of ``width`` times ``height`` points, each character in its place. The
    font's name on the page is ``/Text``."""
    parts = [f"BT {INVISIBLE} Tr"]
    for line in lines:
        size = (line.bottom - line.top) * height
        if size < LEAST_SIZE or not line.text or len(line.edges) != len(line.text):
            continue
        left, base = line.left * width, (1 - line.bottom) * height + 0.12 * size
        across = max(1e-3, line.right - line.left) * width
        scale = 100 * across / (size * len(line.text))
        parts.append(
            f"/Text {size:.2f} Tf {scale:.2f} Tz 1 0 0 1 {left:.2f} {base:.2f} Tm {_spread(line, font, width, size, scale)} TJ"
        )
    parts.append("ET\n")
    return "\n".join(parts)


def _spread(line: Line, font: InvisibleFont, width: float, size: float, scale: float) -> str:
    """The characters of a line with the shifts that bring each to its own edge; shifts are thousandths of an em."""
    unit = size * scale / 100  # points that one em is wide here
    place, pieces = line.left * width, []
    for sign, (left, _right) in zip(line.text, line.edges, strict=True):
        shift = round((place - left * width) / unit * EM)
        if shift:
            pieces.append(str(shift))
            place -= shift * unit / EM
        pieces.append(f"<{font.code(sign):04X}>")
        place += unit
    return "[" + " ".join(pieces) + "]"
