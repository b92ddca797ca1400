"""Compare all photographs that were never compared."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from ...models import ArchiveImage
from ...photographs.doubles import compare_all


class Command(BaseCommand):
    help = "Compares photographs that have no fingerprint yet, and proposes doubles to the editors."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--all", action="store_true", help="compare every photograph anew; decisions stay")

    def handle(self, *args, **options) -> None:
        photos = ArchiveImage.objects.order_by("pk")
        if not options["all"]:
            photos = photos.filter(fingerprint=None)
        compared = proposed = 0
        for _photo, number in compare_all(photos.iterator(chunk_size=500)):
            compared += 1
            proposed += number
        words = {"compared": compared, "proposed": proposed}
        self.stdout.write(_("%(compared)s photographs compared, %(proposed)s proposals.") % words)
