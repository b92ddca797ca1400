"""Sound and film made on the spot."""

import subprocess

import pytest
from wagtail.models import Site

from fonds.archive_pages.models import ArchivePage, FondsIndexPage
from fonds.collections.models import Recording
from fonds.collections.recordings.actions import add_recording
from fonds.collections.recordings.deriving import derive


def ffmpeg(*arguments) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True)


@pytest.fixture(scope="session")
def media(tmp_path_factory):
    """A tone of two seconds as WAV and MP3, and a film of one second as AVI."""
    folder = tmp_path_factory.mktemp("media")
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=2"]
    ffmpeg(*tone, "-ar", "16000", folder / "tone.wav")
    ffmpeg(*tone, "-b:a", "64k", folder / "tone.mp3")
    picture = ["-f", "lavfi", "-i", "testsrc=size=161x121:rate=5:duration=1"]
    ffmpeg(*picture, *tone, "-t", "1", "-c:v", "mpeg2video", "-c:a", "mp2", folder / "film.avi")
    return folder


@pytest.fixture
def make_recording(item, media):
    """``make_recording("tone.wav", cues=…)``: a recording of the item, with its copies unless ``plain``."""

    def make(name: str = "tone.wav", *, plain: bool = False, unit=None, **options) -> Recording:
        recording, _is_new = add_recording(unit or item, media / name, **options)
        if not plain:
            derive(recording)
        return recording

    return make


@pytest.fixture
def page_of(client, item):
    """The page of the item as ``client`` gets it."""
    root = FondsIndexPage.objects.get()
    Site.objects.all().delete()
    Site.objects.create(hostname="testserver", root_page=root, is_default_site=True)

    def get() -> str:
        answer = client.get(ArchivePage.objects.get(pk=item.pk).url)
        assert answer.status_code == 200
        return answer.content.decode()

    return get
