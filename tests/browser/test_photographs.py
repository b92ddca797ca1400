"""A photo group captioned in bulk by keyboard, a person marked by mouse and by keyboard, seen by a visitor."""

import io

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from fonds.access.models import User
from fonds.archive_pages.models import FilePage, ItemPage
from fonds.collections.models import ArchiveImage

from .conftest import look

pytestmark = pytest.mark.browser
GROUP = "J037-ZP·2008·D30-001"


@pytest.fixture
def photos(django_db_serialized_rollback, transactional_db, archive):
    """An open group of three photographs; the first says in its file who took it."""
    group = FilePage(title="建材市场专项检查", reference_code=GROUP, date_text="20080506", opening_status="open")
    group = archive.series.add_child(instance=group)
    images = []
    for number in (1, 2, 3):
        group.refresh_from_db()
        item = ItemPage(title=f"照片{number}", reference_code=f"{GROUP}-00{number}", opening_status="open")
        item = group.add_child(instance=item)
        item.opening_status = "open"
        item.save()
        exif = Image.Exif()
        exif[315] = "蒋红英".encode()
        buffer = io.BytesIO()
        Image.new("RGB", (1200, 800), (60 * number, 90, 120)).save(buffer, "JPEG", exif=exif.tobytes())
        image = ArchiveImage(title=f"照片{number}", photo_number=item.reference_code, unit=item, opening_status="open")
        image.file = ContentFile(buffer.getvalue(), name=f"{number}.jpg")
        image.save()
        images.append(image)
    return group, images


def test_a_group_is_captioned_in_bulk_by_keyboard(photos, live_server, new_page, sign_in):
    group, (first, second, third) = photos
    page = new_page()
    sign_in(page, User.objects.create_superuser("manager", password="x"))
    page.goto(f"{live_server.url}{reverse('photo_captions')}?unit={group.pk}")
    place = page.locator(f"#id_p{first.pk}-place")
    place.fill("越州市建材市场")
    place.press("Control+Shift+D")
    expect(page.locator(f"#id_p{third.pk}-place")).to_have_value("越州市建材市场")
    place.press("Control+ArrowDown")
    expect(page.locator(f"#id_p{second.pk}-place")).to_be_focused()
    page.locator("[data-group=taken_text]").click()
    photographer = page.locator(f"#id_p{first.pk}-photographer")
    photographer.press("Control+Enter")
    expect(photographer).to_have_value("蒋红英")
    page.locator(f"#id_p{second.pk}-taken_text").fill("20081332")
    look(page, "captions")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-faults]")).to_contain_text("20081332")
    first.refresh_from_db()
    assert first.place == ""
    look(page, "captions-faults")
    page.locator("[data-faults] a").first.click()
    page.locator(f"#id_p{second.pk}-taken_text").fill("[2008]")
    page.keyboard.press("Control+s")
    expect(page.locator(".messages")).to_contain_text("已保存 3 张照片")
    for photo in (first, second, third):
        photo.refresh_from_db()
    assert [photo.place for photo in (first, second, third)] == ["越州市建材市场"] * 3
    assert [photo.taken_text for photo in (first, second, third)] == ["20080506", "[2008]", "20080506"]
    assert [photo.photographer for photo in (first, second)] == ["蒋红英", ""]
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    look(page, "captions-phone")


def test_persons_are_marked_by_mouse_and_by_keyboard_and_seen(photos, live_server, new_page, sign_in, accessible):
    _group, (photo, *_others) = photos
    page = new_page()
    sign_in(page, User.objects.create_superuser("manager", password="x"))
    page.goto(live_server.url + reverse("photo_marks", args=[photo.pk]))
    frame = page.locator("[data-marks-picture]").bounding_box()
    page.mouse.move(frame["x"] + frame["width"] * 0.1, frame["y"] + frame["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.3, frame["y"] + frame["height"] * 0.6, steps=4)
    page.mouse.up()
    page.keyboard.type("高才")
    page.locator("[data-new-mark]").press("Enter")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type("王一")
    look(page, "marks")
    page.locator("form[data-marks] [type=submit]").click()
    expect(page.locator(".messages")).to_contain_text("2")
    drawn, moved = photo.marks.order_by("left")
    assert (drawn.person.name, moved.person.name) == ("高才", "王一")
    assert (drawn.left, drawn.top, drawn.width, drawn.height) == pytest.approx((0.1, 0.2, 0.2, 0.4), abs=0.02)
    assert (moved.left, moved.height) == pytest.approx((0.42, 0.31), abs=0.001)
    visitor = new_page(language="en", width=360, height=740)
    visitor.goto(live_server.url + reverse("photo", args=[photo.pk]))
    assert visitor.locator(".photo-stage__picture rect").count() == 2
    assert accessible(visitor) == []
    look(visitor, "photo-phone")
    visitor.get_by_role("link", name="高才").click()
    expect(visitor.locator("h1")).to_have_text("高才")
    assert accessible(visitor) == []
    assert visitor.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
