"""Collections, photographs and exhibits in a real browser: for the eye, the keyboard and without scripts."""

import io
import json

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from fonds.archive_pages.models import ItemPage
from fonds.collections.models import ArchiveImage, CollectionIndexPage, CollectionPage, ExhibitIndexPage, ExhibitPage

pytestmark = pytest.mark.browser

VARIANTS = [
    pytest.param({"language": "zh-hans"}, id="zh"),
    pytest.param({"language": "en", "dark": True}, id="en-dark"),
    pytest.param({"language": "en", "width": 360, "height": 740}, id="en-phone"),
]


def picture(number: int) -> ContentFile:
    buffer = io.BytesIO()
    Image.new("RGB", (1200, 900), (40 * number, 90, 120)).save(buffer, "JPEG")
    return ContentFile(buffer.getvalue(), name=f"{number}.jpg")


@pytest.fixture
def told(django_db_serialized_rollback, transactional_db, archive):
    """An exhibit and a collection with four photographs."""
    images = []
    for number in (1, 2, 3, 4):
        archive.series.refresh_from_db()
        code = f"J037-ZP·2008·D30-001-00{number}"
        item = archive.series.add_child(
            instance=ItemPage(title=f"照片{number}", reference_code=code, opening_status="open")
        )
        item.opening_status = "open"
        item.save()
        image = ArchiveImage(title=f"照片{number}", photo_number=code, unit=item, opening_status="open", credit="某人")
        image.taken_text, image.place, image.file = f"200{number}", "越州市", picture(number)
        image.save()
        image.tags.add("市场")
        images.append(image)
    shown = [{"image": image.pk, "alt_text": image.title, "caption": "说明"} for image in images]
    panels = [
        ("story", "<h2>开端</h2><p>故事</p>"),
        ("picture", shown[0]),
        ("before_after", {"heading": "对比", "before": shown[1], "after": shown[2]}),
        ("gallery", {"heading": "组图", "pictures": shown}),
        ("quotation", {"text": "原话", "attribution": "局长", "source": images[0].unit_id}),
        ("records", {"heading": "", "units": [images[0].unit_id]}),
    ]
    archive.home.refresh_from_db()
    collections = archive.home.add_child(instance=CollectionIndexPage(title="专题", slug="collections"))
    archive.home.refresh_from_db()
    exhibits = archive.home.add_child(instance=ExhibitIndexPage(title="展览", slug="exhibits"))
    page = CollectionPage(title="市场", slug="market", introduction="引言", cover=images[0])
    page.rule_tags.add("市场")
    collections.add_child(instance=page)
    body = json.dumps([{"type": kind, "value": value} for kind, value in panels])
    exhibits.add_child(instance=ExhibitPage(title="十年", slug="ten", introduction="引言", cover=images[0], body=body))
    return images


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_page_is_accessible_and_fits(told, live_server, new_page, accessible, variant):
    page = new_page(**variant)
    addresses = [
        "/collections/",
        "/collections/market/",
        "/collections/market/?by=year",
        "/exhibits/",
        "/exhibits/ten/",
    ]
    for address in [*addresses, f"/collections/photo/{told[1].pk}/"]:
        page.goto(live_server.url + address)
        assert accessible(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address


def test_the_slider_is_moved_by_keyboard_and_by_pointer(told, live_server, page):
    page.goto(f"{live_server.url}/exhibits/ten/")
    slider = page.get_by_role("slider")
    slider.focus()
    slider.press("Home")
    assert page.locator(".before-after").evaluate("box => box.style.getPropertyValue('--shown')") == "0%"
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "1 %"
    stage = page.locator(".before-after__stage")
    stage.click(position={"x": 1, "y": 50})
    assert slider.input_value() == "0"
    assert stage.locator("img").count() == 2


def test_without_scripts_both_pictures_stand_side_by_side(told, live_server, new_page):
    page = new_page(scripts=False)
    page.goto(f"{live_server.url}/exhibits/ten/")
    assert page.locator(".before-after img").count() == 2
    assert page.get_by_role("slider").count() == 0


def test_a_visitor_goes_from_the_grid_through_the_photographs_to_the_record(told, live_server, page):
    page.goto(f"{live_server.url}/collections/market/")
    page.get_by_role("link", name="照片1").click()
    page.locator("a[rel=next]").click()
    assert page.get_by_role("heading", level=1).inner_text() == "照片2"
    page.get_by_role("link", name="J037-ZP·2008·D30-001-002").click()
    assert "照片2" in page.title()
