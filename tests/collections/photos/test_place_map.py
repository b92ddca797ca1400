"""The map of a collection: positions of its photographs, in scale, and only of those that may be seen."""

import math

import pytest

from fonds.collections.models import ArchiveImage, CollectionPage
from fonds.collections.place_map import drawn, positions_of


def test_distances_on_the_map_are_those_on_the_ground():
    east, north = 0.1, 0.1
    chart = drawn([(1, "a", 30.0, 120.0), (2, "b", 30.0, 120.0 + east), (3, "c", 30.0 + north, 120.0)])
    first, right, up = chart.spots
    assert right.x - first.x == pytest.approx((first.y - up.y) * math.cos(math.radians(30.05)), rel=0.02)
    per_kilometre = (first.y - up.y) / (north * 111.32)
    assert chart.bar == pytest.approx(float(chart.bar_label.split()[0]) * per_kilometre, rel=0.02)
    assert all(0 <= spot.x <= chart.width and 0 <= spot.y <= chart.height for spot in chart.spots)
    assert 1 <= len(chart.meridians) <= 8
    assert "E" in chart.meridians[0][1]


def test_photographs_close_together_are_one_spot():
    chart = drawn([(1, "a", 30.0, 120.0), (2, "b", 30.0001, 120.0001), (3, "c", 31.0, 121.0)])
    assert [spot.photos for spot in chart.spots] == [[1, 2], [3]]


def test_one_place_alone_and_none():
    assert drawn([(1, "a", 30.0, 120.0)]).spots[0].x == pytest.approx(400)
    assert drawn([]) is None


@pytest.mark.django_db
def test_positions_that_cannot_be_are_left_out(make_photo):
    wrong = [{"latitude": 91, "longitude": 0}, {"latitude": "30", "longitude": 120}, {"latitude": 1}, None, {}]
    for number, gps in enumerate([{"latitude": 30.0, "longitude": 120.0}, *wrong], 1):
        photo = make_photo(number)
        ArchiveImage.objects.filter(pk=photo.pk).update(exif={"GPS": gps})
    assert [row[2:] for row in positions_of(ArchiveImage.objects.all())] == [(30.0, 120.0)]


def test_a_collection_by_place_shows_spots_of_what_is_open_and_filters_by_them(client, house, make_photo):
    places = {1: (30.0, 120.0), 2: (30.5, 120.5), 3: (31.0, 121.0)}
    for number, (latitude, longitude) in places.items():
        photo = make_photo(number, "controlled" if number == 3 else "open", title=f"照片{number}号")
        ArchiveImage.objects.filter(pk=photo.pk).update(exif={"GPS": {"latitude": latitude, "longitude": longitude}})
    make_photo(4, title="无坐标")
    house.collections.refresh_from_db()
    page = house.collections.add_child(
        instance=CollectionPage(title="专题", slug="places", rule_from="2000-01-01", rule_until="2010-01-01")
    )
    shown = client.get(page.url + "?by=place").content.decode()
    assert shown.count("place-map__spot") == 2
    assert "照片3号" not in shown
    assert "无坐标" not in shown
    one = client.get(page.url + "?by=place&spot=2").content.decode()
    assert "照片2号" in one
    assert one.count("photo-grid__item") == 1
    assert client.get(page.url + "?by=place&spot=99").status_code == 200
