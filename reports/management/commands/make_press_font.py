"""Make the font with which the press prints quickly. Part of the set-up."""

from django.core.management.base import BaseCommand, CommandError

from fonds.reports.fonts.serif import SOURCE, make_serif


class Command(BaseCommand):
    help = "Make the small serif of the printouts of the installed Noto Serif CJK."
    requires_system_checks = ()

    def handle(self, **_options) -> None:
        """Write the font into the folder in which the press looks for it."""
        try:
            self.stdout.write(str(make_serif()))
        except OSError as error:
            raise CommandError(f"{SOURCE} cannot be read: {error}. Is fonts-noto-cjk installed?") from error
        except LookupError as error:
            raise CommandError(str(error)) from error
