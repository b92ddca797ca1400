"""Page images on printed sheets: JPEG data goes into the PDF as it is, with the seal drawn once and used on each.

A sheet is a page of a finished PDF (with its footer) that waits for its picture. Measured on 200 scans the pictures
cost next to nothing, as nothing is decoded.
"""

import io
from collections.abc import Sequence
from typing import NamedTuple

import pikepdf
from PIL import Image, UnidentifiedImageError

POINTS_PER_MM = 72 / 25.4
SIDE = 10 * POINTS_PER_MM  # margin beside and above the picture
FOOT = 27 * POINTS_PER_MM  # kept free for footer and seal
SEAL_SIZE = 20 * POINTS_PER_MM
LEAST_DPI = 50  # below, the resolution named by the file is not believed

# EXIF orientation → matrix that maps the unit square of the picture to the upright one.
_TURNS = {
    1: (1, 0, 0, 1, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}
_PROFILE_CLASSES = {b"scnr", b"mntr", b"prtr", b"spac"}
_SPACES = {"L": ("DeviceGray", b"GRAY", 1), "RGB": ("DeviceRGB", b"RGB ", 3)}


class UnreadablePicture(ValueError):
    """The bytes are not a JPEG that can be printed."""


class OtherColours(UnreadablePicture):
    """The JPEG is neither grey nor RGB; PDF/A-2b (ISO 19005-2, 6.2.4.3) has no place for it beside an RGB intent."""


class Picture(NamedTuple):
    """A JPEG as it goes onto a sheet; ``width`` and ``height`` are pixels as stored, ``turn`` its EXIF orientation. One
    that stands in an album (``fonds.reports.albums``) has its ``number`` there and no ``data``."""

    data: bytes
    width: int
    height: int
    mode: str
    dpi: int
    turn: int
    profile: bytes | None
    number: int = 0

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height as the picture is seen."""
        return (self.height, self.width) if self.turn >= 5 else (self.width, self.height)

    @property
    def is_landscape(self) -> bool:
        width, height = self.upright
        return width > height


def read_picture(jpeg: bytes, dpi: int = 0) -> Picture:
    """Read the head of a JPEG. ``dpi`` is dots per inch, 0 for what the file says.

    Raises ``OtherColours`` for a picture in CMYK and the like, ``UnreadablePicture`` for what is no JPEG.
    """
    try:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:
            turn = image.getexif().get(0x0112, 1)
            named = image.info.get("dpi", (0, 0))[0]
            if image.mode not in _SPACES:
                raise OtherColours(image.mode)
            mode, profile = image.mode, _profile(image.info.get("icc_profile"), image.mode)
            width, height = image.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise UnreadablePicture(str(error)) from error
    return Picture(jpeg, width, height, mode, dpi or round(float(named or 0)), turn if turn in _TURNS else 1, profile)


def _profile(profile: bytes | None, mode: str) -> bytes | None:
    """The ICC profile where PDF/A-2b allows it: the right class and colour space, version 4 or older."""
    if not profile or len(profile) < 128 or profile[8] > 4:
        return None
    return profile if profile[12:16] in _PROFILE_CLASSES and profile[16:20] == _SPACES[mode][1] else None


def place_pictures(
    pdf: pikepdf.Pdf, sheets: Sequence[pikepdf.Page], pictures: Sequence[Picture], seal: pikepdf.Object | None = None
) -> None:
    """Draw one picture on each sheet, never larger than it is by its resolution, and the ``seal`` (a form) at the
    foot. Sheets and pictures must be of the same number."""
    for sheet, picture in zip(sheets, pictures, strict=True):
        _left, _bottom, width, height = (float(edge) for edge in sheet.mediabox)
        commands = _picture_commands(picture, width, height)
        xobjects = own_drawings(sheet)
        xobjects["/Scan"] = image_object(pdf, picture)
        if seal is not None:
            xobjects["/Seal"] = seal
            scale = SEAL_SIZE / float(seal.BBox[2])
            left, bottom = width - SIDE - SEAL_SIZE, 5 * POINTS_PER_MM
            commands += f"q {scale:.5f} 0 0 {scale:.5f} {left:.3f} {bottom:.3f} cm /Seal Do Q\n"
        draw(pdf, sheet, commands)


def draw(pdf: pikepdf.Pdf, sheet: pikepdf.Page, commands: str) -> None:
    """Add ``commands`` of a PDF's content behind what stands on ``sheet``, whatever state that leaves."""
    sheet.contents_add(pdf.make_stream(b"q\n"), prepend=True)
    sheet.contents_add(pdf.make_stream(b"\nQ\n" + commands.encode()))


def own_drawings(sheet: pikepdf.Page) -> pikepdf.Object:
    """The sheet's table of drawings, for itself alone: WeasyPrint gives one set of resources to all pages."""
    resources = pikepdf.Dictionary(dict(sheet.resources.items()))
    resources["/XObject"] = pikepdf.Dictionary(dict(sheet.resources.get("/XObject", {}).items()))
    sheet.obj["/Resources"] = resources
    return sheet.obj["/Resources"]["/XObject"]


def _picture_commands(picture: Picture, sheet_width: float, sheet_height: float) -> str:
    room_width, room_height = sheet_width - 2 * SIDE, sheet_height - SIDE - FOOT
    pixels_wide, pixels_high = picture.upright
    scale = min(room_width / pixels_wide, room_height / pixels_high)
    if picture.dpi >= LEAST_DPI:
        scale = min(scale, 72 / picture.dpi)
    width, height = pixels_wide * scale, pixels_high * scale
    left, bottom = SIDE + (room_width - width) / 2, FOOT + (room_height - height)
    return f"q {width:.3f} 0 0 {height:.3f} {left:.3f} {bottom:.3f} cm {turn_of(picture)} cm /Scan Do Q\n"


def turn_of(picture: Picture) -> str:
    """The matrix that sets ``picture`` upright in the unit square, as numbers of a PDF."""
    return " ".join(str(number) for number in _TURNS[picture.turn])


def image_object(pdf: pikepdf.Pdf, picture: Picture) -> pikepdf.Object:
    """``picture`` as a drawing of ``pdf``, its bytes untouched."""
    name, _space, components = _SPACES[picture.mode]
    space: pikepdf.Object = pikepdf.Name(f"/{name}")
    if picture.profile:
        profile = pdf.make_stream(picture.profile, N=components, Alternate=pikepdf.Name(f"/{name}"))
        space = pikepdf.Array([pikepdf.Name.ICCBased, profile])
    image = pdf.get_object((picture.number, 0)) if picture.number else pikepdf.Stream(pdf, picture.data)
    image.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=picture.width,
        Height=picture.height,
        ColorSpace=space,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )
    return pdf.make_indirect(image)
