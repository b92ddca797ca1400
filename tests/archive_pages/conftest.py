"""An archive with one fonds and the reference tables."""

import pytest
from django.core.management import call_command

from fonds.archive_pages.models import ArchivePage, Category, FondsIndexPage, FondsPage, ItemPage, SeriesPage


@pytest.fixture
def fonds(db) -> FondsPage:
    call_command("load_tables", verbosity=0)
    root = ArchivePage.objects.get(depth=1)
    index = root.add_child(instance=FondsIndexPage(title="全宗", slug="all-fonds"))
    return index.add_child(
        instance=FondsPage(title="越州市市场监督管理局", reference_code="J037", opening_status="open")
    )


@pytest.fixture
def ws(fonds) -> Category:
    return Category.objects.get(code="WS")


@pytest.fixture
def series(fonds, ws) -> SeriesPage:
    return fonds.add_child(
        instance=SeriesPage(title="文书档案", reference_code="J037-WS", category=ws, opening_status="open")
    )


@pytest.fixture
def make_item(series, ws):
    """Adds an item: ``make_item("J037-WS·2008-D30-BGS-0001")``."""

    def make(code: str, **fields) -> ItemPage:
        return series.add_child(
            instance=ItemPage(**{"title": f"题名 {code}", "category": ws, **fields}, reference_code=code)
        )

    return make
