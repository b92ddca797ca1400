"""Raise the alarms that the newest events call for, and end break-glass rights that are over. Run it every few minutes."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from fonds.audit.alarms import check_alarms


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options) -> None:
        for alarm in check_alarms():
            self.stdout.write(
                _("%(name)s: %(who)s, %(count)d events")
                % {"name": alarm.name, "who": alarm.actor_name or alarm.address, "count": alarm.count}
            )
