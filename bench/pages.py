"""Requests per second of an item page and a listing page, beside a bare Wagtail page in the same server and run.

Two gunicorn workers serve; eight connections ask, each for the next page when it has the last. The three pages take
turns in short rounds, so that a busy machine slows all of them alike.
"""

import http.client
import io
import threading
import time
from statistics import median
from urllib.parse import quote

from django.conf import settings
from django.core.management import call_command

from fonds.archive_pages.models import ArchivePage, ItemPage, SeriesPage
from fonds.site.models import HomePage

from .serving import served

CONNECTIONS = 8
ROUNDS = 5
SECONDS = 2.0
PLAIN: dict[str, str] = {}
#: A visit with a session is never answered from the page cache; this one's session does not exist.
ANEW = {"Cookie": f"{settings.SESSION_COOKIE_NAME}=none"}


def run() -> dict[str, str]:
    """Median requests per second of each page over the rounds, and the ratios to the bare page."""
    call_command("load_demo", stdout=io.StringIO())
    home = HomePage.objects.get()
    home.add_child(instance=ArchivePage(title="A bare page", slug="bare", live=True))
    series = SeriesPage.objects.get(reference_code="J037-WS·2008-D30")
    item = ItemPage.objects.filter(content_class=0, scan_count__gt=0).first()
    item_page, listing = item.url, f"{series.url}?sort=date"
    addresses = {
        "bare Wagtail page": ("/bare/", PLAIN),
        "item page": (item_page, PLAIN),
        "listing page": (listing, PLAIN),
        "item page, made anew": (item_page, ANEW),
        "listing page, made anew": (listing, ANEW),
    }
    with served() as port:
        rates: dict[str, list[float]] = {name: [] for name in addresses}
        for address, headers in addresses.values():
            _rate(port, address, headers, 1.0)
        for _round in range(ROUNDS):
            for name, (address, headers) in addresses.items():
                rates[name].append(_rate(port, address, headers, SECONDS))
    bare = median(rates["bare Wagtail page"])
    figures = {f"{name}, requests/s": f"{median(values):.0f}" for name, values in rates.items()}
    ratios = {f"{name} ÷ bare page": f"{median(rates[name]) / bare:.2f}" for name in list(rates)[1:]}
    return figures | ratios


def _rate(port: int, address: str, headers: dict[str, str], seconds: float) -> float:
    counts = [0] * CONNECTIONS
    end = time.perf_counter() + seconds

    def ask(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < end:
            connection.request("GET", quote(address, safe="/?=&"), headers=headers)
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise RuntimeError(f"{address} answered {response.status}")
            counts[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)
