"""A visit at the query window by keyboard alone: register, find by part of a former name, look, certify, hand over."""

import pytest
from django.contrib.auth.models import Group

from fonds.access import roles
from fonds.access.models import User
from fonds.archive_pages.models import ArchivePage, FilePage, ItemPage
from fonds.archive_pages.standing import refresh_standing
from fonds.reading_room.desk.models import Desk
from fonds.reading_room.enterprises.models import Enterprise
from fonds.reading_room.models import Certificate
from fonds.reading_room.readers.models import ListEntry, Reader
from fonds.reading_room.starting_lists import fill
from fonds.reading_room.uses.models import UseEntry
from fonds.site.roles import sync_roles
from tests.reading_room.conftest import add_page, jpeg

pytestmark = pytest.mark.browser


@pytest.fixture
def stocked(archive, django_db_serialized_rollback, transactional_db):
    """A dossier of an enterprise that had another name, with a document of three pages."""
    fill(ListEntry, Desk)
    dossier = archive.series.add_child(
        instance=FilePage(title="恒丰商贸登记档案", reference_code="J037-WS·2008·Y-0007", opening_status="open")
    )
    Enterprise.objects.create(
        unit_id=dossier.pk,
        name="越州市恒丰商贸有限公司",
        former_names="越州市凯创商贸有限公司",
        credit_code="91380600M148166337",
    )
    item = dossier.add_child(
        instance=ItemPage(title="设立登记申请书", reference_code="J037-WS·2008·Y-0007-001", opening_status="open")
    )
    for number, word in enumerate(("ONE", "TWO", "THREE"), 1):
        add_page(item, number, jpeg(word))
    ArchivePage.objects.filter(pk=item.pk).update(scan_count=3)
    refresh_standing(archive.series.path)
    return item


@pytest.fixture
def clerk(stocked):
    sync_roles()
    user = User.objects.create_user("clerk", password="ink-and-paper", last_name="陈窗口")
    user.groups.add(Group.objects.get(name=roles.CLERK))
    return User.objects.get(pk=user.pk)


def test_a_visit_by_keyboard_alone(page, live_server, sign_in, stocked, clerk, accessible):
    # The browser's own dialog cannot be opened without a screen; that it is asked for is what the page can do.
    page.add_init_script("window.print = () => console.log('print dialog')")
    keys, asked = page.keyboard, []
    page.on("console", lambda message: asked.append(message.text))

    sign_in(page, clerk)
    page.goto(f"{live_server.url}/desk/")
    page.select_option("[name=desk]", index=0)
    page.locator("[name=printer]").focus()
    keys.type("HP")
    with page.expect_navigation():
        keys.press("Enter")
    with page.expect_navigation():
        keys.press("F4")
    page.wait_for_selector("[data-reader]:focus")
    assert accessible(page) == []
    # the reader, with a number typed wrongly first
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Tab")
    keys.type("110101199003071269")
    keys.press("Tab")
    keys.insert_text("王桂芳")
    with page.expect_navigation():
        keys.press("Enter")
    assert "校验码不符" in page.locator("[data-register]").inner_text()
    page.wait_for_selector("[name=number]:focus")
    keys.press("Control+a")
    keys.type("110101199003071268")
    with page.expect_navigation():
        keys.press("Enter")
    page.wait_for_selector("[name=purpose]:focus")
    keys.type("2")
    with page.expect_navigation():
        keys.press("Enter")
    # the enterprise by part of its former name, its document, three pages
    keys.press("Control+k")
    keys.insert_text("凯创")
    with page.expect_navigation():
        keys.press("Enter")
    page.wait_for_selector("[data-hit]:focus")
    assert "曾用名：越州市凯创商贸有限公司" in page.locator("[data-hit]").first.inner_text()
    with page.expect_navigation():
        keys.press("Enter")
    page.wait_for_selector("[data-below]:focus")
    with page.expect_navigation():
        keys.press("Enter")
    # up to the file and back to the record one came from; a page as wide as its column
    page.wait_for_selector("[data-current]:focus")
    with page.expect_navigation():
        keys.press("Backspace")
    assert page.evaluate("document.activeElement.innerText").startswith("设立登记申请书")
    with page.expect_navigation():
        keys.press("Enter")
    page.wait_for_selector("[data-current]:focus")
    narrow = page.locator("[data-current] img").bounding_box()["width"]
    keys.press("z")
    assert page.locator("[data-current] img").bounding_box()["width"] > 1.8 * narrow
    keys.press("z")
    for number in (1, 2, 3):
        page.wait_for_selector(f"[data-tick] [value='{number}']", state="attached")
        page.wait_for_selector("[data-current]:focus")
        if number != 2:
            with page.expect_navigation():
                keys.press("Space")
            page.wait_for_selector("[data-current]:focus")
        if number < 3:
            with page.expect_navigation():
                keys.press("ArrowRight")
    assert "打印篮：2 页" in page.locator("#basket-heading").inner_text()
    assert accessible(page) == []
    with page.expect_navigation():
        keys.press("Control+p")
    page.wait_for_selector("[data-frame]")
    page.wait_for_function("Object.keys(sessionStorage).some((key) => key.startsWith('desk-printed'))")
    assert asked.count("print dialog") == 1
    certificate = Certificate.objects.get()
    assert certificate.page_list() == "1, 3"
    assert certificate.shown_number in page.locator("h1").inner_text()
    # who comes back to look at it is not asked again
    with page.expect_navigation():
        keys.press("Escape")
    with page.expect_navigation():
        page.locator(".desk a[href*=prints]").press("Enter")
    page.wait_for_load_state("load")
    assert asked.count("print dialog") == 1
    with page.expect_navigation():
        keys.press("F9")
    assert "已办结" in page.locator(".messages").inner_text()
    entry = UseEntry.objects.get()
    assert (entry.reader_name, entry.pages_shown, entry.pages_certified) == ("王桂芳", 3, 2)
    assert entry.purpose == "诉讼取证"
    assert entry.seconds < 60
    assert Reader.objects.count() == 1
