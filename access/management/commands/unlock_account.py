"""Lift the lock-out of an account or an address, or remove a lost second factor, where nobody can sign in to do it."""

from django.core.management.base import BaseCommand, CommandError

from fonds.access.accounts.admin import NotRemoved, remove_factor
from fonds.access.accounts.lockout import lift


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("username", nargs="?", default="", help="the account")
        parser.add_argument("--address", default="", help="an address whose lock is lifted")
        parser.add_argument("--remove-factor", metavar="REASON", help="also remove the account's second factor")

    def handle(self, *args, username, address, remove_factor: str | None, **options) -> None:
        if not username and not address:
            raise CommandError("Name an account or --address.")
        removed = (lift(username=username) if username else 0) + (lift(address=address) if address else 0)
        self.stdout.write(f"{removed} records of failed sign-ins removed")
        if remove_factor is not None:
            self._remove_factor(username, remove_factor)

    def _remove_factor(self, username: str, reason: str) -> None:
        try:
            remove_factor(username, reason)
        except NotRemoved as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write("second factor removed")
