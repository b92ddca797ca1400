"""Collections of photographs: what they hold, in what order, and that nobody sees or counts what is not open to them."""

from datetime import date

import pytest
from django.test import RequestFactory
from django.urls import reverse

from fonds.access.models import User
from fonds.archive_pages.models import ItemPage, SeriesPage
from fonds.collections.curation import CARD, LARGE, MEDIUM, THUMBNAIL, collection_grid, collection_photos
from fonds.collections.models import ArchiveImage, ArchiveRendition, CollectionPage, CollectionPhoto


@pytest.fixture
def make_collection(house):
    def make(tags=(), chosen=(), **fields) -> CollectionPage:
        page = CollectionPage(title="专题", slug="one", **fields)
        page.rule_tags.add(*tags)
        page.chosen_photos = [CollectionPhoto(image=image, sort_order=place) for place, image in enumerate(chosen)]
        house.collections.refresh_from_db()
        return house.collections.add_child(instance=page)

    return make


@pytest.fixture
def keeper(db):
    return User.objects.create_superuser("keeper", password="a long word")


def grid(page, user, **query):
    request = RequestFactory().get("/", query)
    request.user = user
    return collection_grid(page, request)


def titles(photos) -> list[str]:
    return [photo.title for photo in photos]


def test_hand_picked_come_first_in_their_order_then_the_rule_and_each_once(make_photo, make_collection, keeper):
    one, two, three = (make_photo(number, tags=["砖"], taken_text=f"200{number}") for number in (1, 2, 3))
    make_photo(4)
    page = make_collection(tags=["砖"], chosen=[three, one])
    assert titles(collection_photos(CollectionPage.objects.get(pk=page.pk), keeper)) == ["照片3", "照片1", "照片2"]
    assert two.title == "照片2"


def test_every_filled_line_of_the_rule_must_apply(make_photo, make_collection, group, keeper):
    make_photo(1, tags=["砖"], taken_text="20070101")
    make_photo(2, tags=["砖"], taken_text="20080506")
    make_photo(3, tags=["石"], taken_text="20080506")
    rule = {"rule_group": group, "rule_from": date(2008, 1, 1), "rule_until": date(2008, 12, 31)}
    assert titles(collection_photos(make_collection(tags=["砖"], **rule), keeper)) == ["照片2"]


def test_a_collection_without_rule_or_choice_is_empty(make_photo, make_collection, keeper):
    make_photo(1)
    assert not collection_photos(make_collection(), keeper).exists()


def test_visitors_neither_see_nor_count_what_is_not_open(make_photo, make_collection, keeper, client):
    make_photo(1, tags=["砖"], taken_text="20080506")
    make_photo(2, "controlled", tags=["砖", "秘密标签"], taken_text="19990101", title="不开放的照片")
    page = make_collection(tags=["砖"])
    text = client.get(page.url).content.decode()
    assert "不开放的照片" not in text
    assert "秘密标签" not in text
    assert "1999" not in text
    shown = grid(page, keeper)
    assert (shown["total"], dict(shown["tags"]), dict(shown["years"])) == (
        2,
        {"砖": 2, "秘密标签": 1},
        {1999: 1, 2008: 1},
    )
    client.force_login(keeper)
    assert "不开放的照片" in client.get(page.url).content.decode()


def test_filters_and_groupings(make_photo, make_collection, keeper):
    make_photo(1, tags=["砖", "红"], taken_text="20070101")
    make_photo(2, tags=["砖"], taken_text="20080506")
    page = make_collection(tags=["砖"])
    assert titles(grid(page, keeper, tag="红")["photos"]) == ["照片1"]
    assert titles(grid(page, keeper, year="2008")["photos"]) == ["照片2"]
    assert [section.heading for section in grid(page, keeper, by="year")["sections"]] == ["2007", "2008"]
    events = grid(page, keeper, by="event")["sections"]
    assert [(section.heading, len(section.photos)) for section in events] == [("建材市场专项检查", 2)]


@pytest.mark.parametrize(
    "query", ["?by=x", "?year=abcd", "?year=99999", "?page=999", "?page=-1", "?tag=%00", "?year=²"]
)
def test_odd_addresses_are_answered(client, make_photo, make_collection, query):
    make_photo(1, tags=["砖"])
    assert client.get(make_collection(tags=["砖"]).url + query).status_code == 200


