"""What files say of themselves: proposed, shown as text, never believed."""

import io
import struct

import pytest
from django.urls import reverse
from PIL import Image

from fonds.collections.models import ArchiveImage
from fonds.collections.photo_metadata import proposals, read_exif

pytestmark = pytest.mark.once  # files and pictures, whatever the database

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" photoshop:City="越州市" photoshop:DateCreated="1998-09-18T09:02:00">
<dc:creator><rdf:Seq><rdf:li>蒋红英</rdf:li></rdf:Seq></dc:creator>
<dc:subject><rdf:Bag><rdf:li>市场</rdf:li><rdf:li>建材</rdf:li></rdf:Bag></dc:subject>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">外景</rdf:li></rdf:Alt></dc:description>
<e:PersonInImage><rdf:Bag><rdf:li>高才</rdf:li><rdf:li>王一</rdf:li></rdf:Bag></e:PersonInImage>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&b;</x:xmpmeta>'


def with_xmp(packet: str) -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48)).save(buffer, "JPEG", xmp=packet.encode())
    return buffer


def with_iptc(entries: list[tuple[int, bytes]]) -> io.BytesIO:
    """A JPEG with an IPTC record in its Photoshop segment."""
    record = b"".join(struct.pack(">BBBH", 0x1C, 2, number, len(text)) + text for number, text in entries)
    block = (
        b"8BIM" + struct.pack(">HH", 0x0404, 0) + struct.pack(">I", len(record)) + record + b"\0" * (len(record) % 2)
    )
    segment = b"Photoshop 3.0\0" + block
    plain = io.BytesIO()
    Image.new("RGB", (64, 48)).save(plain, "JPEG")
    data = plain.getvalue()
    return io.BytesIO(data[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + data[2:])


def test_xmp_proposes_persons_place_and_tags():
    assert proposals(read_exif(with_xmp(XMP))) == {
        "taken_text": "19980918", "place": "越州市", "persons": "高才、王一", "photographer": "蒋红英", "caption": "外景",
        "tags": "市场, 建材",
    }  # fmt: skip


def test_iptc_is_read_in_both_encodings():
    entries = [(25, "市场".encode()), (25, "建材".encode()), (55, b"19980918"), (80, "蒋红英".encode("gb18030"))]
    assert proposals(read_exif(with_iptc(entries))) == {
        "taken_text": "19980918", "photographer": "蒋红英", "tags": "市场, 建材",
    }  # fmt: skip


@pytest.mark.parametrize("packet", ["<broken", LAUGHS, "", "<a/>", "x" * 50])
def test_xmp_that_cannot_be_read_proposes_nothing(packet):
    assert "XMP" not in read_exif(with_xmp(packet))


@pytest.mark.parametrize(
    "text",
    ["0000:00:00 00:00:00", "2008:13:45 00:00:00", "1700:01:01 00:00:00", "2999:01:01 00:00:00", "yesterday", "2008"],
)
def test_a_time_that_cannot_be_is_not_proposed(text):
    assert "taken_text" not in proposals({"DateTimeOriginal": text})
    assert proposals({"DateTimeOriginal": text, "DateTimeDigitized": "2008:05:06 08:00:00"})["taken_text"] == "20080506"


def test_scripts_and_wrong_times_are_shown_as_text(client, people, make_photo):
    photo = make_photo(1, caption="我的话")
    script = "<script>alert(1)</script>"
    exif = {"ImageDescription": script, "DateTimeOriginal": "2008:13:45", "XMP": {"place": script, "tags": script}}
    ArchiveImage.objects.filter(pk=photo.pk).update(exif=exif)
    client.force_login(people.editor)
    text = client.get(reverse("wagtailimages:edit", args=[photo.pk])).content.decode()
    assert script not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "2008:13:45" in text
    assert "我的话" in text
