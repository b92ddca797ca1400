"""Negatives, shown positive: a derivative; the master stays as it is."""

import pyvips
from django.core.files.storage import storages

from ..models import DigitalObject
from ..storage import local_path, put_bytes
from .files import kind_of
from .pictures import upright

LONGEST = 1_600
QUALITY = 88
EDGE = 0.05  # of each side: the holder and the perforation say nothing of the picture
DARKEST, LIGHTEST = 0.5, 99.5  # per cent of the pixels
RECIPE = "1"  # part of every key: raise it when the recipe changes


def positive_of(negative: pyvips.Image) -> pyvips.Image:
    """A negative (8 bit, grey or sRGB) as a positive of the same size.

    Each colour is turned over and stretched between its own darkest and lightest values inside the edges. In a colour
    negative that takes away the orange mask, which darkens blue and green everywhere alike; a grey one has one range for all."""
    bands = [negative[band] for band in range(negative.bands)]
    ranges = [_range(band) for band in bands]
    turned = [
        ((band * -1.0) + high) * (255 / max(high - low, 1)) for band, (low, high) in zip(bands, ranges, strict=True)
    ]
    whole = turned[0].bandjoin(turned[1:]) if len(turned) > 1 else turned[0]
    limited = (whole < 0).ifthenelse(0, whole)
    limited = (limited > 255).ifthenelse(255, limited)
    return limited.cast("uchar").copy(interpretation=negative.interpretation)


def _range(band: pyvips.Image) -> tuple[float, float]:
    across, down = int(band.width * EDGE), int(band.height * EDGE)
    inside = band.crop(across, down, max(1, band.width - 2 * across), max(1, band.height - 2 * down))
    return inside.percent(DARKEST), inside.percent(LIGHTEST)


def positive_key(negative: DigitalObject) -> str:
    """The key of the positive among the derivatives."""
    sha256 = negative.master.sha256
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}-0-n{RECIPE}.jpg"


def ensure_positive(negative: DigitalObject) -> str:
    """Make the positive where it is missing; its key among the derivatives. Raises ``pyvips.Error`` or ``OSError`` where
    the master cannot be read."""
    store, key = storages["derivatives"], positive_key(negative)
    if store.exists(key):
        return key
    with local_path(storages["masters"], negative.master.key) as path:
        kind = kind_of(path)
        if kind is None:
            raise OSError(negative.master.key)
        picture = upright(path, kind)
        longest = max(picture.width, picture.height)
        picture = picture.resize(min(1.0, LONGEST / longest)).copy_memory()
    put_bytes(store, key, positive_of(picture).jpegsave_buffer(Q=QUALITY, keep="none"), "image/jpeg")
    return key
