"""Pages of the site lead to their manifests."""

import re

import pytest
from django.urls import reverse
from wagtail.models import Site

from fonds.archive_pages.models import ArchivePage

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<link rel="alternate" type="application/ld\+json;profile=[^>]*" href="([^"]+)">')


@pytest.fixture(autouse=True)
def _site(series):
    Site.objects.all().delete()
    root = ArchivePage.objects.get(depth=1)
    Site.objects.create(hostname="testserver", root_page=root, is_default_site=True, site_name="越州市数字档案室")


def test_an_item_and_a_series_lead_to_their_manifests(client, series, item, scan, make_item):
    for unit in (item, series):
        unit.refresh_from_db()
        text = client.get(unit.get_url()).content.decode()
        address = f"http://testserver{reverse('iiif_unit', args=[unit.pk])}"
        assert LINK.findall(text) == [address]
        assert f'data-copy="{address}"' in text
        assert client.get(address).status_code == 200
    bare = make_item(5)
    assert not LINK.findall(client.get(bare.get_url()).content.decode())


def test_the_permanent_address_keeps_the_page(client, item, scan):
    address = reverse("unit_by_code", args=[item.reference_code])
    assert client.get(address, {"page": "3"})["Location"] == f"{item.get_url()}?page=3#viewer"
    for wrong in ("x", "-1", "9" * 30, "1&next=//evil.example", ""):
        assert client.get(address, {"page": wrong})["Location"] == item.get_url()
