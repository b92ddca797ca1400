"""Pages entered in the search index and taken out again, in a second.

    python bench/run.py search

What a search takes and how large the index is, is measured by ``bench/run.py reference``. Takes the archive that is
there; what is changed is rolled back.
"""

from django.db import transaction

from fonds.archive_pages.models import ArchivePage
from fonds.search.engines import engine
from fonds.search.index import index_pages

from .measuring import milliseconds
from .reference import ensure


def run() -> dict[str, str]:
    """The figures as text, by what they are."""
    ensure()
    return _building()


def _building() -> dict[str, str]:
    """Pages in a second taken out of the index and entered again, in one transaction that is undone."""
    units = list(ArchivePage.objects.filter(scan_count__gt=0).order_by("pk").values_list("pk", flat=True)[:300])
    with transaction.atomic():
        old = engine().stored_pages(units)
        removing = milliseconds(lambda: engine().remove_pages(old))
        adding = milliseconds(lambda: index_pages(units))
        transaction.set_rollback(True)
    return {
        "pages entered in a second": f"{len(old) / adding * 1000:,.0f}  ({len(old):,} pages)",
        "pages taken out in a second": f"{len(old) / removing * 1000:,.0f}",
    }
