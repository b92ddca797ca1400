import pytest

from fonds.archive_pages.models import ArchivePage, FondsIndexPage, FondsPage, SeriesPage


@pytest.mark.django_db
def test_a_unit_is_open_only_where_everything_above_it_is():
    root = ArchivePage.objects.get(depth=1)
    index = root.add_child(instance=FondsIndexPage(title="Fonds", slug="fonds"))
    fonds = index.add_child(
        instance=FondsPage(title="越州市市场监督管理局", reference_code="J037", opening_status="open")
    )
    series = fonds.add_child(instance=SeriesPage(title="文书", reference_code="J037-WS", opening_status="open"))
    assert ArchivePage.objects.get(pk=series.pk).is_open
    fonds.opening_status = "controlled"
    fonds.save()
    assert not ArchivePage.objects.get(pk=series.pk).is_open
