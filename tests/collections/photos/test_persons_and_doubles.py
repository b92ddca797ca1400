"""Persons on photographs, controlled tags, doubles, negatives."""

import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw

from fonds.collections.curation import collection_photos
from fonds.collections.enums import ObjectRole
from fonds.collections.masters import store_master
from fonds.collections.models import (
    ArchiveImage,
    CollectionPage,
    DigitalObject,
    PairDecision,
    Person,
    PersonMark,
    PhotoFingerprint,
    PhotoPair,
    Term,
)
from fonds.collections.photo_search import find_photos
from fonds.collections.photographs.doubles import compare, decide, pairs_shown_to
from fonds.collections.photographs.fingerprints import FARTHEST, distance, neighbours_of, parts_of, signed, unsigned
from fonds.collections.photographs.terms import with_narrower
from fonds.site.roles import permission


def scene(seed: int, size=(600, 450)) -> Image.Image:
    """A picture like no other: blocks of grey by ``seed``."""
    picture = Image.new("RGB", size, (90, 120, 150))
    draw = ImageDraw.Draw(picture)
    for number in range(14):
        value = (seed * 7919 + number * 104729) % 9973
        left, top = value % 500, value * 7 % 380
        draw.rectangle((left, top, left + 60 + value % 90, top + 50 + value % 70), fill=(value % 256,) * 3)
    return picture


def content(picture: Image.Image, name="a.jpg", **options) -> ContentFile:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", **options)
    return ContentFile(buffer.getvalue(), name=name)


@pytest.fixture
def pictured(make_photo):
    """``pictured(number, picture, quality=…)``: a photograph with this picture."""

    def make(number: int, picture: Image.Image, status: str = "open", **options) -> ArchiveImage:
        photo = make_photo(number, status)
        photo.file.save(f"{number}.jpg", content(picture, quality=options.pop("quality", 90)), save=True)
        return photo

    return make


def marks(*rows: dict) -> dict:
    data = {"marks-TOTAL_FORMS": len(rows), "marks-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        data |= {f"marks-{number}-{name}": value for name, value in row.items()}
    return data


BOX = {"left": 10, "top": 20, "width": 30, "height": 40}


def test_a_person_is_marked_found_by_every_name_and_shown_on_the_picture(client, people, make_photo):
    photo = make_photo(1)
    client.force_login(people.editor)
    address = reverse("photo_marks", args=[photo.pk])
    assert client.post(address, marks({"name": "高才", **BOX})).status_code == 302
    mark = photo.marks.get()
    assert (mark.left, mark.top, mark.width, mark.height) == pytest.approx((0.1, 0.2, 0.3, 0.4))
    person = mark.person
    person.other_names = "高老师\n阿才"
    person.save()
    assert list(find_photos(ArchiveImage.objects.all(), "阿才")) == [photo]
    text = Client().get(reverse("photo", args=[photo.pk])).content.decode()
    assert '<rect x="10.00" y="20.00" width="30.00" height="40.00">' in text
    assert reverse("person", args=[person.pk]) in text
    assert photo.title in Client().get(reverse("person", args=[person.pk])).content.decode()
    client.post(address, marks({"name": "高才", **BOX, "DELETE": "on"}))
    assert not photo.marks.exists()
    assert not find_photos(ArchiveImage.objects.all(), "阿才").exists()


def test_a_person_is_known_only_to_who_may_see_a_photograph(client, people, make_photo):
    photo = make_photo(1, "controlled")
    person = Person.objects.create(name="某人")
    PersonMark.objects.create(photo=photo, person=person, left=0, top=0, width=1, height=1)
    address = reverse("person", args=[person.pk])
    assert client.get(address).status_code == 404
    client.force_login(people.editor)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"left": 90}, "width"), ({"width": 0}, "width"), ({"top": "x"}, "top"), ({"left": "nan"}, "left"),
        ({"name": "<b>x</b>"}, "name"), ({"name": "王一"}, "name"), ({"name": ""}, "name"),
    ],
)  # fmt: skip
def test_a_mark_that_cannot_be_is_refused(client, people, make_photo, changes, field):
    for note in ("局长", "记者"):
        Person.objects.create(name="王一", note=note)
    photo = make_photo(1)
    client.force_login(people.editor)
    answer = client.post(reverse("photo_marks", args=[photo.pk]), marks({"name": "新人", **BOX, **changes}))
    assert answer.status_code == 200
    assert field in answer.context["marks"].errors[0]
    assert not PersonMark.objects.exists()
    client.post(reverse("photo_marks", args=[photo.pk]), marks({"name": "王一（记者）", **BOX}))
    assert photo.marks.get().person.note == "记者"


