"""Report the reference codes of a fonds: numbers never given in each run, and codes that the register lacks."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from fonds.archive_pages.codes import gaps
from fonds.archive_pages.models import ArchivePage, CodeRecord, FondsPage
from fonds.archive_pages.reference_codes import normalise_code


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("--fonds", required=True, help="fonds code, e.g. J037")

    def handle(self, *args, **options) -> None:
        fonds = FondsPage.objects.filter(reference_code=normalise_code(options["fonds"])).first()
        if fonds is None:
            raise CommandError(_("There is no fonds %(code)s.") % {"code": options["fonds"]})
        found = gaps(fonds)
        for gap in found:
            width = len(gap.before) - len(gap.prefix)
            numbers = "–".join(str(number).zfill(width) for number in dict.fromkeys((gap.first, gap.last)))
            words = {"prefix": gap.prefix, "numbers": numbers, "code": gap.before}
            self.stdout.write(_("Numbers never given: %(prefix)s%(numbers)s, before %(code)s") % words)
        units = ArchivePage.objects.filter(path__startswith=fonds.path, reference_code__isnull=False)
        registered = CodeRecord.objects.filter(is_current=True, page__path__startswith=fonds.path)
        missing = sorted(
            set(units.values_list("reference_code", flat=True)) - set(registered.values_list("code", flat=True))
        )
        for code in missing:
            self.stdout.write(_("Not in the register: %(code)s") % {"code": code})
        words = {"code": fonds.reference_code, "units": units.count(), "gaps": len(found), "missing": len(missing)}
        self.stdout.write(_("Fonds %(code)s: %(units)d codes, %(gaps)d gaps, %(missing)d not in the register.") % words)
