"""Import policies from a folder of .md and .docx files."""

from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from fonds.policies.importing import CHANGED, CREATED, UNCHANGED, ImportFaults, Outcome, import_policies


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="folder of .md and .docx files")
        parser.add_argument("--publish", action="store_true", help="publish the policies, which puts them in force")
        parser.add_argument("--user", metavar="NAME", help="account in whose name and with whose rights it is done")

    def handle(self, *args, folder: Path, publish: bool, user: str | None, **options) -> None:
        try:
            outcomes = import_policies(folder, publish=publish, user=_account(user))
        except ImportFaults as faults:
            raise CommandError(_("Nothing was imported.") + "\n" + str(faults)) from faults
        except PermissionDenied as denied:
            raise CommandError(_("Nothing was imported: %(user)s may not do this.") % {"user": user}) from denied
        for outcome in outcomes:
            self.stdout.write(_line(outcome))
        if all(outcome.state == UNCHANGED and not outcome.is_published for outcome in outcomes):
            self.stdout.write(_("Nothing changed: all policies are already as in the folder."))


def _account(name: str | None):
    if not name:
        return None
    model = get_user_model()
    try:
        return model.objects.get_by_natural_key(name)
    except model.DoesNotExist as error:
        raise CommandError(_("There is no account “%(user)s”.") % {"user": name}) from error


def _line(outcome: Outcome) -> str:
    states = {CREATED: _("new"), CHANGED: _("changed"), UNCHANGED: _("unchanged")}
    line = f"{outcome.policy.document_number} {outcome.policy.title}: {states[outcome.state]}"
    return line + (_(", published") if outcome.is_published else "")
