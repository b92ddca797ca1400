"""Give an account all rights for a few hours, in an emergency. It leaves an event and an alarm, and tells the audit
administrators by mail."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from fonds.audit.break_glass import NotGiven, break_glass


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--hours", type=float, default=None)

    def handle(self, *args, username, reason, hours, **options) -> None:
        try:
            elevation = break_glass(username, reason, hours)
        except NotGiven as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("%(name)s has all rights until %(until)s.")
            % {"name": username, "until": f"{timezone.localtime(elevation.until):%Y-%m-%d %H:%M}"}
        )
