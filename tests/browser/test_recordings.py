"""A recording in a browser: played with its words, which follow, are clicked, searched and cited."""

import subprocess

import pytest

from fonds.archive_pages.models import ItemPage
from fonds.collections.recordings.actions import add_recording
from fonds.collections.recordings.deriving import derive

from .test_public_site import VARIANTS

pytestmark = pytest.mark.browser
CUES = [[0.0, 4.0, "同志们"], [4.0, 8.0, "食品安全放在首位"], [8.0, 12.0, "谢谢"]]


@pytest.fixture
def item(django_db_serialized_rollback, transactional_db, archive, tmp_path) -> ItemPage:
    archive.series.refresh_from_db()
    item = archive.series.add_child(
        instance=ItemPage(title="讲话录音", reference_code="J037-LY·2008·Y-001", opening_status="open")
    )
    item.opening_status = "open"
    item.save()
    tone = ["-f", "lavfi", "-i", "sine=frequency=300:duration=12", "-ar", "16000", tmp_path / "tone.wav"]
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *tone], check=True)
    recording, _new = add_recording(item, tmp_path / "tone.wav", cues=CUES)
    derive(recording)
    return item


def test_words_follow_the_sound_and_lead_into_it(item, live_server, page):
    page.goto(live_server.url + item.url + "?t=5,7")
    page.wait_for_function("document.querySelector('audio').readyState > 0")
    page.locator("[data-lines] [aria-current]").wait_for()
    assert page.locator("[data-lines] [aria-current] [data-text]").inner_text() == "食品安全放在首位"
    page.get_by_role("link", name="00:08").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('audio').currentTime >= 8")
    page.evaluate("document.querySelector('audio').pause()")
    page.fill("[data-find]", "食品")
    assert page.locator("[data-lines] mark").inner_text() == "食品"
    page.get_by_role("button", name="自此处").click()
    assert "t=8" in page.locator("[data-address]").input_value()


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_page_of_a_recording_is_accessible_and_fits(item, live_server, new_page, accessible, variant):
    page = new_page(**variant)
    page.goto(live_server.url + item.url)
    assert not accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
