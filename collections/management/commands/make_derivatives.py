"""``manage.py make_derivatives [--missing]``: thumbnails, previews and zoom tiles of page scans."""

import time

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from fonds.collections.jobs import BATCH, in_order, make_one
from fonds.collections.models import PageScan


class Command(BaseCommand):
    """Makes the derivatives here and now, for all pages or for those without."""

    help = "Make thumbnails, previews and zoom tiles of page scans."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--missing", action="store_true", help="Only pages that lack a derivative.")

    def handle(self, *args, **options) -> None:
        rows = PageScan.objects.order_by("pk")
        if options["missing"]:
            rows = rows.filter(Q(thumbnail="") | Q(preview="") | Q(deep_zoom=""))
        ids = list(rows.values_list("pk", flat=True))
        begun, faults = time.perf_counter(), 0
        for start_at in range(0, len(ids), BATCH):
            for scan in in_order(ids[start_at : start_at + BATCH]):
                fault = make_one(scan)
                if fault:
                    faults += 1
                    self.stderr.write(fault)
        took = time.perf_counter() - begun
        self.stdout.write(f"{len(ids) - faults} of {len(ids)} pages in {took:.1f} s")
        if faults:
            raise CommandError(f"{faults} pages could not be read; see above.")
