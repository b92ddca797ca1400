"""What the query window takes: its search among 30,000 enterprise dossiers, each step of a visit, a year and a half of the
use register.

Runs in a transaction that is rolled back. A visit goes through the same addresses as a clerk's browser does: the figures
are the system's own share of it.
"""

import datetime as dt
import random
import re
import tempfile
from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from fonds.access import roles
from fonds.archive_pages.bulk import add_units
from fonds.archive_pages.models import ArchivePage, FilePage
from fonds.archive_pages.standing import refresh_standing
from fonds.reading_room.desk.models import Desk, UseRequest
from fonds.reading_room.desk.screen import _hits
from fonds.reading_room.enterprises.finding import find_enterprises
from fonds.reading_room.enterprises.models import Enterprise
from fonds.reading_room.models import Certificate
from fonds.reading_room.readers.models import ListEntry
from fonds.reading_room.uses.models import UseEntry
from fonds.site.roles import sync_roles

from .certified_copy import scanned_item, stores
from .measuring import milliseconds, timed

ENTERPRISES = 30_000
ENTRIES = 22_000
PAGES = 20
SEARCH_GOAL = 100  # ms
VISIT_GOAL = 5000  # ms
PLACES = ("越州市", "望湖区", "南枫区", "青藤区", "白塔县", "石濑县")
WORDS = "恒丰凯创宏润嘉澜华诚正程万瑞鼎云庆腾达信美锦康泰和利源隆盛"
TRADES = ("商贸", "物流", "纺织", "装饰工程", "信息咨询", "食品", "机电设备", "检测", "投资", "物业管理")


def run() -> Iterator[tuple[str, str]]:
    """Label and figure of each measurement."""
    with tempfile.TemporaryDirectory() as folder, override_settings(STORAGES=_stores(folder)), transaction.atomic():
        item = scanned_item(PAGES)
        clerk = bench_clerk()
        fill(item, random.Random(6))
        yield "dossiers", f"{ENTERPRISES}"
        names = list(Enterprise.objects.values_list("former_names", flat=True).exclude(former_names="")[:50])
        parts = [name[3:7] for name in names]
        yield "enterprise by part of a former name", timed(lambda part: find_enterprises(part, clerk), parts, 40).line()
        searches = [UseRequest(query=part) for part in parts]
        whole = timed(lambda served: _hits(served, clerk), searches, 40)
        yield "the search of the window: enterprises, then all records", whole.line(SEARCH_GOAL)
        yield from _visit(item, clerk, names[0][3:7])
        yield from _register(clerk)
        transaction.set_rollback(True)


