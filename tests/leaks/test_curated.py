"""Collections, exhibits, covers and the home page: an editor's choice gives nobody a right to what he chose."""

import pytest
from django.core.files.base import ContentFile

from fonds.access.enums import Rank
from fonds.access.models import Grant
from fonds.archive_pages.models import FilePage, ItemPage
from fonds.archive_pages.ranks import set_ranks
from fonds.collections.models import ArchiveImage, CollectionPhoto

from .archive import GRANTED, INSIDE, jpeg
from .conftest import LIMITED, everything_of, leaked

pytestmark = pytest.mark.django_db
PLACES = ("/collections/old/", "/exhibits/market/", "/collections/", "/exhibits/", "/")
#: Of five photographs in the collection.
SEEN = {"visitor": 1, "reader": 2, "officer": 1, "clerk": 1, "editor": 4, "manager": 4, "security": 1, "system": 1}


@pytest.mark.parametrize("who", LIMITED)
def test_no_word_of_a_hidden_photograph_in_what_was_curated(visit, who):
    client = visit(who)
    for place in PLACES:
        answer = client.get(place)
        assert answer.status_code == 200, place
        assert not leaked(answer, who), place


@pytest.mark.parametrize("who", SEEN)
def test_a_collection_counts_tags_and_years_of_what_is_shown(visit, who):
    context = visit(who).get("/collections/old/").context
    assert context["total"] == len(context["photos"]) == SEEN[who]
    assert sum(number for _tag, number in context["tags"]) == SEEN[who]
    assert sum(number for _year, number in context["years"]) == SEEN[who]


def test_a_tag_or_year_in_the_address_finds_nothing_hidden(visit):
    for query in (f"?tag={INSIDE}", "?year=2001&page=2", f"?by=event&tag={GRANTED}"):
        answer = visit().get(f"/collections/old/{query}")
        assert answer.status_code == 200
        assert {photo.title for photo in answer.context["photos"]} <= {"照片 公开正文"}


def test_covers_are_pictures_too(visit, archive):
    """The cover that an editor chose is one whose pages are closed: visitors get the card without it."""
    name = archive.photos["pages_closed"].file.name.rsplit("/", 1)[-1].partition(".")[0]
    for place in PLACES:
        assert name not in everything_of(visit().get(place)), place
        assert name not in everything_of(visit("security").get(place)), place


def test_a_photograph_that_became_restricted_is_gone_everywhere_at_once(visit, archive):
    photo = archive.photos["first"]
    before = [everything_of(visit().get(place)) for place in PLACES[:2]]
    assert all("公开正文" in text for text in before)
    set_ranks(archive.first, catalogue_rank=Rank.PUBLIC, content_rank=Rank.RESTRICTED, closed_until=None, reason="投诉",
              user=archive.people["manager"])  # fmt: skip
    for place in (*PLACES, archive.first.url, "/search/?q=表彰"):
        text = everything_of(visit().get(place))
        assert "公开正文" not in text, place
        assert photo.file.name.rsplit("/", 1)[-1].partition(".")[0] not in text, place
    for address in (f"/collections/photo/{photo.pk}/", photo.file.url, photo.get_rendition("fill-160x120").url,
                    f"/api/v2/images/{photo.pk}/"):  # fmt: skip
        assert visit().get(address).status_code == 404, address
    assert visit().get("/collections/old/").context["total"] == 0


def test_neighbours_of_a_photograph_are_those_one_may_see(visit, archive):
    first = archive.photos["first"]
    for query in ("", f"?in={archive.collection.pk}"):
        for who in ("visitor", "officer", "clerk"):
            context = visit(who).get(f"/collections/photo/{first.pk}/{query}").context
            assert (context["previous"], context["next"]) == (None, None), (who, query)


def test_a_collection_named_in_the_address_must_be_known(visit, archive):
    first = archive.photos["first"]
    type(archive.collection).objects.filter(pk=archive.collection.pk).update(catalogue_class=30_000)
    for number in (archive.collection.pk, 987_654, "x", "9" * 40, "-1"):
        assert visit().get(f"/collections/photo/{first.pk}/", {"in": number}).status_code == 404


def test_a_grant_of_the_entry_alone_shows_no_picture(visit, archive):
    """A permission may be for the catalogue only; a photograph has no entry apart from itself."""
    Grant.objects.filter(pk=archive.grant.pk).update(view=False)
    client, photo = visit("reader"), archive.photos["granted"]
    assert client.get(archive.granted.url).status_code == 200
    for address in (f"/collections/photo/{photo.pk}/", photo.file.url, photo.get_rendition("fill-160x120").url):
        assert client.get(address).status_code == 404, address
    name = photo.file.name.rsplit("/", 1)[-1].partition(".")[0]
    for place in (*PLACES, archive.granted.url, "/search/?q=借阅"):
        assert name not in everything_of(client.get(place)), place
    assert not ArchiveImage.objects.filter(pk=photo.pk, content_class=0).exists()


def test_a_granted_photograph_does_not_name_the_hidden_group_it_is_in(visit, archive):
    """The event group above a record is a unit of its own, and its title tells what the record is about."""
    group = archive.closed_series.add_child(
        instance=FilePage(title="密查之组", reference_code="J900-WS·2002·001", opening_status="open")
    )
    item = group.add_child(instance=ItemPage(title="现场", reference_code="J900-WS·2002·001-1", opening_status="open"))
    photo = ArchiveImage(title="现场照片", unit=item, opening_status="open", file=ContentFile(jpeg(9), "scene.jpg"))
    photo.save()
    archive.collection.chosen_photos.add(CollectionPhoto(image=photo))
    archive.collection.save()
    Grant.objects.filter(pk=archive.grant.pk).update(unit=item.archivepage_ptr)
    for address in (f"/collections/photo/{photo.pk}/", "/collections/old/?by=event", item.url):
        text = everything_of(visit("reader").get(address))
        assert "现场" in text, address
        assert "密查之组" not in text, address
    assert "密查之组" in everything_of(visit("manager").get(f"/collections/photo/{photo.pk}/"))
