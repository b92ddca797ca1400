"""Sound and film in manifests: canvases that last, captions, chapters, and only for whoever may hear them."""

import pytest
from django.urls import reverse
from wagtail.models import Site

from fonds.access.enums import Rank
from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.standing import refresh_standing
from fonds.collections.enums import ObjectRole
from fonds.collections.models import DigitalObject, MasterFile, Recording
from fonds.collections.recordings.actions import set_words

from .presentation_schema import faults_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _site(series):
    Site.objects.all().delete()
    root = ArchivePage.objects.get(depth=1)
    Site.objects.create(hostname="testserver", root_page=root, is_default_site=True, site_name="越州市数字档案室")


@pytest.fixture
def make_recording(item):
    def make(number: int, mime_type: str, **values) -> Recording:
        master = MasterFile.objects.create(sha256=f"{number:064}", size=1, mime_type=mime_type, key=f"x{number}")
        file = DigitalObject.objects.create(
            unit=item, master=master, role=ObjectRole.RECORDING, number=number, name=f"{number}号录音"
        )
        return Recording.objects.create(file=file, **values)

    return make


def test_an_item_with_sound_and_film_is_a_manifest_with_captions_and_chapters(client, item, make_recording):
    sound = make_recording(1, "audio/mpeg", duration=36.5)
    set_words(sound, [[0.5, 9.0, "同志们"], [12.5, None, "谢谢"]], [[0, "开场"], [12.5, "总结"]])
    film = {"is_film": True, "width": 640, "height": 480, "web": "a/b.mp4", "poster": "a/b.jpg"}
    make_recording(2, "video/x-msvideo", duration=24, **film)
    make_recording(3, "audio/flac", duration=None)  # nobody knows how long it is: no canvas lasts that long
    content = client.get(reverse("iiif_unit", args=[item.pk])).json()
    assert faults_of(content) == []
    heard, seen = content["items"]
    assert (heard["duration"], "width" in heard) == (36.5, False)
    body = heard["items"][0]["items"][0]["body"]
    assert (body["type"], body["format"], body["duration"]) == ("Sound", "audio/mpeg", 36.5)
    assert body["id"].endswith(reverse("recording", args=[sound.pk]))
    (captions,) = heard["annotations"][0]["items"]
    assert captions["body"]["id"].endswith(reverse("recording_captions", args=[sound.pk]))
    film_body = seen["items"][0]["items"][0]["body"]
    assert (film_body["type"], film_body["format"], film_body["width"]) == ("Video", "video/mp4", 640)
    assert seen["thumbnail"][0]["id"].endswith("poster.jpg")
    (chapters,) = content["structures"]
    assert [one["items"][0]["id"].rpartition("#")[2] for one in chapters["items"]] == ["t=0,12.5", "t=12.5,36.5"]
    alone = client.get(reverse("iiif_recording_canvas", args=[sound.pk]))
    assert faults_of(alone.json()) == []
    parent = client.get(reverse("iiif_unit", args=[ArchivePage.objects.get(pk=item.pk).get_parent().pk])).json()
    assert content["id"] in [one["id"] for one in parent["items"]]


def test_scripts_of_other_sites_may_play_what_is_open(client, item, make_recording):
    sound = make_recording(1, "audio/mpeg", duration=3)
    set_words(sound, [[0.5, 2.0, "同志们"]], [])
    answer = client.get(reverse("recording_captions", args=[sound.pk]))
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")


def test_what_may_not_be_heard_is_not_told_of(client, item, make_recording):
    sound = make_recording(1, "audio/mpeg", duration=3)
    ArchivePage.objects.filter(pk=item.pk).update(content_rank=Rank.RESTRICTED)
    refresh_standing(item.path)
    assert client.get(reverse("iiif_unit", args=[item.pk])).status_code == 404
    assert client.get(reverse("iiif_recording_canvas", args=[sound.pk])).status_code == 404
    parent = client.get(reverse("iiif_unit", args=[ArchivePage.objects.get(pk=item.pk).get_parent().pk])).json()
    assert parent["items"] == []
