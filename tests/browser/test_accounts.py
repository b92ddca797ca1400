"""The account pages in a real browser: both languages, both widths, nothing inline, nothing inaccessible."""

import os
from pathlib import Path

import pytest
from django.contrib.auth.models import Group

from fonds.access import roles
from fonds.access.models import User

PASSWORD = "a-long-word-kept"
PAGES = ["login", "signup", "password/reset", "password/reset/done", "confirm-email", "confirm-email/nothing", "logout"]
OWN_PAGES = ["", "email", "password/change", "second-factor", "second-factor/totp/activate"]


@pytest.fixture
def reader(archive):
    user = User.objects.create_user("reader", "reader@example.org", PASSWORD, last_name="林", first_name="晓兰")
    user.groups.add(Group.objects.get_or_create(name=roles.READER)[0])
    return user


def keep(page, name: str) -> None:
    """Keep a picture where ``PICTURES`` names a folder, to be looked at."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name.replace('/', '-') or 'account'}.png", full_page=True)


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def sign_in_by_form(page, base: str, name: str = "reader") -> None:
    page.goto(f"{base}/account/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login/" not in address)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "language"), [(1366, "zh-hans"), (360, "en")])
def test_pages_without_an_account(archive, new_page, live_server, accessible, width, language):
    page = new_page(width=width, language=language)
    faults = []
    for address in PAGES:
        page.goto(f"{live_server.url}/account/{address}/")
        keep(page, f"{address}-{width}-{language}")
        faults += accessible(page) + ([] if fits(page) else [f"{address} is too wide"])
    assert not faults


@pytest.mark.browser
@pytest.mark.parametrize(("width", "language"), [(1366, "zh-hans"), (360, "en")])
def test_pages_of_ones_own_account(reader, new_page, live_server, accessible, width, language):
    page = new_page(width=width, language=language)
    sign_in_by_form(page, live_server.url)
    faults = []
    for address in OWN_PAGES:
        page.goto(f"{live_server.url}/account/{address}/".replace("account//", "account/"))
        keep(page, f"own-{address}-{width}-{language}")
        faults += accessible(page) + ([] if fits(page) else [f"{address} is too wide"])
    assert not faults


@pytest.mark.browser
def test_a_second_factor_is_set_up_by_keyboard(reader, page, live_server, accessible, settings):
    from tests.access.accounts.conftest import code_for

    settings.FONDS_SECOND_FACTOR = True
    settings.FONDS_SECOND_FACTOR_ROLES = [roles.READER]
    sign_in_by_form(page, live_server.url)
    page.wait_for_url("**/totp/activate/")
    secret = page.locator(".account code").inner_text()
    page.fill("[name=code]", code_for(secret))
    page.keyboard.press("Enter")
    page.wait_for_url("**/recovery-codes/")
    keep(page, "recovery")
    assert page.locator(".account__codes li").count() == 10
    assert not accessible(page)
    page.goto(f"{live_server.url}/account/second-factor/")
    keep(page, "factor")
    assert not accessible(page)


@pytest.mark.browser
def test_lock_out_is_told_in_words(reader, page, live_server, accessible, settings):
    settings.AXES_ENABLED = True
    for _number in range(5):
        page.goto(f"{live_server.url}/account/login/")
        page.fill("[name=login]", "reader")
        page.fill("[name=password]", "wrong-word")
        page.keyboard.press("Enter")
        page.locator("[role=alert]").wait_for()
        keep(page, "failed")
    keep(page, "locked")
    assert "15" in page.locator("[role=alert]").inner_text()
    assert not accessible(page)
