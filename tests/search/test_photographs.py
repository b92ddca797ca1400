"""What is said of a photograph is found by who may see it, and by nobody else."""

import io

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from fonds.access.enums import OpeningStatus, Rank
from fonds.archive_pages.models import ArchivePage, ItemPage
from fonds.archive_pages.standing import refresh_standing
from fonds.collections.models import ArchiveImage, Person, PersonMark
from fonds.search.find import find_units

VISITOR = AnonymousUser()


@pytest.fixture
def taken(db):
    """Makes an open item with a photograph: ``taken(number, caption=…)``."""
    root = ArchivePage.objects.get(depth=1)

    def make(number: int, **words) -> ArchiveImage:
        root.refresh_from_db()
        code = f"J037-ZP·2008·D30-001-{number:03}"
        unit = root.add_child(instance=ItemPage(title=f"照片{number}", reference_code=code, opening_status="open"))
        refresh_standing(unit.path)
        unit.refresh_from_db()
        buffer = io.BytesIO()
        Image.new("RGB", (60, 40), (number, 90, 120)).save(buffer, "PNG")
        photo = ArchiveImage(title=unit.title, photo_number=code, unit=unit, opening_status="open", **words)
        photo.file = ContentFile(buffer.getvalue(), name=f"{number}.png")
        photo.save()
        return photo

    return make


def test_caption_place_and_marked_persons_lead_to_the_photograph(taken):
    photo = taken(1, caption="执法人员查扣劣质水泥", place="城南建材市场", background="专项检查第一天")
    taken(2, caption="另一张")
    PersonMark.objects.create(
        photo=photo, person=Person.objects.create(name="蒋红英"), left=0.1, top=0.1, width=0.2, height=0.2
    )
    photo.save()
    for words in ("劣质水泥", "建材", "蒋红英", "水泥 城南"):
        found = find_units(words, VISITOR)
        assert [unit.pk for unit in found.hits] == [photo.unit_id], words
    (hit,) = find_units("劣质水泥", VISITOR).page_hits[photo.unit_id]
    assert (hit.photo_number, hit.address) == (photo.photo_number, reverse("photo", args=[photo.pk]))
    assert "<mark>劣质水泥</mark>" in hit.snippet
    assert find_units("水泥 -城南", VISITOR).count == 0


def test_a_photograph_that_says_no_more_than_its_unit_is_not_shown_twice(taken):
    photo = taken(1)
    found = find_units("照片1", VISITOR)
    assert [unit.pk for unit in found.hits] == [photo.unit_id]
    assert found.page_hits == {}


def test_a_photograph_that_may_not_be_seen_is_not_found(taken):
    closed, below = taken(1, caption="查扣劣质水泥"), taken(2, caption="查扣劣质钢材")
    closed.opening_status = OpeningStatus.CONTROLLED
    closed.save()
    ArchivePage.objects.filter(pk=below.unit_id).update(content_rank=Rank.RESTRICTED)
    refresh_standing(below.unit.path)
    assert find_units("查扣劣质", VISITOR).count == 0
    by_title = find_units("照片", VISITOR)
    assert by_title.count == 2
    assert by_title.page_hits == {}


def test_the_page_shows_the_photograph_and_the_cost_does_not_grow(taken, client, django_assert_max_num_queries):
    photo = taken(1, caption="查扣劣质水泥")
    address = reverse("search") + "?q=劣质水泥"
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        text = client.get(address).content.decode()
    asked = len(one)  # now: the next request empties the log
    assert f'href="{reverse("photo", args=[photo.pk])}"' in text
    assert f"照片 {photo.photo_number}" in text
    for number in range(2, 8):
        taken(number, caption="查扣劣质水泥")
    client.get(address)  # makes the small pictures of the new ones
    with django_assert_max_num_queries(asked):
        client.get(address)