def _stores(folder: str) -> dict:
    """Masters in ``folder``; styles and scripts where they lie, without a manifest of them."""
    return {**stores(folder), "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def bench_clerk():
    """A clerk of the window."""
    sync_roles()
    clerk = get_user_model().objects.create_user("bench-clerk", password="x")
    clerk.groups.add(Group.objects.get(name=roles.CLERK))
    return get_user_model().objects.get(pk=clerk.pk)


def fill(item: ArchivePage, luck: random.Random) -> None:
    """The dossiers with their enterprises, beside ``item``; all is open then."""
    series = ArchivePage.objects.get(pk=item.get_parent().pk).specific
    dossiers = []
    for number in range(ENTERPRISES):
        code = f"B997-WS·{1980 + number % 30}·Y-{number:05d}"
        dossiers.append(FilePage(title=f"{_name(luck)}登记档案", reference_code=code))
    for start in range(0, ENTERPRISES, 5000):
        add_units(series, dossiers[start : start + 5000])
    rows = []
    for number, dossier in enumerate(dossiers):
        former = _name(luck) if number % 14 == 0 else ""
        row = Enterprise(unit_id=dossier.pk, name=dossier.title[:-4], former_names=former)
        row.prepare()
        rows.append(row)
    Enterprise.objects.bulk_create(rows, batch_size=2000)
    ArchivePage.objects.update(opening_status="open")
    ArchivePage.objects.filter(pk=item.pk).update(scan_count=PAGES)
    refresh_standing(ArchivePage.objects.get(depth=1).path)


def _name(luck: random.Random) -> str:
    letters = "".join(luck.sample(WORDS, 3))
    return f"{luck.choice(PLACES)}{letters}{luck.choice(TRADES)}有限公司"


def _visit(item: ArchivePage, clerk, part: str) -> Iterator[tuple[str, str]]:
    """Each step of a visit, in milliseconds; the first visit warms the process up and is not told."""
    first = dict(_steps(item, clerk, part, "110101199003071268"))
    assert first
    total = 0.0
    for label, taken in _steps(item, clerk, part, "330602198501011233"):
        total += taken
        yield f"visit: {label}", f"{taken:.0f} ms"
    yield "visit: the system's share in all", f"{total:.0f} ms  (goal {VISIT_GOAL})"


def _steps(item: ArchivePage, clerk, part: str, number: str) -> Iterator[tuple[str, float]]:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(clerk)
    client.cookies["fonds_desk"] = str(Desk.objects.first().pk)
    lists = {entry.name: entry.pk for entry in ListEntry.objects.all()}
    yield "begin", milliseconds(lambda: client.post(reverse("desk_begin")))
    served = UseRequest.objects.order_by("-pk").first()

    def at(name: str, *more) -> str:
        return reverse(name, args=[served.pk, *more])

    reader = {"document_kind": lists["居民身份证"], "number": number, "name": "王桂芳"}
    yield "register the reader", milliseconds(lambda: client.post(at("desk_register_reader"), reader))
    yield "purpose", milliseconds(lambda: client.post(at("desk_purpose"), {"purpose": lists["公证"]}))
    yield "search by part of a former name", milliseconds(lambda: client.get(at("desk_request"), {"q": part}))
    for page in (1, 2, 3):
        look = {"unit": item.pk, "page": page}
        yield f"look at page {page}", milliseconds(lambda look=look: client.get(at("desk_request"), look))
    yield "tick a page", milliseconds(lambda: client.post(at("desk_tick"), {"page": 1}))
    yield f"tick all {PAGES}", milliseconds(lambda: client.post(at("desk_tick"), {"all": ""}))
    html = client.get(at("desk_request")).content.decode()
    form = {"token": re.search('name="token" value="([^"]+)"', html)[1], "certify": ""}
    yield f"certify {PAGES} pages", milliseconds(lambda: client.post(at("desk_print_basket"), form))
    assert Certificate.objects.filter(issued_by=clerk, page_count=PAGES).exists()
    made = served.prints.get()
    yield "the PDF to the printer", milliseconds(lambda: client.get(at("desk_print_pdf", made.pk)))
    yield "hand over", milliseconds(lambda: client.post(at("desk_hand_over")))
    assert UseEntry.objects.filter(request=served).exists()


def _register(clerk) -> Iterator[tuple[str, str]]:
    start = timezone.now() - dt.timedelta(days=540)
    UseEntry.objects.bulk_create(
        [
            UseEntry(
                number=f"B{number:07d}", day=(start + dt.timedelta(days=number // 41)).date(),
                purpose=f"目的{number % 13}", record_kind=f"门类{number % 8}", reader_kind=f"类型{number % 6}",
                manner="复制", item_count=2, pages_copied=5, began_at=start + dt.timedelta(minutes=35 * number),
                ended_at=start + dt.timedelta(minutes=35 * number + 4), seconds=240,
            )
            for number in range(ENTRIES)
        ],
        batch_size=2000,
    )  # fmt: skip
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(clerk)
    whole = {"first": "2000-01-01", "last": "2100-01-01"}
    for label, query in (("30 days", {}), (f"all {ENTRIES} entries", whole)):
        shown = timed(lambda query=query: client.get(reverse("desk_uses"), query), [None], 5)
        yield f"use register with its statistics, {label}", shown.line()