def test_the_database_keeps_marks_on_the_picture(make_photo):
    person = Person.objects.create(name="某人")
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonMark.objects.create(photo=make_photo(1), person=person, left=0.9, top=0, width=0.2, height=0.1)


def test_persons_are_suggested_to_who_keeps_the_register(client, people):
    Person.objects.create(name="高才", other_names="阿才")
    client.force_login(people.editor)
    address = reverse("suggest_persons")
    assert client.get(address, {"term": "才"}).status_code in (302, 403)
    people.editor.groups.first().permissions.add(permission("fonds_collections.view_person"))
    assert client.get(address, {"term": "阿"}).json() == ["高才"]
    assert client.get(address, {"term": ""}).json() == []


def test_controlled_tags_know_their_words_and_what_lies_below(people, make_photo, house):
    goods = Term.objects.create(name="商品", used_for="货物")
    food = Term.objects.create(name="食品", broader=goods)
    assert with_narrower(["商品"]) == ["商品", "食品"]
    for wrong, field in ((Term(name="货物"), "name"), (Term(name="新", used_for="食品"), "used_for")):
        with pytest.raises(ValidationError) as caught:
            wrong.clean()
        assert field in caught.value.message_dict
    goods.broader = food
    with pytest.raises(ValidationError):
        goods.clean()
    photo = make_photo(1, tags=["食品"])
    page = CollectionPage(title="商品", slug="goods")
    page.rule_tags.add("商品")
    house.collections.add_child(instance=page)
    assert list(collection_photos(page, people.editor)) == [photo]
    food = Term.objects.get(name="食品")
    food.name = "食物"
    food.save()
    assert list(photo.tags.names()) == ["食物"]


def test_controlled_tags_are_proposed_to_who_keeps_them(client, people, make_photo):
    Term.objects.create(name="食品安全", used_for="食安\n卫生")
    make_photo(1, tags=["卫生间"])
    client.force_login(people.editor)
    address = reverse("wagtailadmin_tag_autocomplete")
    assert client.get(address, {"term": "卫生"}).json() == ["卫生间"]
    people.editor.groups.first().permissions.add(permission("fonds_collections.view_term"))
    assert client.get(address, {"term": "卫生"}).json() == ["食品安全", "卫生间"]


def test_the_register_counts_the_photographs_one_may_see(client, people, make_photo):
    people.editor.groups.first().permissions.add(*map(permission, [
        "fonds_collections.view_person", "fonds_collections.change_person",
    ]))  # fmt: skip
    seen, hidden = Person.objects.create(name="高才"), Person.objects.create(name="隐名")
    photos = [make_photo(number) for number in (1, 2)]
    for photo in photos:
        PersonMark.objects.create(photo=photo, person=seen, left=0, top=0, width=1, height=1)
    PersonMark.objects.create(photo=photos[1], person=hidden, left=0, top=0, width=1, height=1)
    ArchiveImage.objects.filter(pk=photos[1].pk).update(content_class=30000)
    client.force_login(people.editor)
    answer = client.get(reverse("persons:index"))
    rows = list(answer.context["object_list"])
    assert [(person.name, person.photo_number) for person in rows] == [("高才", 1)]
    assert reverse("person", args=[seen.pk]) in answer.content.decode()
    assert client.get(reverse("persons:edit", args=[hidden.pk])).status_code == 404
    assert client.get(reverse("persons:edit", args=[seen.pk])).status_code == 200


def test_numbers_of_fingerprints():
    value = 0xF00F_1234_8000_0001
    assert parts_of(value) == [0xF00F, 0x1234, 0x8000, 0x0001]
    assert unsigned(signed(value)) == value
    assert -(1 << 63) <= signed(value) < 1 << 63
    assert len(set(neighbours_of(0xFFFF))) == 17
    assert distance(value, value ^ 0b111) == 3


def test_the_same_picture_is_proposed_and_others_are_not(pictured, people):
    first = pictured(1, scene(1))
    again = pictured(2, scene(1).resize((300, 225)), quality=40)
    copy = pictured(3, scene(1))
    for seed in range(2, 12):
        pictured(seed + 2, scene(seed))
    pairs = {(pair.first_id, pair.second_id): pair for pair in PhotoPair.objects.all()}
    assert set(pairs) == {(first.pk, again.pk), (first.pk, copy.pk), (again.pk, copy.pk)}
    assert pairs[first.pk, copy.pk].same_bytes
    assert pairs[first.pk, again.pk].distance <= FARTHEST
    assert not pairs[first.pk, again.pk].same_bytes


def test_blank_pictures_look_like_nothing(make_photo):
    make_photo(1)
    make_photo(200)
    assert not PhotoFingerprint.objects.exists()
    assert not PhotoPair.objects.exists()


