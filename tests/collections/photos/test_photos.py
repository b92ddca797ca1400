"""A photograph of the library: what is read from its file, its openness, its form, finding it."""

import hashlib
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from fonds.access.classes import rank_of
from fonds.access.enums import Rank
from fonds.archive_pages.standing import refresh_standing
from fonds.collections.models import ArchiveImage
from fonds.collections.photo_metadata import proposals, read_exif
from fonds.collections.photo_search import find_photos
from fonds.collections.photo_standing import refresh_photo_standing

pytestmark = pytest.mark.once


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[315] = "蒋红英".encode()
    exif[270] = "景区主体建筑外景".encode()
    sub = exif.get_ifd(0x8769)
    sub[36867] = "1998:09:18 09:02:00"
    sub[37510] = b"UNICODE\0" + "旅游市场".encode("utf-16-be")
    exif.get_ifd(0x8825).update({1: "N", 2: (29.0, 59.0, 18.0), 3: "W", 4: (120.0, 30.0, 0.0), 6: 69.0})
    buffer = io.BytesIO()
    Image.new("RGB", (400, 300), "navy").save(buffer, "JPEG", exif=exif.tobytes())
    return buffer.getvalue()


def noise() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((600, 400), 60).save(buffer, "JPEG")
    return buffer.getvalue()


def test_exif_is_read_in_utf_8_with_its_comment_and_position():
    exif = read_exif(io.BytesIO(with_exif()))
    assert exif["Artist"] == "蒋红英"
    assert exif["ImageDescription"] == "景区主体建筑外景"
    assert exif["UserComment"] == "旅游市场"
    assert exif["GPS"] == {"latitude": 29.988333, "longitude": -120.5, "altitude": 69.0}
    assert proposals(exif) == {"taken_text": "19980918", "photographer": "蒋红英", "caption": "景区主体建筑外景"}


@pytest.mark.parametrize("data", [b"", b"not a picture", b"\xff\xd8\xff\xe1\x00\x10Exif\0\0II*\0"])
def test_a_file_whose_exif_cannot_be_read_has_none(data):
    assert read_exif(io.BytesIO(data)) == {}


def test_a_saved_picture_knows_its_checksum_exif_and_first_day(make_photo):
    image = make_photo(1, taken_text="200805")
    assert image.sha256 == hashlib.sha256(image.file.open("rb").read()).hexdigest()
    assert image.taken_start.isoformat() == "2008-05-01"
    image.file.save("other.jpg", SimpleUploadedFile("other.jpg", with_exif()), save=True)
    image.refresh_from_db()
    assert image.sha256 == hashlib.sha256(with_exif()).hexdigest()
    assert image.exif["Artist"] == "蒋红英"


def test_a_time_that_is_no_date_is_refused(make_photo):
    image = make_photo(1)
    image.taken_text = "20081332"
    with pytest.raises(ValidationError, match="20081332"):
        image.full_clean()


def test_a_photograph_is_open_only_with_its_unit_and_what_stands_above(make_photo, group):
    image = make_photo(1)
    loose = ArchiveImage.objects.create(title="无", file=image.file.name, width=1, height=1, opening_status="open")
    assert ArchiveImage.objects.filter(content_class=0).count() == 2
    for status, still in (("controlled", False), ("open", True)):
        group.opening_status = status
        group.save()
        image.refresh_from_db()
        loose.refresh_from_db()
        assert (image.is_open, loose.is_open) == (still, True)
    group.unpublish()
    image.refresh_from_db()
    assert not image.is_open


def test_openness_of_any_number_of_photographs_costs_the_same(make_photo, group, django_assert_num_queries):
    photos = [make_photo(number) for number in range(1, 6)]
    open_before = {photo.pk: photo.is_open for photo in photos}
    with django_assert_num_queries(1):
        refresh_photo_standing(group.path)
    assert {photo.pk: photo.is_open for photo in ArchiveImage.objects.all()} == open_before


def test_a_photograph_of_no_unit_follows_the_archive_s_setting(make_photo, group, settings):
    photo = make_photo(1)
    ArchiveImage.objects.filter(pk=photo.pk).update(unit=None, opening_status="unreviewed")
    settings.FONDS_UNOPENED_CONTENT_RANK = Rank.RESTRICTED
    refresh_standing(group.get_root().path)
    photo.refresh_from_db()
    assert rank_of(photo.content_class) == Rank.RESTRICTED


