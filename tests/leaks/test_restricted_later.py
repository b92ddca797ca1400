"""What is public today and restricted tomorrow is gone at once, wherever it was shown: exhibit and its catalogue,
collection, search, manifests, tiles, pictures, recording and captions, feed."""

import json
import subprocess

import pytest
from django.urls import reverse

from fonds.access.enums import Rank
from fonds.archive_pages.ranks import set_ranks
from fonds.collections.models import ExhibitPage
from fonds.collections.recordings.actions import add_recording

from .conftest import everything_of

pytestmark = pytest.mark.django_db
WORD = "公开正文"  # stands in everything of the first record


@pytest.fixture
def recording(archive, tmp_path):
    tone = ["-f", "lavfi", "-i", "sine=duration=1", tmp_path / "tone.mp3"]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *tone], check=True)
    return add_recording(archive.first, tmp_path / "tone.mp3", cues=[[0, 1, f"{WORD}的录音"]])[0]


@pytest.fixture
def exhibit(archive, recording) -> ExhibitPage:
    """A public exhibit with a picture, a quotation with its page, a time line and the recording of the first record."""
    photo, unit = archive.photos["first"], archive.first.pk
    shown = {"image": photo.pk, "alt_text": WORD, "caption": WORD}
    point = {"across": "50", "down": "50", "label": WORD, "text": ""}
    moment = {"date": "2001", "heading": "年", "text": "", "picture": shown, "record": unit}
    panels = [
        ("picture", shown),
        ("pointed_picture", {**shown, "points": [point]}),
        ("quotation", {"text": WORD, "attribution": "", "source": unit, "page": 1}),
        ("timeline", {"heading": "", "moments": [moment, {**moment, "date": "2002"}]}),
        ("recording", {"source": unit, "caption": WORD}),
    ]
    archive.exhibits.refresh_from_db()
    body = json.dumps([{"type": kind, "value": value} for kind, value in panels])
    return archive.exhibits.add_child(instance=ExhibitPage(title="新展", slug="new", cover=photo, body=body))


def addresses_of(archive, exhibit, recording) -> list[str]:
    """Pages that show the record among other things."""
    del recording
    return [
        exhibit.url, "/collections/old/", "/exhibits/market/", f"/search/?q={WORD}", "/sitemap-pages.xml",
        reverse("iiif_exhibit", args=[exhibit.pk]), reverse("iiif_collection", args=[archive.collection.pk]),
    ]  # fmt: skip


def things_of(archive, recording) -> list[str]:
    """What is the record itself."""
    scan, photo, unit = archive.scans["first"].pk, archive.photos["first"], archive.first.pk
    image = ["full", "max", "0", "default", "jpg"]
    return [
        reverse("scan_thumbnail", args=[scan]), reverse("scan_preview", args=[scan]), reverse("scan_zoom", args=[scan]),
        reverse("scan_tile", args=[scan, 0, 0, 0]), reverse("iiif_scan_image", args=[scan, *image]),
        reverse("iiif_photo_image", args=[photo.pk, *image]), reverse("photo", args=[photo.pk]),
        reverse("iiif_unit", args=[unit]), reverse("recording", args=[recording.pk]),
        reverse("recording_captions", args=[recording.pk]), photo.get_rendition("fill-160x120").url,
    ]  # fmt: skip


def test_a_record_restricted_later_is_gone_everywhere_at_once(visit, archive, exhibit, recording):
    client = visit()
    pages, things = addresses_of(archive, exhibit, recording), things_of(archive, recording)
    for address in things:
        assert client.get(address).status_code == 200, address
    shown = {address for address in pages if WORD in json.dumps(everything_of(client.get(address)), ensure_ascii=False)}
    assert {exhibit.url, "/collections/old/", "/exhibits/market/"} <= shown
    assert archive.first.reference_code in everything_of(client.get(f"/search/?q={WORD}"))

    closed = {"catalogue_rank": Rank.RESTRICTED, "content_rank": Rank.RESTRICTED, "closed_until": None}
    set_ranks(archive.first, **closed, reason="复查", user=archive.people["manager"])

    for address in pages:
        answer = everything_of(visit().get(address))
        if not address.startswith("/search/"):  # which says again what it was asked
            assert WORD not in answer, address
        assert archive.first.reference_code not in answer, address
    for address in things:
        assert visit().get(address).status_code in (401, 404), address
    catalogue = visit().get(reverse("exhibit_catalogue", args=[exhibit.pk])).content
    text = subprocess.run(["pdftotext", "-", "-"], input=catalogue, capture_output=True, check=True).stdout.decode()
    assert WORD not in text


def test_an_exhibit_taken_back_is_gone_from_the_feed_and_its_manifest(visit, exhibit):
    feed = reverse("curated_feed")
    assert "新展" in everything_of(visit().get(feed))
    exhibit.unpublish()
    assert "新展" not in everything_of(visit().get(feed))
    for name in ("iiif_exhibit", "exhibit_catalogue"):
        assert visit().get(reverse(name, args=[exhibit.pk])).status_code == 404