def test_a_persons_page_and_the_screen_of_doubles_ask_as_often_for_many_as_for_few(
    client, pictured, people, django_assert_max_num_queries
):
    person = Person.objects.create(name="沈继华")
    first = pictured(1, scene(1))
    PersonMark.objects.create(photo=first, person=person, left=0.1, top=0.1, width=0.2, height=0.2)
    pictured(2, scene(1), quality=50)
    page, screen = reverse("person", args=[person.pk]), reverse("photo_pairs")
    client.force_login(people.editor)
    for address in (page, screen):
        client.get(address)  # makes the small pictures that are kept
    counts = {}
    for address in (page, screen):
        with django_assert_max_num_queries(25) as asked:
            assert client.get(address).status_code == 200
        counts[address] = len(asked)
    for number in range(3, 9):
        photo = pictured(number, scene(1), quality=40 + number)
        PersonMark.objects.create(photo=photo, person=person, left=0.1, top=0.1, width=0.2, height=0.2)
    for address in (page, screen):
        client.get(address)
        with django_assert_max_num_queries(counts[address]):
            client.get(address)


def test_comparing_costs_the_same_for_any_number_of_photographs(pictured, django_assert_num_queries):
    photo = pictured(1, scene(1))
    with django_assert_num_queries(9):
        compare(photo)
    for seed in (2, 3, 4):
        pictured(seed, scene(seed))
    with django_assert_num_queries(9):
        compare(photo)


def test_a_decision_stays_and_a_double_set_aside_leaves_collections_by_rule(pictured, people, house):
    first, second = pictured(1, scene(1)), pictured(2, scene(1), quality=50)
    page = CollectionPage(title="全部", slug="all", rule_from="1990-01-01")
    house.collections.add_child(instance=page)
    assert len(collection_photos(page, people.editor)) == 2
    pair = PhotoPair.objects.get()
    decide(pair, PairDecision.KEEP_SECOND, people.editor)
    assert list(collection_photos(page, people.editor)) == [second]
    compare(first)
    assert PhotoPair.objects.get().decision == PairDecision.KEEP_SECOND
    people.editor.groups.first().collection_permissions.all().delete()
    with pytest.raises(PermissionDenied):
        decide(pair, PairDecision.SAME, type(people.editor).objects.get(pk=people.editor.pk))


def test_doubles_are_decided_on_their_screen_by_who_sees_both(client, people, pictured):
    pictured(1, scene(1))
    pictured(2, scene(1), quality=50)
    pair = PhotoPair.objects.get()
    client.force_login(people.editor)
    address = reverse("photo_pairs")
    assert "照片2" in client.get(address).content.decode()
    client.post(address, {"pair": pair.pk, "decision": "different"})
    pair.refresh_from_db()
    assert (pair.decision, pair.decided_by) == ("different", people.editor)
    assert "照片2" not in client.get(address).content.decode()
    assert client.post(address, {"pair": "x", "decision": "same"}).status_code == 404
    ArchiveImage.objects.filter(pk=pair.second_id).update(content_class=30000)
    assert not pairs_shown_to(people.editor).exists()
    assert client.post(address, {"pair": pair.pk, "decision": "same"}).status_code == 404


def negative_of(picture: Image.Image, mask=(1.0, 0.65, 0.45)) -> bytes:
    """A colour negative: turned over, under an orange mask."""
    bands = [
        band.point(lambda value, share=share: int((255 - value) * share))
        for band, share in zip(picture.split(), mask, strict=True)
    ]
    return content(Image.merge("RGB", bands), quality=95, subsampling=0).read()


@pytest.mark.parametrize("status", ["open", "controlled"])
def test_a_negative_is_shown_positive_and_its_master_stays(client, make_photo, status):
    photo = make_photo(1, status)
    picture = scene(3)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((100, 100, 200, 200), fill="white")
    draw.rectangle((300, 100, 400, 200), fill="black")
    master = store_master(io.BytesIO(negative_of(picture)), "image/jpeg")
    negative = DigitalObject.objects.create(unit=photo.unit, master=master, role=ObjectRole.NEGATIVE, name="n.jpg")
    answer = client.get(reverse("negative_positive", args=[negative.pk]))
    if status != "open":
        assert answer.status_code == 404
        return
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as shown:
        assert shown.size == (600, 450)
        assert shown.getpixel((150, 150)) == pytest.approx((255, 255, 255), abs=12)
        assert shown.convert("L").getpixel((350, 150)) < 15
    assert master.open().read() == negative_of(picture)
    assert (
        reverse("negative_positive", args=[negative.pk])
        in client.get(reverse("photo", args=[photo.pk])).content.decode()
    )
