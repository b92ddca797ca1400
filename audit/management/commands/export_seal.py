"""Give out a seal as JSON and as a page to print, or the events of sealed batches for safe-keeping."""

import datetime as dt
import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from fonds.audit.models import Seal
from fonds.audit.retention import NotPurgeable, export_events, note_seal_export, seal_as_json, seal_as_text

from .purge_audit import start_of_day


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("number", nargs="?", type=int, help="number of the seal; default: the newest")
        parser.add_argument("--json", type=Path, help="file for the JSON; default: standard output")
        parser.add_argument("--text", type=Path, help="file for the page to print")
        parser.add_argument("--events", type=Path, metavar="FOLDER", help="write the events of sealed batches there")
        parser.add_argument("--before", type=dt.date.fromisoformat, help="with --events: all batches before YYYY-MM-DD")

    def handle(self, *args, number, json: Path | None, text, events, before, **options) -> None:
        if events:
            self.give_events(number, events, before)
            return
        seal = chosen(number)
        content = dump(seal)
        if json:
            json.write_text(content, encoding="utf-8")
        else:
            self.stdout.write(content)
        if text:
            text.write_text(seal_as_text(seal), encoding="utf-8")
        note_seal_export(seal)

    def give_events(self, number: int | None, folder: Path, before: dt.date | None) -> None:
        seals = [chosen(number)]
        if before:
            seals = Seal.objects.filter(purge=None, exports=None, last_at__lt=start_of_day(before)).order_by("number")
        for seal in seals:
            try:
                self.stdout.write(str(export_events(seal, folder)))
            except NotPurgeable as error:
                raise CommandError(str(error)) from error


def chosen(number: int | None) -> Seal:
    """The seal with this number, or the newest."""
    seal = Seal.objects.filter(number=number).first() if number else Seal.objects.first()
    if seal is None:
        raise CommandError(_("There is no such seal."))
    return seal


def dump(seal: Seal) -> str:
    return json.dumps(seal_as_json(seal), ensure_ascii=False, indent=1) + "\n"
