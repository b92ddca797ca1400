"""Compute anew who may see what: everything from the root, or only what is due to open."""

from django.core.management.base import BaseCommand

from ...models import ArchivePage
from ...standing import open_due, refresh_standing


class Command(BaseCommand):
    help = "Computes the ranks in force of all pages from their own ranks, days, statuses and departments."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--due", action="store_true", help="open only what was closed until a day that has passed")

    def handle(self, *args, due: bool, **options) -> None:
        if due:
            self.stdout.write(f"{open_due()} units opened")
            return
        opened = open_due()
        changed = sum(refresh_standing(root.path) for root in ArchivePage.get_root_nodes())
        self.stdout.write(f"{opened} units opened, {changed} pages changed")
