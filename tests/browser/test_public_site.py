"""The public site in a real browser: for the eye, the hand, the keyboard and without scripts."""

import io
from urllib.parse import quote

import pytest
from PIL import Image, ImageDraw

from fonds.collections.scans import add_scans

pytestmark = pytest.mark.browser

VARIANTS = [
    pytest.param({"language": "zh-hans"}, id="zh"),
    pytest.param({"language": "en", "dark": True}, id="en-dark"),
    pytest.param({"language": "zh-hans", "width": 360, "height": 740, "dark": True}, id="zh-phone-dark"),
    pytest.param({"language": "en", "width": 360, "height": 740}, id="en-phone"),
]


def jpeg(number: int) -> bytes:
    """A page of 600 × 840 pixels with its number on it."""
    picture = Image.new("RGB", (600, 840), "white")
    ImageDraw.Draw(picture).text((280, 400), str(number), fill="black")
    stream = io.BytesIO()
    picture.save(stream, "JPEG", dpi=(200, 200))
    return stream.getvalue()


@pytest.fixture
def scanned(archive, tmp_path, django_db_serialized_rollback, transactional_db):
    """The first item of the archive with three pages."""
    files = []
    for number in (1, 2, 3):
        path = tmp_path / f"{archive.first.reference_code}_{number:03}.jpg"
        path.write_bytes(jpeg(number))
        files.append(path)
    add_scans(archive.first, files)
    archive.first.refresh_from_db()
    return archive


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_public_page_is_accessible_and_fits(variant, new_page, live_server, scanned, accessible):
    page = new_page(**variant)
    found = []
    for address in (
        "/",
        "/fonds/",
        scanned.fonds.url,
        scanned.series.url,
        scanned.first.url,
        f"/search/?q={quote('通知')}",
        f"/search/?q={quote('无此词')}",
        "/search/",
        "/nothing-here/",
    ):
        page.goto(live_server.url + address)
        page.wait_for_load_state("load")
        found += accessible(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], f"{address} is {width} px wide"
    assert found == []


def test_pages_of_an_item_turn_by_keyboard(page, live_server, scanned):
    page.goto(live_server.url + scanned.first.url)
    page.wait_for_selector(".viewer__stage--deep canvas")
    number = page.locator("[data-viewer-number]")
    assert number.inner_text() == "1"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert number.inner_text() == "3"
    assert page.url.endswith("?page=3#viewer")
    assert page.locator("[data-page='3']").get_attribute("aria-current") == "page"
    page.keyboard.press("ArrowRight")
    assert number.inner_text() == "3"
    page.keyboard.press("ArrowLeft")
    assert number.inner_text() == "2"


def test_a_long_item_fetches_its_next_pages_and_shows_their_text(page, live_server, archive, tmp_path):
    files = []
    for number in range(1, 24):
        path = tmp_path / f"long_{number:03}.jpg"
        path.write_bytes(jpeg(number))
        files.append(path)
    scans = add_scans(archive.third, files)
    scans[20].text = "第二十一页的文字"
    scans[20].save()
    page.goto(f"{live_server.url}{archive.third.url}?page=20")
    page.wait_for_selector(".viewer__stage--deep canvas")
    page.evaluate("window.sameDocument = true")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("[data-page='21'][aria-current=page]")
    assert page.evaluate("window.sameDocument")
    assert page.locator("[data-viewer-number]").inner_text() == "21"
    assert page.locator("[data-viewer-strip] li").count() == 3
    assert page.locator("[data-viewer-text]").inner_text().strip() == "第二十一页的文字"
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("[data-page='20'][aria-current=page]")


def test_the_slash_key_leads_to_the_search_where_no_box_is_shown(new_page, live_server, archive):
    page = new_page(width=360, height=740)
    page.goto(live_server.url + "/fonds/")
    page.keyboard.press("/")
    page.wait_for_url("**/search/**")
    assert page.evaluate("document.activeElement.id") == "search-words"


def test_pages_of_an_item_turn_without_scripts(new_page, live_server, scanned):
    page = new_page(scripts=False)
    page.goto(live_server.url + scanned.first.url)
    assert page.locator(".viewer__picture").bounding_box()["height"] > 100
    page.locator("a[rel=next].button").click()
    assert "page=2" in page.url
    assert page.locator("[data-viewer-number]").inner_text() == "2"


def test_the_slash_key_leads_into_the_search_box_and_a_hit_to_its_page(page, live_server, scanned):
    page.goto(live_server.url + "/")
    page.keyboard.press("/")
    page.keyboard.type("表彰")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    assert page.locator(".hit mark").first.inner_text() == "表彰"
    page.locator(".hit__title a").first.click()
    page.wait_for_load_state()
    assert page.locator("h1").inner_text() == scanned.third.title


def test_the_language_is_switched_and_kept(page, live_server, archive):
    page.goto(live_server.url + "/fonds/")
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state()
    assert page.url == live_server.url + "/fonds/"
    assert page.locator("html").get_attribute("lang") == "en"
    page.goto(live_server.url + "/search/")
    assert page.locator("h1").inner_text() == "Search the archive"


def test_the_keyboard_reaches_the_content_first(page, live_server, archive):
    page.goto(live_server.url + archive.series.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
