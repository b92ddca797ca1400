"""Remove old events: only batches that are sealed, were exported and are older than the retention period."""

import datetime as dt

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from fonds.audit.retention import NotPurgeable, purge


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("--before", type=dt.date.fromisoformat, required=True, help="YYYY-MM-DD")

    def handle(self, *args, before, **options) -> None:
        try:
            removed = purge(start_of_day(before))
        except NotPurgeable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("%d events removed; their seals stay.") % removed)


def start_of_day(date: dt.date) -> dt.datetime:
    """The first moment of ``date`` here."""
    return timezone.make_aware(dt.datetime.combine(date, dt.time.min))
