"""The pixels of a photograph for the screen: upright, 8 bit, sRGB, whatever its file holds."""

from pathlib import Path

import pillow_heif
import pyvips

from ..colours import for_screen

HEIC = "heic"  # the wheel of libvips has no HEVC decoder; libheif's own does
LONGEST = 4_096  # pixels of the picture from which renditions of a large photograph are made
HELD_PIXELS = 40_000_000  # Pillow holds a whole picture in memory: larger ones are made smaller first
QUALITY = 92
PROFILE = "icc-profile-data"


def load(path: Path, kind: str, *, whole: bool = False, access: str = "sequential") -> pyvips.Image:
    """The picture at ``path``, which is known to be of ``kind``; ``whole``: raise where its end is missing."""
    if kind == HEIC:
        return _load_heic(path)
    loader = getattr(pyvips.Image, f"{kind}load")
    return loader(str(path), access=access, fail_on="error" if whole else "none")


def _load_heic(path: Path) -> pyvips.Image:
    opened = pillow_heif.open_heif(path, convert_hdr_to_8bit=True)
    picture = opened.to_pillow()
    if picture.mode not in ("RGB", "L"):
        picture = picture.convert("RGB")
    bands = len(picture.getbands())
    loaded = pyvips.Image.new_from_memory(picture.tobytes(), *picture.size, bands, "uchar")
    loaded = loaded.copy(interpretation="srgb" if bands == 3 else "b-w")
    if profile := opened.info.get("icc_profile"):
        loaded.set_type(pyvips.GValue.blob_type, PROFILE, profile)
    return loaded


def is_ready(path: Path, kind: str) -> bool:
    """Whether Wagtail makes sound renditions of the file by itself: 8 bit, no CMYK, no TIFF or HEIC, not very large."""
    if kind in ("tiff", HEIC):
        return False
    head = load(path, kind)
    return head.format == "uchar" and head.interpretation != "cmyk" and head.width * head.height <= HELD_PIXELS


def upright(path: Path, kind: str) -> pyvips.Image:
    """The whole picture, upright, for the screen, read from top to bottom once."""
    picture = load(path, kind)
    if kind != HEIC and picture.get_typeof("orientation") != 0 and picture.get("orientation") > 1:
        picture = picture.copy_memory().autorot()
    if picture.get_typeof(PROFILE) != 0 and picture.bands >= 3:
        picture = picture.icc_transform("srgb", embedded=True, depth=8)
    return for_screen(picture)


def screen_jpeg(path: Path, kind: str) -> tuple[bytes, float]:
    """The picture as a JPEG for the screen, and its scale: 1, or less for one whose longest side is beyond ``LONGEST``."""
    picture = upright(path, kind)
    longest = max(picture.width, picture.height)
    scale = 1.0
    if longest > LONGEST:
        scale = LONGEST / longest
        picture = picture.thumbnail_image(LONGEST, height=LONGEST, size="down")
    return picture.jpegsave_buffer(Q=QUALITY, keep="none"), scale
