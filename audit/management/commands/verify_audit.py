"""Find out whether the audit log was changed. Ends with status 1 and a line for each fault where it was."""

import json
import re
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from fonds.audit.verification import verify

PRINTED = re.compile(r"(\d+):([0-9a-f]{64})")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("--from", dest="from_seal", type=int, default=1, help="number of the seal to begin with")
        parser.add_argument("--against", help="an exported seal (file), or NUMBER:HASH from a printed one")

    def handle(self, *args, from_seal, against, **options) -> None:
        report = verify(from_seal, against=known_hashes(against) if against else None)
        for fault in report.faults:
            self.stderr.write(fault.sentence)
        rate = report.events / report.seconds if report.seconds else 0
        self.stdout.write(
            _("%(events)d events and %(seals)d seals checked in %(seconds).2f s (%(rate)d events/s).")
            % {"events": report.events, "seals": report.seals, "seconds": report.seconds, "rate": rate}
        )
        if not report.is_sound:
            raise CommandError(_("The audit log was changed: %d faults.") % len(report.faults), returncode=1)
        self.stdout.write(_("The audit log is sound."))


def known_hashes(against: str) -> dict[int, str]:
    """Hashes of seals by number, from an exported file or from ``NUMBER:HASH``."""
    printed = PRINTED.fullmatch(against.strip().lower())
    if printed:
        return {int(printed[1]): printed[2]}
    try:
        exported = json.loads(Path(against).read_text(encoding="utf-8"))
        return {int(number): str(digest) for number, digest in exported["chain"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(_("%s is not an exported seal.") % against) from error
