"""Import a catalogue list (.xlsx or .csv) and its scans into a fonds. With faults nothing is written."""

import sys
import unicodedata
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from fonds.archive_pages.models import Category, FondsPage
from fonds.archive_pages.reference_codes import normalise_code
from fonds.collections.importing.actions import Analysis, Order, analysed, perform, write_report

SHOWN = 200


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("list", type=Path, help="the list: .xlsx, or .csv in UTF-8 or GB18030")
        parser.add_argument("--fonds", required=True, help="fonds code, e.g. J037")
        parser.add_argument("--category", required=True, help="category code, e.g. WS")
        parser.add_argument("--scans", type=Path, help="folder or zip of scans named by reference code")
        parser.add_argument("--dry-run", action="store_true", help="check and show only, write nothing")
        parser.add_argument("--update", action="store_true", help="change units that are in the archive already")
        parser.add_argument("--skip-faulty", action="store_true", help="import the sound rows, leave out faulty ones")
        parser.add_argument("--report", type=Path, help="write a marked copy of the list to this .xlsx")
        parser.add_argument("--no-input", "--noinput", action="store_false", dest="interactive", help="never ask")

    def handle(self, *args, **options) -> None:
        order = _order(options)
        with analysed(order) as analysis:
            self._show(analysis)
            if options["report"]:
                write_report(analysis, options["report"])
                self.stdout.write(_("Marked copy: %(path)s") % {"path": options["report"]})
            if not analysis.may_import:
                raise CommandError(_("Nothing was imported. Faults: %(count)d.") % {"count": len(analysis.errors)})
            if options["dry_run"]:
                self.stdout.write(_("Dry run: nothing was written."))
            elif not analysis.changes or self._agreed(options["interactive"]):
                for line in perform(analysis).sentences():
                    self.stdout.write(self.style.SUCCESS(line))

    def _show(self, analysis: Analysis) -> None:
        for fault in analysis.faults[:SHOWN]:
            place = _("row %(row)s") % {"row": fault.row} if fault.row else _("list")
            self.stdout.write(f"{place:<10}{_padded(fault.column, 14)}{fault.rule:<14}{_mark(fault)} {fault.sentence}")
        if len(analysis.faults) > SHOWN:
            self.stdout.write(_("… and %(count)d more; see --report.") % {"count": len(analysis.faults) - SHOWN})
        for change in analysis.changes[:SHOWN]:
            shown = change.as_dict()
            self.stdout.write(f"{change.code}  {shown['label']}: “{shown['old']}” → “{shown['new']}”")
        counts = analysis.counts()
        self.stdout.write(
            _(
                "%(rows)d rows: %(new)d new, %(changed)d to change, %(unchanged)d unchanged, %(faulty)d faulty;"
                " %(pages)d pages of %(scanned)d units; %(errors)d faults, %(warnings)d warnings."
            )
            % counts
        )

    def _agreed(self, interactive: bool) -> bool:
        if not interactive or not sys.stdin.isatty():
            return True
        return input(_("Write these changes? [y/N] ")).strip().lower() in {"y", "yes", "是"}


def _order(options: dict) -> Order:
    fonds = FondsPage.objects.filter(reference_code=normalise_code(options["fonds"])).first()
    if fonds is None:
        raise CommandError(_("There is no fonds %(code)s.") % {"code": options["fonds"]})
    category = Category.objects.filter(code__iexact=options["category"]).first()
    if category is None:
        raise CommandError(_("There is no category %(code)s.") % {"code": options["category"]})
    for path in filter(None, (options["list"], options["scans"])):
        if not path.exists():
            raise CommandError(_("There is no file %(path)s.") % {"path": path})
    if options["list"].is_dir():
        raise CommandError(_("%(path)s is a folder; name the list itself.") % {"path": options["list"]})
    return Order(
        options["list"],
        fonds,
        category,
        options["list"].name,
        options["scans"],
        options["update"],
        options["skip_faulty"],
    )


def _mark(fault) -> str:
    return "✗" if fault.is_error else "!"


def _padded(text: str, width: int) -> str:
    """``text`` filled up to ``width`` columns of a terminal, where a Han character takes two."""
    taken = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
    return text + " " * max(1, width - taken)
