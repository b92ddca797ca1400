"""Fill an empty archive with the demo: records, photographs, exhibits, policies, certified copies, one account a role."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fonds.archive_pages.models import FondsPage
from fonds.site.demo.loading import STEPS, is_loaded


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options) -> None:
        if is_loaded():
            self.stdout.write("== The demo archive is loaded.")
            return
        if FondsPage.objects.exists():
            raise CommandError(
                "This archive holds records that are not the whole demo, and the demo goes into an empty one only. "
                "Name another folder with FONDS_DATA, or remove this one if nothing in it is wanted."
            )
        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # no letters to the demo's accounts
        started = time.perf_counter()
        self.stdout.write("== Demo archive")
        for text, step in STEPS:
            self.stdout.write(f"   {text} … ", ending="")
            self.stdout.flush()
            begun = time.perf_counter()
            step()
            self.stdout.write(f"{time.perf_counter() - begun:.1f} s")
        self.stdout.write(f"   loaded in {time.perf_counter() - started:.0f} s")
