"""Make the three administrators of a new installation (系统管理员、安全保密管理员、安全审计员): three people, each with a link,
good once, at which he sets his own password."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from fonds.access import roles
from fonds.access.administration_accounts import Named, make_administrators

from ...roles import sync_roles

ROLES = {"system": roles.SYSTEM_ADMIN, "security": roles.SECURITY_ADMIN, "audit": roles.AUDIT_ADMIN}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        for word, role in ROLES.items():
            parser.add_argument(f"--{word}", help=f"user name, {role}; asked for where it is not given")
            parser.add_argument(f"--{word}-mail", help=f"e-mail address, {role}")

    def handle(self, *args, **options) -> None:
        people = [
            Named(
                role,
                self._given(options[word], _("User name of the %(role)s: "), role),
                self._given(options[f"{word}_mail"], _("E-mail address of the %(role)s: "), role),
            )
            for word, role in ROLES.items()
        ]
        sync_roles()
        try:
            made = make_administrators(people)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        for named, link in made:
            self.stdout.write(f"{roles.label_of(named.role)}  {named.username}\n  {link}")
        self.stdout.write(
            _(
                "Hand each link to its person alone. It works once, within %(minutes)s minutes; later, the sign-in page gives a new one."
            )
            % {"minutes": settings.PASSWORD_RESET_TIMEOUT // 60}
        )

    def _given(self, value: str | None, question: str, role: str) -> str:
        return (value if value is not None else input(question % {"role": roles.label_of(role)})).strip()
