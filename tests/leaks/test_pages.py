"""Pages of the tree: listings, counts, numbers of pages, neighbours, the way back, and what stands in a moved place."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fonds.access.enums import Rank
from fonds.archive_pages.models import ArchivePage, ItemPage
from fonds.archive_pages.ranks import set_ranks

from .archive import GRANTED, KNOWN
from .conftest import LIMITED, everything_of, leaked

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", LIMITED)
def test_every_open_page_tells_each_only_what_he_may_know(visit, archive, who):
    client = visit(who)
    addresses = ["/", "/fonds/", "/collections/", "/exhibits/", "/policies/", "/verify/", "/requests/", "/account/"]
    pages = [archive.fonds, archive.series, archive.first, archive.pages_closed, archive.last]
    for address in [*addresses, *(page.url for page in pages)]:
        answer = client.get(address)
        assert answer.status_code in (200, 302), address
        assert not leaked(answer, who), address


@pytest.mark.parametrize("who", LIMITED)
def test_a_listing_counts_what_it_shows(visit, archive, who):
    listing = visit(who).get(archive.series.url).context["listing"]
    assert listing.count == len(listing.rows) == KNOWN[who]


def test_hidden_records_make_no_further_page_of_a_listing(visit, archive):
    """Sixty sealed records more: still one page, the numbers of the others unbroken."""
    for number in range(20, 80):
        archive.series.add_child(
            instance=ItemPage(
                title="封存", reference_code=f"J900-WS·2001-Y-BGS-{number:04}", opening_status="open",
                catalogue_rank=Rank.SEALED,
            )
        )  # fmt: skip
        archive.series.refresh_from_db()
    for who in ("visitor", "editor"):
        for page in ("1", "2", "999"):
            listing = visit(who).get(archive.series.url, {"page": page}).context["listing"]
            assert (listing.count, listing.last, listing.number) == (KNOWN[who], 1, 1)


def test_no_sort_and_no_filter_of_a_listing_finds_the_hidden(visit, archive):
    queries = ["sort=-title", "sort=date", "sort=catalogue_class", "text=梧桐", "year=1931", "scans=1", "status=open"]
    for query in queries:
        answer = visit().get(f"{archive.series.url}?{query}")
        assert answer.status_code == 200
        assert not leaked(answer, "visitor"), query


@pytest.mark.parametrize(("who", "before", "after"), [("visitor", "first", "last"), ("clerk", "first", "restricted")])
def test_neighbours_skip_what_one_may_not_know(visit, archive, who, before, after):
    context = visit(who).get(archive.pages_closed.url).context
    assert context["previous"].pk == getattr(archive, before).pk
    assert context["next"].pk == getattr(archive, after).pk


def test_the_way_back_from_a_granted_record_leaves_out_the_hidden_series(visit, archive):
    answer = visit("reader").get(archive.granted.url)
    assert answer.status_code == 200
    assert [page.pk for page in answer.context["trail"]] == [archive.index.pk, archive.fonds.pk]
    assert answer.context["previous"] is None
    assert not leaked(answer, "reader")
    listing = visit("reader").get(archive.fonds.url).context["listing"]
    assert [row.pk for row in listing.rows] == [archive.series.pk]


def test_a_moved_subtree_is_as_closed_as_its_new_place(visit, archive):
    """The public series moved under the restricted one is gone with all that is in it, also as a neighbour."""
    series = ArchivePage.objects.get(pk=archive.series.pk)
    series.move(archive.closed_series, "last-child")
    moved = ArchivePage.objects.get(pk=archive.first.pk)
    assert visit().get(moved.url).status_code == 404
    assert visit().get(archive.first.url).status_code == 404
    assert visit().get("/search/", {"q": "表彰"}).context["found"].count == 0
    assert visit().get(f"/files/scans/{archive.scans['first'].pk}/thumbnail.jpg").status_code == 404
    assert visit().get(archive.photos["first"].file.url).status_code == 404
    assert visit("reader").get(moved.url).status_code == 404  # the grant is for one record, not for what came beside it
    text = everything_of(visit("reader").get(archive.granted.url))
    assert moved.title not in text


def test_a_grant_moves_with_its_unit_and_gives_nothing_at_the_old_place(visit, archive):
    ArchivePage.objects.get(pk=archive.granted.pk).move(archive.series, "last-child")
    newcomer = archive.closed_series.add_child(
        instance=ItemPage(title="后来之件", reference_code="J900-WS·2002-Y-BGS-0009", opening_status="open")
    )
    moved = ArchivePage.objects.get(pk=archive.granted.pk)
    assert GRANTED in everything_of(visit("reader").get(moved.url))
    assert visit("reader").get(newcomer.url).status_code == 404
    assert visit("reader").get(archive.below.url).status_code == 404


def test_a_record_that_names_a_hidden_one_does_not_tell_that_it_exists(visit, archive):
    """参见: the code of a hidden record stands there as what the archivist wrote, never as a link or with its title."""
    codes = f"{archive.sealed.reference_code}；{archive.last.reference_code}"
    ItemPage.objects.filter(pk=archive.first.pk).update(see_also=codes)
    answer = visit().get(archive.first.url)
    assert [unit.pk for unit in answer.context["related"]] == [archive.last.pk]
    assert not leaked(answer, "visitor")
    assert archive.sealed.url not in everything_of(answer)


@pytest.mark.parametrize("who", ["visitor", "reader", "officer", "clerk", "editor", "security", "system"])
def test_a_hidden_page_is_a_missing_one_to_the_last_query(visit, archive, who):
    client = visit(who)
    costs, bodies = [], []
    missing = archive.sealed.url.replace(archive.sealed.slug, "no-such-unit")
    for address in (missing, archive.sealed.url, missing):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        assert answer.status_code == 404
        costs.append(len(queries))
        bodies.append(answer.content.decode().replace(archive.sealed.slug, "no-such-unit"))
    assert costs[1] == costs[2]
    assert len(bodies[1]) == len(bodies[2])


def test_a_record_closed_while_somebody_reads_is_gone_with_the_next_click(visit, archive):
    client = visit("officer")
    assert client.get(archive.first.url).status_code == 200
    set_ranks(
        archive.series, catalogue_rank=Rank.SEALED, content_rank=Rank.SEALED, closed_until=None, reason="封存",
        user=archive.people["manager"],
    )  # fmt: skip
    assert client.get(archive.first.url).status_code == 404
    assert client.get(f"/files/scans/{archive.scans['first'].pk}/preview.jpg").status_code == 404
