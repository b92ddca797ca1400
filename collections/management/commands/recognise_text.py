"""``manage.py recognise_text [CODE …] [--first CODE …] [--again]``: read page pictures here and now, one page after the other.

Several of these commands at once on different units use several cores. What is read is kept at once; the command goes on
where it was stopped.
"""

import time

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.reference_codes import normalise_code
from fonds.collections.recognising.actions import below, recognise_scans, to_recognise

TELL_EVERY = 5.0  # seconds


class Command(BaseCommand):
    help = "Recognise the text of page scans: of the units named by their reference codes and all below, or of all."

    def add_arguments(self, parser) -> None:
        parser.add_argument("codes", nargs="*", metavar="CODE", help="reference codes; none: the whole archive")
        parser.add_argument(
            "--first", action="append", default=[], metavar="CODE", help="read this fonds first; repeatable"
        )
        parser.add_argument("--again", action="store_true", help="pages too that this recogniser has read before")

    def handle(self, *args, **options) -> None:
        found = _units(options["codes"])
        first = [unit.path for unit in _units(options["first"])]
        units = below(found) if found else ArchivePage.objects.exclude(level="")
        keys = list(to_recognise(units, again=options["again"], first=first).values_list("pk", flat=True))
        begun = told = time.monotonic()
        faults = 0
        for done, (scan, error) in enumerate(recognise_scans(keys), 1):
            if error is not None:
                faults += 1
                self.stderr.write(f"{scan.unit.reference_code} {scan.number}: {error}")
            if time.monotonic() - told >= TELL_EVERY:
                told = time.monotonic()
                self.stdout.write(f"{done:,} / {len(keys):,}, {done / (told - begun) * 3600:,.0f}/h")
        self.stdout.write(f"{len(keys) - faults} / {len(keys)}, {time.monotonic() - begun:.0f} s")
        if faults:
            raise CommandError(_("%(count)s pages could not be read; see above.") % {"count": faults})


def _units(codes: list[str]) -> list[ArchivePage]:
    """The units with these codes, in their order. Raises ``CommandError`` naming those there are none for."""
    wanted = list(dict.fromkeys(map(normalise_code, codes)))
    found = {unit.reference_code: unit for unit in ArchivePage.objects.filter(reference_code__in=wanted)}
    missing = sorted(set(wanted) - set(found))
    if missing:
        raise CommandError(_("There is no unit with the code %(codes)s.") % {"codes": "、".join(missing)})
    return [found[code] for code in wanted]
