"""What a clerk looks for at the window, in a real browser: a former name, a number typed carelessly, a word on page 3."""

import pytest
from PIL import Image

from fonds.archive_pages.models import ArchivePage
from fonds.collections.masters import store_master
from fonds.collections.models import PageScan
from fonds.collections.recognising.actions import keep_text
from fonds.collections.recognising.lines import Line
from fonds.search.models import SavedSearch
from tests.search.conftest import add_pages

pytestmark = pytest.mark.browser


@pytest.fixture
def stocked(archive, django_db_serialized_rollback, transactional_db):
    """The archive with an enterprise that had another name, and an item of three pages with text."""
    archive.firm = archive.add_item(4, title="越州宏达纺织有限公司登记材料", persons="越州红旗布厂；赵德明")
    add_pages(archive.first, "第一页", "第二页", "第三页说到注册资本伍拾万元")
    return archive


def search(page, words: str) -> None:
    page.fill("main [data-search-box]", words)
    page.press("main [data-search-box]", "Enter")
    page.wait_for_load_state()


def test_a_former_name_a_careless_number_and_a_word_on_page_three(new_page, live_server, stocked):
    page = new_page()
    page.goto(f"{live_server.url}/search/")
    search(page, "红旗")
    assert page.locator(".hit__title").all_inner_texts() == [stocked.firm.title]
    search(page, "工商2008 15")
    assert page.locator(".hit__title").all_inner_texts() == [stocked.first.title]
    search(page, "注冊資本")
    assert page.locator(".hit__pages mark").inner_text() == "注册资本"
    page.click(".hit__pages a")
    page.wait_for_load_state()
    assert page.url.endswith("?page=3&mark=%E6%B3%A8%E5%86%8C%E8%B5%84%E6%9C%AC#viewer")
    assert page.locator("[data-viewer-number]").inner_text().strip() == "3"


def test_a_found_word_is_marked_on_the_picture_and_the_marks_are_put_away_by_key(
    new_page, live_server, stocked, tmp_path, accessible
):
    path = tmp_path / "001.png"
    Image.effect_noise((600, 800), 30).save(path)
    master = store_master(path, "image/png")
    scan = PageScan.objects.create(
        unit_id=stocked.firm.pk, number=1, master=master, sha256=master.sha256, width=600, height=800
    )
    ArchivePage.objects.filter(pk=stocked.firm.pk).update(scan_count=1)
    places = tuple((0.1 + 0.08 * place, 0.18 + 0.08 * place) for place in range(8))
    keep_text(scan, [Line("实收资本叁拾万元", 0.1, 0.2, 0.74, 0.25, places)])
    page = new_page()
    page.goto(f"{live_server.url}/search/")
    search(page, "叁拾万")
    page.click(".hit__pages a")
    mark = page.locator(".viewer__mark")
    mark.wait_for()
    assert page.locator("[data-marks-told]").inner_text() == "图像上标记的位置：1"
    picture, box = page.locator(".viewer__canvas").bounding_box(), mark.bounding_box()
    assert box["width"] > 2 * box["height"]  # three characters of one line
    assert picture["y"] < box["y"] < picture["y"] + picture["height"] / 2
    assert accessible(page) == []
    page.locator("[data-marks-toggle]").focus()
    page.keyboard.press("Enter")
    assert not mark.is_visible()
    page.keyboard.press("Enter")
    assert mark.is_visible()


def test_suggestions_another_spelling_and_a_saved_search(new_page, live_server, stocked, staff, sign_in, accessible):
    page = new_page()
    sign_in(page, staff)
    page.goto(f"{live_server.url}/search/")
    page.locator("main [data-search-box]").press_sequentially("越州宏")
    suggested = page.locator("main datalist option").first
    suggested.wait_for(state="attached")
    assert suggested.get_attribute("value") == stocked.firm.title
    search(page, "赵得明")
    page.click(".results__meant a")
    page.wait_for_load_state()
    assert page.locator(".hit__title").all_inner_texts() == [stocked.firm.title]
    page.click("text=保存此检索")
    page.wait_for_load_state()
    assert SavedSearch.objects.get(user=staff).name == "赵德明"
    assert accessible(page) == []
    page.click("text=已存检索")
    page.wait_for_load_state()
    assert page.locator(".saved a").all_inner_texts() == ["赵德明"]
    assert accessible(page) == []
