"""Make the key for development and trying out: every printout signed with it says 样章 SPECIMEN."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fonds.reports.signing.development import make_key_file


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options) -> None:
        keys = [setting for setting in settings.FONDS_SIGNING_KEYS.values() if setting.kind == "development"]
        if not keys:
            raise CommandError("FONDS_SIGNING_KEYS names no development key.")
        for setting in keys:
            try:
                make_key_file(setting.place, password=setting.password)
            except FileExistsError:
                self.stdout.write(f"{setting.place} is there already; it stays as it is.")
            else:
                self.stdout.write(f"Made {setting.place}. Printouts signed with it are marked 样章 SPECIMEN.")
