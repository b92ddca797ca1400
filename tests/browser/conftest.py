"""A real Chromium against a live server. Ask for ``page`` and ``live_server``; mark the test ``browser``.

``page`` is a Playwright page (sync API) at 1366×768 in Chinese; ``new_page(width=360, language="en", dark=True)``
opens others. Both fail the test for an error in the console or a broken script. ``sign_in(page, user)`` opens a session
without the login form; ``accessible(page)`` runs axe-core and returns the violations as readable lines.
"""

import os
import re
import shutil
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import BrowserContext, Page, sync_playwright

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def chromium(django_db_setup):
    """The browser, started once."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.fail("The browser tests need Chromium: apt-get install chromium")
    # Playwright's sync API keeps an event loop in this thread, in which Django would refuse plain database calls.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    contents = getattr(connection, "_test_serialized_contents", None)
    with sync_playwright() as playwright:
        # In the loop Django opens a connection of its own; it too must know what the migrations had put in.
        connection._test_serialized_contents = contents
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium, django_db_serialized_rollback, transactional_db, live_server):
    """Opens pages of their own session: ``new_page(width=…, height=…, language="zh-hans", dark=False, scripts=True)``."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(
        width: int = 1366, height: int = 768, language: str = "zh-hans", dark: bool = False, scripts: bool = True
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.add_cookies(
            [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url, "sameSite": "Lax"}]
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if is_fault(message) else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, f"The browser complained: {faults}"


def look(page: Page, name: str) -> None:
    """Keep a picture of the screen where ``FONDS_LOOK`` names a folder."""
    if folder := os.environ.get("FONDS_LOOK"):
        page.screenshot(path=f"{folder}/{name}.png")


def is_fault(message) -> bool:
    """An error in the console; a refusal (403, 404, 422, 429) that a test asks for on purpose is none."""
    return message.type == "error" and not re.search(r"status of 4(0\d|22|29)", message.text)


@pytest.fixture
def page(new_page) -> Page:
    """One page at 1366×768 in Chinese."""
    return new_page()


@pytest.fixture
def sign_in(live_server) -> Callable[[Page, object], None]:
    """``sign_in(page, user)`` gives the page's browser context a session of ``user``."""

    def give_session(page: Page, user) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url, "sameSite": "Lax"}]
        )

    return give_session


@pytest.fixture
def accessible() -> Callable[[Page], list[str]]:
    """``accessible(page)`` returns what axe-core finds against WCAG 2.2 AA, empty where nothing."""

    def check(page: Page) -> list[str]:
        violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        return [f"{page.url}: {found['id']}: {node['html'][:160]}" for found in violations for node in found["nodes"]]

    return check
