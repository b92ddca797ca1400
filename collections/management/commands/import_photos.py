"""``manage.py import_photos LIST --photos DIR [--masters DIR] [--negatives DIR] [--dry-run]``."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from fonds.access.enums import OpeningStatus
from fonds.archive_pages.importing.faults import ListFault
from fonds.collections.photo_importing import import_photos, make_renditions


class Command(BaseCommand):
    """Takes in a list of photographs with its pictures, or says row by row what is wrong with it."""

    help = "Import a list of photographs (sheets 照片目录 and 组目录) with its pictures."

    def add_arguments(self, parser) -> None:
        parser.add_argument("list", type=Path, help="The list, an .xlsx workbook.")
        parser.add_argument("--photos", type=Path, required=True, help="Folder of the pictures.")
        parser.add_argument("--masters", type=Path, help="Folder of the masters (TIFF).")
        parser.add_argument("--negatives", type=Path, help="Folder of scanned negatives, named by negative number.")
        parser.add_argument("--dry-run", action="store_true", help="Check and count, write nothing.")
        parser.add_argument("--opening-status", choices=OpeningStatus.values, default=OpeningStatus.UNREVIEWED)
        parser.add_argument("--renditions", action="store_true", help="Make the thumbnails at once.")

    def handle(self, *args, **options) -> None:
        for name in ("photos", "masters", "negatives"):
            if options[name] and not options[name].is_dir():
                raise CommandError(f"There is no folder {options[name]}.")
        if not options["list"].is_file():
            raise CommandError(f"There is no file {options['list']}.")
        try:
            result = import_photos(
                options["list"],
                options["photos"],
                options["masters"],
                options["negatives"],
                status=options["opening_status"],
                dry_run=options["dry_run"],
            )
        except ListFault as fault:
            raise CommandError(str(fault)) from fault
        for fault in result.faults:
            self.stderr.write(f"row {fault.row}, {fault.column}: {fault.sentence}")
        if result.faults:
            raise CommandError(f"{len(result.faults)} faults; nothing was imported.")
        self.stdout.write(
            f"{result.groups} groups, {result.photos} photographs, {result.pictures} pictures, {result.masters} masters, "
            f"{result.negatives} negatives new; {result.unchanged} unchanged"
            + (" (dry run, nothing written)" if options["dry_run"] else "")
        )
        if options["renditions"] and not options["dry_run"]:
            self.stdout.write(f"{make_renditions()} derivatives")
