"""Seal the events of the audit log that are final. Run it every few minutes, from cron or a timer."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from fonds.audit.sealing import seal


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("--wait", type=float, default=5.0, help="seconds that writers may take to finish")

    def handle(self, *args, wait, **options) -> None:
        made = seal(wait)
        if not made:
            self.stdout.write(_("Nothing to seal now."))
            return
        self.stdout.write(
            _("%(seals)d seals over %(events)d events; the newest is number %(number)d: %(hash)s")
            % {
                "seals": len(made),
                "events": sum(each.count for each in made),
                "number": made[-1].number,
                "hash": made[-1].hash,
            }
        )