def fill(number: int) -> None:
    """``number`` open photographs with derivatives, in a few statements."""
    common = {
        "file": "original_images/x.jpg",
        "width": 4,
        "height": 3,
        "opening_status": "open",
        "catalogue_class": 0,
        "content_class": 0,
    }
    images = [
        ArchiveImage(title=f"p{place}", taken_start=date(2000 + place % 9, 1, 1), **common) for place in range(number)
    ]
    ArchiveImage.objects.bulk_create(images)
    ArchiveRendition.objects.bulk_create(
        ArchiveRendition(image=image, filter_spec=spec, file="images/x.jpg", width=4, height=3)
        for image in ArchiveImage.objects.all()
        for spec in (THUMBNAIL, CARD, MEDIUM, LARGE)
    )


@pytest.mark.parametrize("number", [10, 100])
@pytest.mark.parametrize("by", ["all", "event", "year"])
def test_the_grid_costs_the_same_for_any_number(client, make_collection, number, by, django_assert_max_num_queries):
    fill(number)
    page = make_collection(rule_from=date(1990, 1, 1))
    with django_assert_max_num_queries(15):
        answer = client.get(page.url, {"by": by})
    assert answer.context["total"] == number
    assert answer.content.decode().count("photo-grid__item") == min(number, 48)


def test_a_page_of_the_grid_follows_the_other(client, make_collection):
    fill(60)
    page = make_collection(rule_from=date(1990, 1, 1))
    second = client.get(page.url, {"page": 2})
    assert len(list(second.context["photos"])) == 12


def test_only_released_collections_are_listed(client, house, make_collection):
    page = make_collection()
    assert "专题" in client.get(house.collections.url).content.decode()
    page.unpublish()
    assert client.get(page.url).status_code == 404
    assert page.url not in client.get(house.collections.url).content.decode()


def test_a_photograph_shows_its_six_elements_credit_and_record(client, make_photo, group):
    elements = {"occasion": "检查砂石", "place": "市场甲", "persons": "记者乙", "background": "投诉增多"}
    image = make_photo(1, photographer="高才", **elements)
    text = client.get(reverse("photo", args=[image.pk])).content.decode()
    for word in (*elements.values(), "高才", "20080506", "某人", "CC0", group.title, image.photo_number):
        assert word in text


def test_a_photograph_that_is_not_open_does_not_exist_for_visitors(client, make_photo, keeper):
    image = make_photo(1, "unreviewed")
    address = reverse("photo", args=[image.pk])
    assert client.get(address).status_code == 404
    rendition = image.get_rendition(THUMBNAIL)
    assert client.get(rendition.url).status_code == 404
    client.force_login(keeper)
    assert client.get(address).status_code == 200


def test_neighbours_pass_over_what_may_not_be_seen(client, make_photo, make_collection):
    one, closed, three = make_photo(1), make_photo(2, "controlled"), make_photo(3)
    answer = client.get(reverse("photo", args=[one.pk]))
    assert (answer.context["previous"], answer.context["next"]) == (None, three)
    page = make_collection(chosen=[three, closed, one])
    answer = client.get(reverse("photo", args=[one.pk]), {"in": page.pk})
    assert (answer.context["previous"], answer.context["next"]) == (three, None)
    assert client.get(reverse("photo", args=[one.pk]), {"in": "x"}).status_code == 404


def test_related_records_that_may_not_be_seen_are_not_named(client, make_photo, house):
    house.fonds.refresh_from_db()
    series = house.fonds.add_child(instance=SeriesPage(title="文书", reference_code="J037-WS", opening_status="open"))
    series.opening_status = "open"
    series.save()
    for number, status in ((1, "open"), (2, "controlled")):
        series.refresh_from_db()
        item = series.add_child(
            instance=ItemPage(title=f"文件{number}", reference_code=f"J037-WS·2008-Y-BGS-000{number}")
        )
        item.opening_status = status
        item.save()
    image = make_photo(1, see_also="J037-WS·2008-Y-BGS-0001；J037-WS·2008-Y-BGS-0002；J037-LX·1998·Y-001")
    text = client.get(reverse("photo", args=[image.pk])).content.decode()
    assert "文件1" in text
    assert "J037-LX·1998·Y-001" in text
    assert "BGS-0002" not in text


def test_the_photograph_costs_the_same_for_any_number(client, make_photo, django_assert_max_num_queries):
    images = [make_photo(number, tags=["砖"]) for number in range(1, 6)]
    for image in images:
        image.get_renditions(THUMBNAIL, MEDIUM, LARGE)
    with django_assert_max_num_queries(15):
        assert client.get(reverse("photo", args=[images[2].pk])).status_code == 200
