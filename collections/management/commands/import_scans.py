"""``manage.py import_scans PATH [--title …] [--least-dpi 300] [--colour] [--close]``: a folder or zip of scans as a batch.

The same path a second time goes on where the first was cut off. Without ``--close`` the batch waits in the working place
for its quality check.
"""

import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from fonds.collections.batches.checking import COUNTS, pages_of
from fonds.collections.batches.closing import close_batch
from fonds.collections.batches.findings import sentence
from fonds.collections.batches.jobs import follow_up
from fonds.collections.batches.patterns import compiled
from fonds.collections.batches.states import BatchFault
from fonds.collections.batches.taking import take_files
from fonds.collections.enums import BatchState
from fonds.collections.faults import ScanFault
from fonds.collections.importing.unpacking import ZipFault, unpack
from fonds.collections.importing.walking import walk
from fonds.collections.models import ScanBatch

TELL_EVERY = 5.0  # seconds


class Command(BaseCommand):
    help = "Take a folder or a zip of scans into a batch, matched to units by the codes and numbers in the names."

    def add_arguments(self, parser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="folder or .zip")
        parser.add_argument("--title", help="what the batch is called; the name of PATH")
        parser.add_argument("--least-dpi", type=int, default=200, metavar="DPI")
        parser.add_argument("--colour", action="store_true", help="pages must be in colour")
        parser.add_argument(
            "--pattern", action="append", metavar="PATTERN", help="{code}/{page} and the like; repeatable"
        )
        parser.add_argument("--close", action="store_true", help="take over at once, without a quality check by eye")

    def handle(self, *args, path: Path, **options) -> None:
        if not path.exists():
            raise CommandError(_("%(path)s does not exist.") % {"path": path})
        batch = self._batch(options["title"] or path.stem, options)
        begun = time.monotonic()
        try:
            with _files(path) as files:
                pages = take_files(batch, files, progress=self._tell(begun))
            self._report(batch, pages, time.monotonic() - begun)
            if options["close"]:
                scans = close_batch(batch, unchecked=True)
                follow_up(batch, scans, None)
                self.stdout.write(_("Pages taken over: %(pages)s.") % {"pages": len(scans)})
        except (BatchFault, ScanFault, ZipFault) as fault:
            raise CommandError(str(fault)) from fault

    def _batch(self, title: str, options: dict) -> ScanBatch:
        """The open batch of this title, or a new one."""
        batch = ScanBatch.objects.filter(title=title[:200], state=BatchState.OPEN, corrects=None).first()
        if batch:
            return batch
        batch = ScanBatch(title=title[:200], least_dpi=options["least_dpi"], needs_colour=options["colour"])
        if options["pattern"]:
            batch.patterns = "\n".join(options["pattern"])
            try:
                compiled(batch.patterns)
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
        batch.save()
        return batch

    def _tell(self, begun: float):
        told = begun

        def tell(done: int, total: int) -> None:
            nonlocal told
            if done and time.monotonic() - told >= TELL_EVERY:
                told = time.monotonic()
                self.stdout.write(f"{done:,} / {total:,}, {done / (told - begun):,.0f}/s")

        return tell

    def _report(self, batch: ScanBatch, pages: int, seconds: float) -> None:
        counts = pages_of(batch).aggregate(**COUNTS)
        self.stdout.write(f"{batch.title} (#{batch.pk}): +{pages}, {seconds:.1f} s")
        for label, name in (
            (_("Pages"), "pages"), (_("Units"), "units"), (_("Unsorted"), "unsorted"), (_("Faulty files"), "faulty"),
        ):  # fmt: skip
            self.stdout.write(f"{label}: {counts[name]}")
        for page in pages_of(batch).exclude(fault=""):
            self.stderr.write(page.fault)
        for page in pages_of(batch).exclude(findings=[]):
            self.stdout.write(f"{page.name}: {'; '.join(map(sentence, page.findings))}")


@contextmanager
def _files(path: Path):
    if path.is_dir():
        yield walk(path)
        return
    with tempfile.TemporaryDirectory() as work:
        yield unpack(path, Path(work) / "scans")
