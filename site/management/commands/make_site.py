"""Begin an archive room: the home page, the lists of fonds, collections, exhibits and policies, and the roles' rights there."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from ...frame import make_frame
from ...models import HomePage
from ...roles import sync_roles


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("name", help="the name of the archive room, as it stands at the top of every page")
        parser.add_argument("--host", required=True, help="the host name under which it is reached")
        parser.add_argument("--port", type=int, default=443)

    def handle(self, *args, name: str, host: str, port: int, **options) -> None:
        if HomePage.objects.exists():
            raise CommandError(_("There is a home page already; change it in the working place."))
        with transaction.atomic():
            make_frame(HomePage(title=name, slug="home"), host=host, port=port)
            sync_roles()
        self.stdout.write(_("The archive room “%(name)s” begins at %(host)s.") % {"name": name, "host": host})
