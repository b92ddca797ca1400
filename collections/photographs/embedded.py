"""What IPTC (IIM 4.2) and XMP in a picture's file say for the fields of a photograph. Plain text only, of bearable length."""

import re

from defusedxml import DefusedXmlException, ElementTree
from PIL import Image, IptcImagePlugin

LONGEST = 2_000
MOST_XMP = 1_000_000  # bytes; more is no caption
PROPOSED = ("taken_text", "place", "persons", "photographer", "caption", "credit", "tags")
SEPARATORS = {"place": "", "persons": "、", "tags": ", "}
IPTC = {
    (2, 25): "tags",
    (2, 55): "taken_text",
    (2, 80): "photographer",
    (2, 90): "place",
    (2, 92): "place",
    (2, 110): "credit",
    (2, 120): "caption",
}
_DC = "{http://purl.org/dc/elements/1.1/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
XMP = {
    f"{_DC}subject": "tags",
    f"{_DC}creator": "photographer",
    f"{_DC}description": "caption",
    f"{_DC}rights": "credit",
    f"{_PHOTOSHOP}DateCreated": "taken_text",
    f"{_PHOTOSHOP}City": "place",
    "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}Location": "place",
    "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}PersonInImage": "persons",
}
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


def embedded(picture: Image.Image) -> dict[str, dict[str, str]]:
    """``IPTC`` and ``XMP`` with the text of each field they speak of; without what cannot be read."""
    found = {"IPTC": _iptc(picture), "XMP": _xmp(picture.info.get("xmp") or b"")}
    return {name: entries for name, entries in found.items() if entries}


def _iptc(picture: Image.Image) -> dict[str, str]:
    try:
        entries = IptcImagePlugin.getiptcinfo(picture) or {}
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError):
        return {}
    pieces: dict[str, list[str]] = {}
    for key, field in IPTC.items():
        values = entries.get(key) or []
        for value in values if isinstance(values, list) else [values]:
            pieces.setdefault(field, []).append(_decoded(value))
    return _joined(pieces)


def _xmp(packet: bytes | str) -> dict[str, str]:
    if not packet or len(packet) > MOST_XMP:
        return {}
    try:
        root = ElementTree.fromstring(packet if isinstance(packet, str) else packet.strip(b"\0 \n"))
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError):
        return {}
    pieces: dict[str, list[str]] = {}
    for description in root.iter(f"{_RDF}Description"):
        for name, field in XMP.items():
            if text := description.get(name):
                pieces.setdefault(field, []).append(text)
            for element in description.findall(name):
                items = [item.text or "" for item in element.iter(f"{_RDF}li")] or [element.text or ""]
                pieces.setdefault(field, []).extend(items[:1] if field == "caption" else items)
    return _joined(pieces)


def _decoded(value: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return bytes(value).decode(encoding)
        except UnicodeDecodeError:
            continue
    return bytes(value).decode("latin-1")


def _joined(pieces: dict[str, list[str]]) -> dict[str, str]:
    cleaned = {field: [_clean(text) for text in texts] for field, texts in pieces.items()}
    joined = {
        field: SEPARATORS.get(field, "；").join(dict.fromkeys(text for text in texts if text))[:LONGEST]
        for field, texts in cleaned.items()
    }
    return {field: text for field, text in joined.items() if text}


def _clean(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ufffd]", "", text).strip()
