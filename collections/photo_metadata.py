"""What a picture's file says of itself: its checksum, its EXIF entries (Exif 2.32), IPTC and XMP (GB/T 11821, DA/T 50).

EXIF is kept as it was read and only ever *proposed* to the editor for fields that are still empty.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from PIL import ExifTags, Image

from .photographs.embedded import PROPOSED, embedded

BLOCK = 1024 * 1024
LONGEST_VALUE = 2000
FIRST_PHOTOGRAPH = 1826
_SKIPPED = {"MakerNote", "ExifOffset", "GPSInfo", "InteroperabilityIFD", "PrintImageMatching", "JPEGInterchangeFormat"}
_WIDE_TEXT = {"XPTitle", "XPComment", "XPAuthor", "XPKeywords", "XPSubject"}


def sha256_of(chunks: Iterable[bytes]) -> str:
    """The SHA-256 of ``chunks`` in hexadecimal."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def file_sha256(stream) -> str:
    """The SHA-256 of a seekable binary file, which is left at its beginning."""
    stream.seek(0)
    try:
        return sha256_of(iter(lambda: stream.read(BLOCK), b""))
    finally:
        stream.seek(0)


def read_exif(stream) -> dict:
    """The EXIF entries of an image file by name, as JSON can hold them; ``GPS`` as decimal degrees and metres.

    A file without EXIF, or with EXIF that cannot be read, gives an empty dictionary: the picture itself is sound.
    The file is left at its beginning.
    """
    stream.seek(0)
    try:
        with Image.open(stream) as picture:
            exif = picture.getexif()
            found = _named(dict(exif), exif.endian)
            found.update(_named(exif.get_ifd(ExifTags.IFD.Exif), exif.endian))
            gps = _position(exif.get_ifd(ExifTags.IFD.GPSInfo))
            found.update(embedded(picture))
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, EOFError, Image.DecompressionBombError):
        return {}
    finally:
        stream.seek(0)
    return {**found, "GPS": gps} if gps else found


def proposals(exif: dict) -> dict[str, str]:
    """What ``exif`` proposes for the fields of a photograph. What XMP says goes before IPTC, and both before EXIF; a time
    that is no day, or none on which photographs were taken, is proposed by none."""
    xmp, iptc = exif.get("XMP") or {}, exif.get("IPTC") or {}
    times = [exif.get("DateTimeOriginal"), xmp.get("taken_text"), iptc.get("taken_text"), exif.get("DateTimeDigitized")]
    proposed = {
        "taken_text": next(filter(None, (_day_of(text or "") for text in times)), ""),
        "photographer": exif.get("Artist") or exif.get("XPAuthor") or "",
        "caption": exif.get("ImageDescription") or exif.get("XPTitle") or "",
        "credit": exif.get("Copyright") or "",
    }
    for field in set(PROPOSED) - {"taken_text"}:
        proposed[field] = xmp.get(field) or iptc.get(field) or proposed.get(field, "")
    return {field: str(value).strip() for field, value in proposed.items() if str(value).strip()}


def _named(entries: dict, endian: str) -> dict:
    named = {}
    for tag, value in entries.items():
        name = ExifTags.TAGS.get(tag)
        if not name or name in _SKIPPED:
            continue
        plain = _user_comment(value, endian) if name == "UserComment" else _plain(name, value)
        if plain not in (None, ""):
            named[name] = plain
    return named


def _plain(name: str, value):
    """``value`` as JSON can hold it; ``None`` for bytes that are no text."""
    if name in _WIDE_TEXT and isinstance(value, (bytes, tuple)):
        return _clean(bytes(value).decode("utf-16-le", "replace"))
    if isinstance(value, bytes):
        return None
    if isinstance(value, str):
        return _clean(_as_written(value))
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, tuple):
        return [part for part in (_plain(name, part) for part in value) if part is not None]
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if number == number and abs(number) != float("inf") else None


def _as_written(text: str) -> str:
    """Text that the standard calls ASCII but cameras and archives write in UTF-8 or GB18030."""
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        return text
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return text


def _user_comment(value, endian: str) -> str | None:
    """UserComment (Exif 2.32, 4.6.5): eight bytes name the character code, then the text."""
    if not isinstance(value, bytes):
        return _clean(_as_written(str(value)))
    code, body = value[:8], value[8:]
    if code.startswith(b"UNICODE"):
        orders = ("utf-16-be", "utf-16-le") if endian == ">" else ("utf-16-le", "utf-16-be")
        readings = [_clean(body.decode(order, "replace")) for order in orders]
        return max(readings, key=_readable)
    if code.startswith(b"ASCII") or not code.strip(b"\0 "):
        return _clean(_as_written(body.decode("latin-1")))
    return None


def _readable(text: str) -> float:
    """The share of characters that are Han, kana, ASCII or common punctuation: tells the byte order of UTF-16."""
    common = sum(1 for sign in text if " " <= sign <= "~" or "\u3000" <= sign <= "\u9fff" or sign in "·，（）：！？")
    return common / len(text) if text else 0


def _clean(text: str) -> str:
    """``text`` without control characters and at a bearable length; a database text cannot hold NUL."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ufffd]", "", text).strip()[:LONGEST_VALUE]


def _day_of(text: str) -> str:
    """``2008:05:06 08:59:00``, ``2008-05-06`` or ``20080506`` as an archival date ``20080506``; empty where it is no day
    between the first photograph and tomorrow: a camera whose clock was never set."""
    digits = re.sub(r"\D", "", str(text)[:10])
    try:
        day = datetime.strptime(digits, "%Y%m%d").date()
    except ValueError:
        return ""
    return digits if day.year >= FIRST_PHOTOGRAPH and day <= timezone.localdate() + timedelta(days=1) else ""


def _position(gps: dict) -> dict[str, float]:
    """Latitude and longitude in decimal degrees (south and west negative), altitude in metres."""
    place = {}
    for name, tag, sign, negative in (("latitude", 2, 1, "S"), ("longitude", 4, 3, "W")):
        try:
            degrees, minutes, seconds = (float(part) for part in gps[tag])
        except (KeyError, TypeError, ValueError, ZeroDivisionError):
            return {}
        value = degrees + minutes / 60 + seconds / 3600
        if value != value or abs(value) > 180:
            return {}
        place[name] = round(-value if gps.get(sign) == negative else value, 6)
    try:
        place["altitude"] = round(float(gps[6]), 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return place
    return place


def is_bracketed(text: str) -> bool:
    """Whether ``text`` stands in brackets, as what is not certain does (DA/T 18-2022): ``[1998]``, ``[越州市]``."""
    return text.strip()[:1] in ("[", "〔", "［") and text.strip()[-1:] in ("]", "〕", "］")
