"""``manage.py import_enterprises LIST [--under CODE]``."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from fonds.archive_pages.importing.faults import ListFault
from fonds.archive_pages.models import SeriesPage
from fonds.reading_room.enterprises.importing import import_enterprises


class Command(BaseCommand):
    """Takes in names and numbers of enterprise dossiers, or says row by row what is wrong with the list."""

    help = "Import a list of enterprise dossiers (.csv, columns 案卷档号 企业名称 曾用名 注册号 统一社会信用代码 …)."

    def add_arguments(self, parser) -> None:
        parser.add_argument("list", type=Path, help="The list, .csv in UTF-8 or GB18030.")
        parser.add_argument("--under", help="Reference code of the series below which missing dossiers are made.")

    def handle(self, *args, **options) -> None:
        if not options["list"].is_file():
            raise CommandError(f"There is no file {options['list']}.")
        under = SeriesPage.objects.filter(reference_code=options["under"]).first() if options["under"] else None
        if options["under"] and under is None:
            raise CommandError(f"There is no series {options['under']}.")
        try:
            taken = import_enterprises(options["list"], under=under)
        except ListFault as fault:
            raise CommandError(str(fault)) from fault
        for fault in taken.faults:
            self.stderr.write(str(fault))
        if taken.faults:
            raise CommandError(f"{len(taken.faults)} faults; nothing was imported.")
        self.stdout.write(f"{taken.new} enterprises new, {taken.known} brought up to date")
