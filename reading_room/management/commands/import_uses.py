"""``manage.py import_uses LIST``."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from fonds.archive_pages.importing.faults import ListFault
from fonds.reading_room.uses.importing import import_uses

SHOWN = 50


class Command(BaseCommand):
    """Takes in an older use register, or says row by row what is wrong with the list."""

    help = "Import a use register (.csv, columns 登记号 日期 读者类型 利用目的 档案种类 利用方式 件数 打印页数 … 开始时间 完成时间)."

    def add_arguments(self, parser) -> None:
        parser.add_argument("list", type=Path, help="The list, .csv in UTF-8 or GB18030.")

    def handle(self, *args, **options) -> None:
        if not options["list"].is_file():
            raise CommandError(f"There is no file {options['list']}.")
        try:
            taken = import_uses(options["list"])
        except ListFault as fault:
            raise CommandError(str(fault)) from fault
        for fault in taken.faults[:SHOWN]:
            self.stderr.write(str(fault))
        if taken.faults:
            raise CommandError(f"{len(taken.faults)} faults; nothing was imported.")
        self.stdout.write(f"{taken.new} entries new, {taken.known} known already")
