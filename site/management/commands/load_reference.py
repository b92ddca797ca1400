"""Make the reference archive: invented records of a market-regulation bureau, to measure at full size.

The same seed makes the same archive. A second run goes on where the first stopped; with more --pages it adds pages.
"""

import os
import resource
from contextlib import nullcontext

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from fonds.search.updates import put_off
from fonds.site.reference.loading import Order, OtherReference, load
from fonds.site.reference.pictures import FontMissing


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--items", type=int, default=20_000, help="items in all (default 20,000; full 190,000)")
        parser.add_argument("--pages", type=int, default=500_000, help="page scans (default 500,000; full 5,000,000)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--wide", type=int, help="items in the widest series (default: a fifth, at most 20,000)")
        parser.add_argument(
            "--workers",
            type=int,
            default=1 if connection.vendor == "sqlite" else os.cpu_count() or 1,
            help="processes that write at once (default: one for each core; SQLite always one)",
        )
        parser.add_argument("--index-after", action="store_true", help="build the search index at the end, in one go")

    def handle(self, *args, **options) -> None:
        # SQLite has one writer, and what stands in an open transaction no other process sees.
        alone = connection.vendor == "sqlite" or connection.in_atomic_block
        workers = 1 if alone else max(1, options["workers"])
        order = Order(options["items"], options["pages"], options["seed"], options["wide"], workers)
        if order.items < 1 or order.pages < 0 or (order.wide or 0) < 0:
            raise CommandError("An archive has at least one item, and no fewer than 0 pages.")
        try:
            with put_off() if options["index_after"] else nullcontext():
                done = load(order, self._tell)
        except OtherReference as error:
            raise CommandError(
                f"Another reference archive stands here, or records with its codes. {error} Asked for: {order.mark} "
                "Give the same numbers to go on with it, or name another database."
            ) from error
        except FontMissing as error:
            raise CommandError(str(error)) from error
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.stdout.write(
            f"{done.items:,} items in {done.item_seconds:.0f} s ({_pace(done.items, done.item_seconds)}/s), "
            f"{done.pages:,} pages in {done.page_seconds:.0f} s ({_pace(done.pages, done.page_seconds)}/s), "
            f"at most {memory:.0f} MB of memory."
        )

        if options["index_after"]:
            call_command("rebuild_search", stdout=self.stdout)

    def _tell(self, line: str) -> None:
        self.stdout.write(f"   {line}")
        self.stdout.flush()


def _pace(count: int, seconds: float) -> str:
    return f"{count / seconds:,.0f}" if seconds else "0"
