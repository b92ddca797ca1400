"""Addresses nobody types: null bytes, numbers without end, years that are none. Never an error, on either database."""

import pytest
from django.urls import reverse
from wagtail.models import PageViewRestriction

from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import CollectionIndexPage, CollectionPage
from fonds.policies.models import PolicyIndexPage, PolicyPage

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ENDLESS = "9" * 30


@pytest.fixture
def curated(archive):
    """The small archive with an empty collection and the list of policies."""
    index = archive.home.add_child(instance=CollectionIndexPage(title="专题", slug="collections"))
    archive.collection = index.add_child(instance=CollectionPage(title="老照片", slug="old-photos"))
    archive.policies = archive.home.add_child(instance=PolicyIndexPage(title="制度", slug="policies"))
    return archive


@pytest.mark.parametrize(
    "address",
    [
        "/%00/",
        "/fonds/j037%00/",
        "/r/J037%00/",
        "/r/%00/",
        "/files/library/original_images/%00.jpg",
        "/documents/1/%00",
        "/verify/2026-0001%00/",
        f"/files/scans/{ENDLESS}/thumbnail.jpg",
        f"/files/scans/1/zoom_files/{ENDLESS}/0_0.jpg",
        f"/documents/{ENDLESS}/rules.pdf",
        f"/collections/photo/{ENDLESS}/",
        f"/policies/{ENDLESS}/print.pdf",
        f"/policies/{ENDLESS}/versions/",
        f"/policies/{ENDLESS}/changes/",
        f"/r/{'A' * 3000}/",
    ],
)
def test_what_cannot_be_is_not_found(client, curated, address):
    assert client.get(address).status_code == 404
    assert client.head(address).status_code == 404


NAMES = ("page", "sort", "year", "text", "retention", "scans", "by", "tag", "q", "status", "in")


@pytest.mark.parametrize("value", ["%00", "0000", "-1", "٠٠٠٠", ENDLESS, "%25", "'", "x" * 3000, "%ED%A0%80"])
def test_nonsense_in_the_query_breaks_nothing(client, curated, value):
    everything = "&".join(f"{name}={value}" for name in NAMES)
    for page in (curated.series, curated.first, curated.collection, curated.policies):
        assert client.get(f"{page.url}?{everything}").status_code == 200, page
    for query in (everything, f"q=2008&year={value}&fonds={value}&page={value}", f"q=2008&category={value}"):
        assert client.get(f"/search/?{query}").status_code == 200


def test_lists_of_the_admin_take_nonsense(client, staff, archive):
    client.force_login(staff)
    for register in ("/admin/certificates/", "/admin/codes/"):
        answer = client.get(f"{register}?year=abc&given_at=abc&nothing=1")
        assert answer.status_code in {200, 302}
        assert answer.status_code == 200 or answer["Location"] == register
        assert client.get(f"{register}?q=%00").status_code == 400
    assert client.get(reverse("wagtailadmin_explore", args=[archive.series.pk]) + "?q=%00").status_code == 400
    assert client.get(f"/admin/policies/{ENDLESS}/repeal/").status_code == 404


def test_who_may_see_a_page_is_said_in_one_place_only(client, staff, archive):
    """Wagtail's own privacy setting would hold for the page and not for search, pictures and counts."""
    client.force_login(staff)
    assert all(model.private_page_options == [] for model in (ArchivePage, PolicyPage, CollectionPage))
    address = reverse("wagtailadmin_pages:set_privacy", args=[archive.first.pk])
    client.post(address, {"restriction_type": "login"})
    assert not PageViewRestriction.objects.exists()


def test_nothing_withdrawn_is_shown_from_memory(client, staff, archive):
    """Visitors' pages are asked for again each time; what the staff sees is not kept on the machine at all."""
    assert client.get(archive.first.url)["Cache-Control"] == "no-cache"
    assert client.get(archive.closed.url)["Cache-Control"] == "no-cache"
    client.force_login(staff)
    assert client.get(archive.closed.url)["Cache-Control"] == "private, no-store"
