"""A visit at the query window as a clerk makes it, by keyboard in a browser: what each step takes of the clock, and how
much of that the clerk waits for the system.

The clerk types five characters a second and looks at each page for two seconds; the first visit, which warms the server
up, is not told. 30,000 enterprise dossiers stand beside the one that is looked for. What is printed is the file in the
browser's hands, with its print dialog asked for; the paper is not in the figure.
"""

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Page, sync_playwright

from fonds.access import roles
from fonds.access.enums import Rank
from fonds.archive_pages.models import ArchivePage, FilePage, ItemPage
from fonds.archive_pages.ranks import set_ranks
from fonds.collections.models import PageScan
from fonds.reading_room.desk.models import Desk
from fonds.reading_room.enterprises.models import Enterprise
from fonds.reading_room.models import Certificate
from fonds.reading_room.uses.models import UseEntry

from .certified_copy import scanned_item
from .desk import bench_clerk, fill
from .serving import served

PAGES = 20
LOOKED_AT = 3
KEY = 0.2  # seconds for a character
LOOK = 2.0  # seconds for a page
GOAL, GOAL_OF_SYSTEM = 60, 5  # seconds
PASSWORD = "bench-duty-manager"
READERS = (("110101199003071268", "王桂芳"), ("330602198501011233", "李建国"))
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]


def run() -> Iterator[tuple[str, str]]:
    """Each step of a visit with its seconds, and the sums."""
    clerk, duty = _stock()
    session = _session_of(clerk)
    before = UseEntry.objects.count()
    with served() as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = _window(browser, port, session)
        for number, name in READERS:
            hands = _Hands(page)
            _visit(hands, port, number, name, duty)
        browser.close()
    for label, clock, system in hands.steps:
        yield f"visit by browser: {label}", f"{clock:5.1f} s, of which the system {system:.2f} s"
    clock, system = (sum(step[place] for step in hands.steps) for place in (1, 2))
    yield "visit by browser: in all", f"{clock:5.1f} s (goal {GOAL}), the system {system:.2f} s (goal {GOAL_OF_SYSTEM})"
    entries = UseEntry.objects.order_by("-pk")[: UseEntry.objects.count() - before]
    assert [entry.pages_certified for entry in entries] == [LOOKED_AT] * len(READERS)
    assert Certificate.objects.filter(issued_by=clerk, approved_by__username=duty).count() == len(READERS)


def _stock() -> tuple:
    """The dossiers, the record that is looked for, the clerk; and the name of a duty manager."""
    item = scanned_item(PAGES)
    clerk = bench_clerk()
    fill(item, random.Random(6))
    series = ArchivePage.objects.get(pk=item.get_parent().pk).specific
    dossier = series.add_child(
        instance=FilePage(title="恒丰商贸登记档案", reference_code="B997-WS·2008·Y-99999", opening_status="open")
    )
    Enterprise.objects.create(unit_id=dossier.pk, name="越州市恒丰商贸有限公司", former_names="越州市璞玉商贸有限公司")
    record = dossier.add_child(
        instance=ItemPage(title="设立登记申请书", reference_code="B997-WS·2008·Y-99999-001", opening_status="open")
    )
    scans = list(PageScan.objects.filter(unit_id=item.pk))
    for scan in scans:
        scan.pk, scan.unit_id = None, record.pk
    PageScan.objects.bulk_create(scans)
    ArchivePage.objects.filter(pk=record.pk).update(scan_count=PAGES)
    duty = get_user_model().objects.create_user("duty", password=PASSWORD)
    duty.groups.add(Group.objects.get(name=roles.MANAGER))
    set_ranks(
        record, catalogue_rank=Rank.PUBLIC, content_rank=Rank.RESTRICTED, closed_until=None, reason="-", user=duty
    )
    call_command("make_signing_key", verbosity=0)
    return clerk, duty.username


def _session_of(clerk) -> dict[str, str]:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(clerk)
    return {
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
        settings.LANGUAGE_COOKIE_NAME: "zh-hans",
        "fonds_desk": str(Desk.objects.first().pk),
    }


def _window(browser, port: int, cookies: dict[str, str]) -> Page:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, reduced_motion="reduce")
    context.add_cookies(
        [{"name": name, "value": value, "url": f"http://127.0.0.1:{port}"} for name, value in cookies.items()]
    )
    page = context.new_page()
    page.add_init_script("window.print = () => {}")  # a browser without a screen has no dialog
    return page


class _Hands:
    """The clerk's hands and eyes. ``steps`` holds label, seconds of the clock, seconds waited for the system."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.steps: list[tuple[str, float, float]] = []
        self._waited = 0.0

    @contextmanager
    def step(self, label: str) -> Iterator[None]:
        """What is done in the block is one step."""
        begun, self._waited = time.perf_counter(), 0.0
        yield
        self.steps.append((label, time.perf_counter() - begun, self._waited))

    def types(self, text: str) -> None:
        """Type ``text`` into what has the focus."""
        self.page.keyboard.type(text, delay=KEY * 1000)

    def looks(self) -> None:
        """Look at the page shown."""
        time.sleep(LOOK)

    def presses(self, key: str) -> None:
        """Press ``key``, which leads nowhere."""
        self.page.keyboard.press(key, delay=KEY * 1000)

    def goes(self, key: str, ready: str) -> None:
        """Press ``key`` and wait until the next screen is there and ``ready`` (a selector) on it."""
        begun = time.perf_counter()
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press(key)
        self.page.wait_for_selector(ready)
        self._waited += time.perf_counter() - begun

    def waits(self, condition: str) -> None:
        """Wait until ``condition`` (a script) is true."""
        begun = time.perf_counter()
        self.page.wait_for_function(condition)
        self._waited += time.perf_counter() - begun


def _visit(hands: _Hands, port: int, number: str, name: str, duty: str) -> None:
    hands.page.goto(f"http://127.0.0.1:{port}/desk/")
    with hands.step("begin"):
        hands.goes("F4", "[data-reader]:focus")
    with hands.step("register the reader"):
        for _field in range(3):
            hands.presses("Tab")
        hands.types(number)
        hands.presses("Tab")
        hands.types(name)
        hands.goes("Enter", "[name=purpose]:focus")
    with hands.step("purpose"):
        hands.types("2")
        hands.goes("Enter", "[data-search]")
    with hands.step("find by part of a former name"):
        hands.presses("Control+k")
        hands.types("璞玉")
        hands.goes("Enter", "[data-hit]:focus")
    with hands.step("open the dossier and the record"):
        hands.goes("Enter", "[data-below]:focus")
        hands.goes("Enter", "[data-approval]")
    with hands.step("approval on the spot"):
        hands.presses("Alt+a")
        hands.types(duty)
        hands.presses("Tab")
        hands.types(PASSWORD)
        hands.goes("Enter", "[data-current]:focus")
    with hands.step(f"look at {LOOKED_AT} pages and tick them"):
        for page in range(1, LOOKED_AT + 1):
            hands.looks()
            hands.goes("Space", "[data-current]:focus")
            if page < LOOKED_AT:
                hands.goes("ArrowRight", "[data-current]:focus")
    with hands.step("certify, until the file is in the printer's hands"):
        hands.goes("Control+p", "[data-frame]")
        hands.waits("Object.keys(sessionStorage).some((key) => key.startsWith('desk-printed'))")
    with hands.step("hand over"):
        hands.goes("F9", ".messages")
    hands.page.evaluate("sessionStorage.clear()")
