"""Build the search index anew, or check it and put it right."""

import time
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fonds.search.engines import engine
from fonds.search.rebuild import ENTRIES, rebuild
from fonds.search.state import Busy

TELL_EVERY = 2.0  # seconds


class Command(BaseCommand):
    help = "Build the search index anew while it is searched; a build that was cut off goes on where it stopped."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--since", help="only what changed since this day or time: 2026-03-01 or 2026-03-01T08:00")
        parser.add_argument("--verify", action="store_true", help="compare index and data, and repair what differs")
        parser.add_argument("--tidy", action="store_true", help="afterwards give back the space of removed texts")

    def handle(self, *args, **options) -> None:
        self.begun = self.told = time.monotonic()
        since = _moment(options["since"]) if options["since"] else None
        try:
            counts = rebuild(self.tell, since=since, verify=options["verify"])
        except Busy as error:
            raise CommandError(str(error)) from error
        if options["tidy"]:
            engine().tidy()
        words = {
            "entries": counts.entries, "pages": counts.pages, "wrong_entries": counts.entries_changed,
            "wrong_pages": counts.pages_changed, "seconds": f"{time.monotonic() - self.begun:.0f}",
        }  # fmt: skip
        self.stdout.write(
            _(
                "%(entries)s entries, %(pages)s pages; written: %(wrong_entries)s entries, %(wrong_pages)s pages; %(seconds)s s"
            )
            % words
        )

    def tell(self, phase: str, done: int, total: int) -> None:
        """One line every two seconds: how many of how many, how fast."""
        now = time.monotonic()
        if now - self.told < TELL_EVERY:
            return
        self.told = now
        what = pgettext("progress", "entries") if phase == ENTRIES else pgettext("progress", "pages")
        self.stdout.write(f"{what}: {done:,} / {total:,}, {done / (now - self.begun):,.0f}/s")


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text) or datetime.combine(parse_date(text), datetime.min.time())
    except (TypeError, ValueError) as error:
        raise CommandError(_("“%(text)s” is no day or time.") % {"text": text}) from error
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
