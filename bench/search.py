"""What a search costs in the reference archive: each kind of question for each kind of reader, median and 95th percentile;
how fast the index is built, how large it is beside the text; what a change of rank and one saved page cost.

    python bench/run.py search

Takes the reference archive that is there, of any size; in an archive without one it makes 20,000 items with 100,000
pages. What is changed is rolled back.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from random import Random
from statistics import median, quantiles

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Sum
from django.db.models.functions import Length
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from fonds.access import roles
from fonds.access.enums import Rank
from fonds.access.models import Department
from fonds.archive_pages import ranks
from fonds.archive_pages.models import ArchivePage, ItemPage, SeriesPage
from fonds.audit.context import Channel, Origin, working
from fonds.bench.access import grant_many
from fonds.collections.models import PageScan
from fonds.search.engines import engine
from fonds.search.find import find_units
from fonds.search.index import index_pages
from fonds.search.suggestions import suggest
from fonds.site.reference.loading import Order, load

ITEMS, PAGES, WIDE = 20_000, 100_000, 10_000
ROUNDS = 30
GRANTS = 1_000
ANEW = {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}=none", "HTTP_HOST": "127.0.0.1"}


def run(rounds: int = ROUNDS) -> dict[str, str]:
    """The figures as text, by what they are."""
    if not SeriesPage.objects.filter(reference_code__startswith="J021").exists():
        load(Order(ITEMS, PAGES, wide=WIDE), print)
    figures = {"units, pages": f"{ArchivePage.objects.exclude(level='').count():,}, {PageScan.objects.count():,}"}
    figures |= _sizes() | _building()
    questions = _questions()
    call_command("collectstatic", interactive=False, verbosity=0)
    with transaction.atomic():
        for name, user in _readers().items():
            for kind, texts in questions.items():
                figures |= _time(f"{kind}, {name}", lambda query, user=user: _find(query, user), texts, rounds)
        for kind, texts in questions.items():
            figures |= _time(f"{kind}, whole page over HTTP, visitor", _page, texts, rounds)
        figures |= _time("suggestions, visitor", lambda q: suggest(q[:4], AnonymousUser()), questions["a name"], rounds)
        figures |= _rank_change()
        transaction.set_rollback(True)
    return figures


def _questions() -> dict[str, Iterator[str]]:
    """Questions of each kind, drawn from the data, the same in each run."""
    random = Random(1)
    codes = list(ItemPage.objects.order_by("pk").values_list("reference_code", flat=True)[:2000])
    numbers = list(
        ItemPage.objects.exclude(document_number="").order_by("pk").values_list("document_number", flat=True)[:2000]
    )
    persons = list(ItemPage.objects.exclude(persons="").order_by("pk").values_list("persons", flat=True)[:2000])
    texts = list(PageScan.objects.exclude(text="").order_by("pk").values_list("text", flat=True)[:40_000:40])
    random.shuffle(codes)
    kinds = {
        "a name": [names.split("；")[0] for names in persons],
        "a piece of a page": [text[at : at + 6] for text in texts if (at := random.randrange(len(text) - 6)) >= 0],
        "a document number": numbers,
        "a reference code": codes,
        "a common word": ["登记", "检查", "材料", "食品", "商标", "合同"],
        "two words": [f"{text[60:62]} {text[200:203]}" for text in texts],
        "a word without another": [f"{text[60:64]} -登记" for text in texts],
        "one character": list("王李张刘陈杨赵黄周吴"),
        "nothing found": [f"{a}{b}" for a, b in itertools.product("亘鼋鼍饕", "餮魑魅魍")],
    }
    return {kind: itertools.cycle(values) for kind, values in kinds.items() if values}


def _readers() -> dict[str, object]:
    """A visitor, an officer with many grants, and somebody of the archive room."""
    manager = get_user_model().objects.create(username="bench-approver")
    officer = get_user_model().objects.create(username="bench-officer", department=Department.objects.get(code="QZC"))
    officer.groups.add(Group.objects.get(name=roles.OFFICER))
    grant_many(officer, manager, GRANTS)
    clerk = get_user_model().objects.create(username="bench-editor")
    clerk.groups.add(Group.objects.get(name=roles.EDITOR))
    return {"visitor": AnonymousUser(), f"officer with {GRANTS:,} grants": officer, "editor": clerk}


def _find(query: str, user) -> int:
    with working(Origin(Channel.COMMAND, request=HttpRequest())):
        return find_units(query, user).count


def _page(query: str) -> int:
    answer = Client().get(reverse("search"), {"q": query}, **ANEW)
    if answer.status_code != 200:
        raise RuntimeError(f"{query}: {answer.status_code}")
    return len(answer.content)


def _time(name: str, work: Callable[[str], object], questions: Iterator[str], rounds: int) -> dict[str, str]:
    for query in itertools.islice(questions, 3):
        work(query)
    taken = [_milliseconds(lambda query=query: work(query)) for query in itertools.islice(questions, rounds)]
    return {f"{name}, ms": f"{median(taken):.1f}  (95th percentile {quantiles(taken, n=20)[-1]:.1f})"}


def _sizes() -> dict[str, str]:
    """Bytes of the index beside the bytes of the texts it was made of."""
    entries = ArchivePage.objects.aggregate(sum=Sum(Length("search_text")))["sum"] or 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT sum({_bytes('text')}) FROM {PageScan._meta.db_table}")
        pages = cursor.fetchone()[0] or 1
    index = engine().size()
    return {"index, MB": f"{index / 1e6:.0f}  ({index / (pages + 3 * entries):.2f} times the text)"}


def _bytes(column: str) -> str:
    return f"octet_length({column})" if connection.vendor == "postgresql" else f"length(CAST({column} AS BLOB))"


def _building() -> dict[str, str]:
    """Pages in a second taken out of the index and entered again, in one transaction that is undone."""
    units = list(ArchivePage.objects.filter(scan_count__gt=0).order_by("pk").values_list("pk", flat=True)[:300])
    with transaction.atomic():
        old = engine().stored_pages(units)
        removing = _milliseconds(lambda: engine().remove_pages(old))
        adding = _milliseconds(lambda: index_pages(units))
        transaction.set_rollback(True)
    count = len(old)
    return {
        "pages entered in a second": f"{count / adding * 1000:,.0f}  ({count:,} pages)",
        "pages taken out in a second": f"{count / removing * 1000:,.0f}",
    }


def _rank_change() -> dict[str, str]:
    """Seconds until the widest series and all in it are for the staff, and found so."""
    series = SeriesPage.objects.order_by("-numchild").first()
    user = get_user_model().objects.create(username="bench-keeper", is_superuser=True)
    taken = []
    for rank in (Rank.STAFF, Rank.PUBLIC):
        values = {"catalogue_rank": rank, "content_rank": rank, "closed_until": None}
        begun = time.perf_counter()
        ranks.set_ranks(series, **values, reason="measurement", user=user)
        find_units("登记", AnonymousUser())
        taken.append(time.perf_counter() - begun)
    return {f"rank of a series of {series.numchild:,} changed and searched, s": f"{max(taken):.2f}  (goal 2)"}


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000
