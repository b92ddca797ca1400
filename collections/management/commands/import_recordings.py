"""``manage.py import_recordings LIST [--files FOLDER] [--open]``: a list of sound and film with its files and transcripts."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from fonds.access.enums import OpeningStatus
from fonds.archive_pages.importing.faults import ListFault
from fonds.collections.models import Recording
from fonds.collections.recordings.deriving import derive
from fonds.collections.recordings.importing import import_recordings


class Command(BaseCommand):
    help = "Take a list of recordings (录音录像档案目录, .xlsx) with its files and transcripts into the archive."

    def add_arguments(self, parser) -> None:
        parser.add_argument("path", type=Path, metavar="LIST")
        parser.add_argument("--files", type=Path, metavar="FOLDER", help="where the files are; beside the list")
        parser.add_argument("--open", action="store_true", help="new units are open")

    def handle(self, *args, path: Path, **options) -> None:
        status = OpeningStatus.OPEN if options["open"] else OpeningStatus.UNREVIEWED
        try:
            outcome = import_recordings(path, options["files"] or path.parent, status=status)
        except (ListFault, OSError) as error:
            raise CommandError(str(error)) from error
        for fault in outcome.faults:
            self.stderr.write(f"{fault.row} {fault.column}: {fault.sentence}")
        if outcome.faults:
            raise CommandError(_("Nothing was written: see the faults above."))
        for recording in Recording.objects.select_related("file__master").filter(pk__in=outcome.recordings):
            derive(recording)
        words = {"units": outcome.units, "new": len(outcome.recordings), "unchanged": outcome.unchanged}
        self.stdout.write(_("Units: %(units)d, recordings: %(new)d, unchanged: %(unchanged)d.") % words)
