"""Units that a list of photographs or recordings brings: placed, opened as it says, and entered in the log."""

from wagtail.log_actions import log

from fonds.archive_pages.models import ArchivePage, Category, FondsPage, SeriesPage


def add_unit(parent: ArchivePage, page: ArchivePage, status: str, user=None) -> ArchivePage:
    """``page`` below ``parent``, with the opening status ``status``."""
    page.apply_date()
    parent.refresh_from_db()
    added = parent.add_child(instance=page)
    added.opening_status = status
    added.save()
    log(added, "wagtail.create", user=user)
    return added


def year_series(fonds: FondsPage, category: Category, year: int, title: str, status: str, user=None) -> ArchivePage:
    """The series ``J037-ZP·2008`` in the series ``J037-ZP`` of ``fonds``; they are made, the second called ``title``, where
    there are none."""
    code = f"{fonds.reference_code}-{category.code}"
    above = _series(fonds, SeriesPage(title=category.name, reference_code=code, category=category), status, user)
    page = SeriesPage(title=title, reference_code=f"{code}·{year}", year=year, category=category)
    return _series(above, page, status, user)


def _series(parent: ArchivePage, page: SeriesPage, status: str, user) -> ArchivePage:
    found = ArchivePage.objects.filter(reference_code=page.reference_code).first()
    return found or add_unit(parent, page, status, user)