@pytest.mark.parametrize("words", ["碎石", "石粒", "高才 碎石", "ZP·2008", "建材市", "（检查）", "记"])
def test_fragments_of_chinese_words_are_found(make_photo, words):
    wanted = make_photo(1, title="碎石粒径比对（检查）", persons="记者", place="建材市场", caption="高才摄")
    make_photo(2, title="花", photo_number="一", place="花市", caption="")
    assert list(find_photos(ArchiveImage.objects.all(), words)) == [wanted]
    assert not find_photos(ArchiveImage.objects.all(), f"{words} 蜂蜜").exists()


def test_library_and_chooser_find_fragments(client, people, make_photo):
    make_photo(1, title="碎石粒径比对")
    make_photo(2, title="砖缝抽检")
    client.force_login(people.editor)
    for address in ("wagtailimages:index", "wagtailimages:index_results", "wagtailimages_chooser:choose_results"):
        answer = client.get(reverse(address), {"q": "石粒"})
        text = answer.content.decode()
        assert "碎石粒径比对" in text, address
        assert "砖缝抽检" not in text, address


def test_the_form_proposes_what_the_file_says_and_keeps_the_editors_words(client, people, make_photo):
    image = make_photo(1, taken_text="", photographer="本人")
    image.file.save("with.jpg", SimpleUploadedFile("with.jpg", with_exif()), save=True)
    client.force_login(people.editor)
    address = reverse("wagtailimages:edit", args=[image.pk])
    text = client.get(address).content.decode()
    assert 'value="19980918"' in text
    assert 'value="本人"' in text
    image.refresh_from_db()
    assert image.taken_text == ""
    for heading in ("六要素", "EXIF"):
        assert heading in text


FILES = {
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "picture.jpg"),
    "html": (b"<html><script>alert(1)</script></html>", "picture.jpg"),
    "svg by name": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "picture.svg"),
    "truncated head": (b"\xff\xd8\xff", "picture.jpg"),
    "truncated": (noise()[:20_000], "picture.jpg"),
    "empty": (b"", "picture.jpg"),
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_picture_is_refused_with_a_sentence(client, people, name):
    data, filename = FILES[name]
    client.force_login(people.editor)
    upload = SimpleUploadedFile(filename, data, "image/jpeg")
    answer = client.post(reverse("wagtailimages:add"), {"title": "x", "file": upload, "opening_status": "open"})
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert not ArchiveImage.objects.exists()


@pytest.mark.parametrize("name", FILES)
def test_the_drop_zone_refuses_it_too(client, people, name):
    data, filename = FILES[name]
    client.force_login(people.editor)
    upload = SimpleUploadedFile(filename, data, "image/jpeg")
    answer = client.post(reverse("wagtailimages:add_multiple"), {"title": "x", "files[]": upload}).json()
    assert answer["success"] is False
    assert answer["error_message"]
    assert not ArchiveImage.objects.exists()


def test_a_dropped_picture_is_not_open_and_offers_what_its_file_says(client, people):
    client.force_login(people.editor)
    upload = SimpleUploadedFile("p.jpg", with_exif(), "image/jpeg")
    answer = client.post(reverse("wagtailimages:add_multiple"), {"title": "新照片", "files[]": upload}).json()
    assert answer["success"] is True
    assert 'value="19980918"' in answer["form"]
    image = ArchiveImage.objects.get()
    assert (image.is_open, image.taken_text, image.exif["Artist"]) == (False, "", "蒋红英")


def test_a_picture_over_the_pixel_limit_is_refused(client, people, settings, make_jpeg):
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 10_000
    client.force_login(people.editor)
    upload = SimpleUploadedFile("large.jpg", make_jpeg((200, 200)), "image/jpeg")
    answer = client.post(reverse("wagtailimages:add"), {"title": "x", "file": upload, "opening_status": "open"})
    assert "40000" in answer.context["form"].errors["file"][0]
    assert not ArchiveImage.objects.exists()
