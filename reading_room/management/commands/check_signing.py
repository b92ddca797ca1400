"""Try the signing keys and the time-stamp service; status 1 where a key or an office cannot sign, 2 where a key expires within
60 days. Run it every day."""

import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from fonds.reading_room.offices.keys import offices_by_key, used_by
from fonds.reports.signing.states import key_states


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options) -> None:
        states = key_states(try_services=True)
        by_key, faults = offices_by_key()
        for state in states:
            self.stdout.write(f"{state.name}: {state.fault or state.warning or _('ready to sign')}")
            if not state.fault:
                self.stdout.write(
                    f"    {state.holder}, {state.ends_at:%Y-%m-%d}{' SPECIMEN' if state.is_specimen else ''}"
                )
            offices = used_by(state, by_key) or _("No office signs with it.")
            self.stdout.write(f"    {offices}")
        for fault in faults:
            self.stdout.write(fault)
        if faults or any(state.fault for state in states):
            sys.exit(1)
        if any(state.warning for state in states):
            sys.exit(2)
