"""Scans come to a unit: rows, numbers, idempotence, refusals, and what printouts take from a page."""

import pikepdf
import pytest
from PIL import Image

from fonds.archive_pages.models import ArchivePage, FondsIndexPage, FondsPage, ItemPage, SeriesPage
from fonds.collections.models import DigitalObject, MasterFile, PageScan
from fonds.collections.page_images import page_jpeg, page_source
from fonds.collections.scans import add_scans

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    root = ArchivePage.objects.get(depth=1)
    index = root.add_child(instance=FondsIndexPage(title="Fonds", slug="fonds"))
    fonds = index.add_child(instance=FondsPage(title="Bureau", reference_code="J037", opening_status="open"))
    series = fonds.add_child(instance=SeriesPage(title="WS", reference_code="J037-WS", opening_status="open"))
    return series.add_child(
        instance=ItemPage(title="Notice", reference_code="J037-WS·2008-Y-BGS-0001", opening_status="open")
    )


def test_smoke(item, tmp_path):
    path = tmp_path / "001.jpg"
    Image.effect_noise((300, 400), 30).save(path, dpi=(200, 200))
    scans = add_scans(item, [path])
    assert scans.changed
    assert [(s.number, s.width, s.height, s.dpi) for s in scans] == [(1, 300, 400, 200)]
    assert page_jpeg(scans[0]) == path.read_bytes()
    assert not add_scans(item, [path]).changed
