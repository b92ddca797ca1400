"""Give every role exactly the permissions it should have, and the clearance it starts with where it has none."""

from django.core.management.base import BaseCommand

from fonds.site.roles import sync_roles


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args, **options) -> None:
        sync_roles()
        self.stdout.write("The roles have their permissions.")
