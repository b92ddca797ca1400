"""A batch of scans in a browser: given, sorted, checked by key, taken over, read, and found by a word on page 2."""

import zipfile
from pathlib import Path

import pytest
from django.conf import settings

from fonds.access.models import User
from fonds.archive_pages.models import ItemPage
from fonds.collections.enums import BatchState
from fonds.collections.models import BatchPage, ScanBatch

pytestmark = pytest.mark.browser
CODE = "J037-WS·2008-D30-SGC-0053"
SCANS = Path(settings.ROOT) / "fixtures" / "demo" / "documents-2008" / "scans" / CODE


@pytest.fixture
def boss(django_db_serialized_rollback, transactional_db, archive) -> User:
    archive.series.refresh_from_db()
    item = archive.series.add_child(
        instance=ItemPage(title="关于市场的通知", reference_code=CODE, opening_status="open")
    )
    item.opening_status = "open"
    item.save()
    return User.objects.create_superuser("boss")


@pytest.fixture
def delivery(tmp_path) -> Path:
    """A zip with two pages under their code, and the second once more under a name that tells nothing."""
    path = tmp_path / "box.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(SCANS / "001.jpg", f"{CODE}/001.jpg")
        archive.write(SCANS / "002.jpg", "scan0002.jpg")
    return path


def test_a_batch_is_given_sorted_checked_taken_over_and_found(new_page, sign_in, boss, live_server, delivery):
    page = new_page(height=1400)  # all in sight: nothing scrolls under the dragging hand
    sign_in(page, boss)
    page.goto(f"{live_server.url}/admin/scan-batches/new/")
    page.fill("input[name=title]", "第 3 箱")
    page.set_input_files("input[name=archive]", delivery)
    page.get_by_role("button", name="收入", exact=True).click()
    page.get_by_role("link", name="打开批次").click()
    page.get_by_role("heading", name="未归件").wait_for()
    unsorted = page.locator("[data-unit=''] [data-leaf]")
    assert unsorted.count() == 1
    unsorted.drag_to(page.locator(f"[data-unit='{CODE}'] [data-leaves]"), target_position={"x": 400, "y": 20})
    leaves = page.locator(f"[data-unit='{CODE}'] [data-leaf]")
    leaves.nth(1).wait_for()
    assert page.get_by_role("heading", name="未归件").count() == 0
    leaves.nth(1).focus()
    page.keyboard.press("r")
    page.locator(".fonds-leaf--adjusted").wait_for()
    page.keyboard.press("z")
    page.locator(".fonds-leaf--adjusted").wait_for(state="detached")
    assert [row.steps for row in BatchPage.objects.all()] == [[], []]
    page.get_by_role("button", name="开始质检").click()
    page.locator("[data-check]").wait_for()
    page.keyboard.press("1")
    page.get_by_role("button", name="完成质检").click()
    page.get_by_role("button", name="入库", exact=True).click()
    page.get_by_role("link", name="打开批次").wait_for()
    assert ScanBatch.objects.get().state == BatchState.CLOSED
    item = ItemPage.objects.get(reference_code=CODE)
    assert item.page_scans.filter(text__contains="抄送").get().number == 2
    page.goto(f"{live_server.url}/search/?q=抄送")
    page.locator(".hit__pages a").click()
    page.locator(".viewer__mark").first.wait_for()
    assert "page=2" in page.url
