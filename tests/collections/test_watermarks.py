"""The watermark of reading on screen: in the pixels, of one person, at one minute, and nowhere it does not belong."""

import datetime as dt
import io

import numpy
import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from fonds.access import roles
from fonds.access.models import Department, Grant, User
from fonds.audit import looks, names
from fonds.audit.models import Event
from fonds.collections.delivery.zoom_archives import read_member
from fonds.collections.derivatives import make_derivatives
from fonds.collections.enums import Marking, ObjectRole
from fonds.collections.models import ArchiveImage, DigitalObject, Recording, WatermarkRule
from fonds.collections.scans import add_scans
from fonds.collections.watermarks.drawing import draw_in_two, marked_picture
from tests.clearances import cleared

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TILE = "zoom_files/11/1_0.jpg"  # the second tile of the picture at its full size
OPEN_CACHE, CLOSED_CACHE, UNKEPT = "public, no-cache", "private, no-cache", "private, no-store"


@pytest.fixture(autouse=True)
def _forget():
    cache.clear()
    looks._recent.clear()


@pytest.fixture
def scan(item, tmp_path):
    """A page of white paper with a grey half, 1100 × 1400."""
    page = Image.new("RGB", (1100, 1400), "white")
    page.paste((120, 120, 120), (0, 700, 1100, 1400))
    page.save(tmp_path / "1.jpg", quality=95, dpi=(200, 200))
    made = add_scans(item, [tmp_path / "1.jpg"])[0]
    make_derivatives(made)
    return made


@pytest.fixture
def closed(item, scan):
    item.opening_status = "controlled"
    item.save()
    return item


@pytest.fixture
def reader_of(staff):
    """``reader_of(unit, "name", copy=…, print=…)``: the session of a reader with a permission for the unit."""

    def make(unit, name: str = "wang", **rights) -> Client:
        user = User.objects.create_user(name, last_name="王", first_name="小明")
        today = timezone.localdate()
        Grant.objects.create(
            user=user, unit=unit, starts_on=today, ends_on=today + dt.timedelta(days=3), approver=staff, **rights
        )
        client = Client()
        client.force_login(user)
        return client

    return make


def rule(reading: str, *, copies: bool = False) -> None:
    kept = WatermarkRule.load()
    kept.reading, kept.copies = reading, copies
    kept.save()


def address(scan, part: str = TILE) -> str:
    return f"/files/scans/{scan.pk}/{part}"


def iiif(scan, part: str) -> str:
    return f"/iiif/scan/{scan.pk}/{part}"


def bytes_of(answer) -> bytes:
    assert answer.status_code == 200
    return answer.getvalue()


def stored(scan, member: str = TILE) -> bytes:
    return read_member(storages["derivatives"], scan.deep_zoom, member)


def pixels(data: bytes) -> numpy.ndarray:
    return numpy.asarray(Image.open(io.BytesIO(data)).convert("L")).astype(int)


def words(who: str, number: int) -> list[str]:
    """What may be written: of this minute, or of the one before where it ended in the meantime."""
    now = timezone.localtime()
    return [f"{who}\n{at:%Y-%m-%d %H:%M} No. {number}" for at in (now, now - dt.timedelta(minutes=1))]


def test_a_tile_bears_reader_minute_and_the_number_of_the_look(closed, scan, reader_of):
    answer = reader_of(closed).get(address(scan), headers={"accept-language": "en"})
    look = Event.objects.get(action=names.LOOK)
    assert (look.object_id, look.detail) == (str(closed.pk), {"page": 1})
    wanted = [marked_picture(stored(scan), "image/jpeg", text, 512, 0)[0] for text in words("王小明 (wang)", look.pk)]
    assert bytes_of(answer) in wanted
    other = marked_picture(stored(scan), "image/jpeg", words("王小明 (wang)", look.pk + 1)[0], 512, 0)[0]
    assert bytes_of(answer) != other


def test_the_words_darken_white_paper_and_leave_the_rest_as_it_is(closed, scan, reader_of):
    client = reader_of(closed)
    before, after = pixels(stored(scan)), pixels(bytes_of(client.get(address(scan))))
    changed = numpy.abs(after - before) > 24
    assert after.shape == before.shape
    assert 0.01 < changed.mean() < 0.12
    assert (before - after)[changed].max() > 40  # legible
    assert after.min() > 150  # never as dark as what is written on the page
    for square in (changed[:256, :256], changed[:256, 256:], changed[256:, :256], changed[256:, 256:]):
        assert square.mean() > 0.005  # every part of a tile


def test_on_grey_the_words_are_lighter_and_darker_than_the_ground(closed, scan, reader_of):
    after = pixels(bytes_of(reader_of(closed).get(address(scan, "zoom_files/11/1_2.jpg"))))
    assert after.min() < 85 < 150 < after.max()


def test_two_readers_get_different_pictures_and_one_the_same_within_a_minute(closed, scan, reader_of):
    first, second = reader_of(closed), reader_of(closed, "li")
    mine, others = bytes_of(first.get(address(scan))), bytes_of(second.get(address(scan)))
    assert numpy.abs(pixels(mine) - pixels(others)).max() > 40
    assert Event.objects.filter(action=names.LOOK).count() == 2


def test_neighbouring_tiles_continue_the_words(scan):
    """The same words drawn on the whole and on its parts."""
    whole = Image.new("RGB", (1024, 512), "white")

    def encoded(image: Image.Image) -> bytes:
        file = io.BytesIO()
        image.save(file, "PNG")
        return file.getvalue()

    parts = [
        pixels(marked_picture(encoded(whole.crop((x, 0, x + 512, 512))), "image/png", "王小明\n1", x)[0])
        for x in (0, 512)
    ]
    at_once = pixels(marked_picture(encoded(whole), "image/png", "王小明\n1")[0])
    assert (numpy.hstack(parts) == at_once).all()
    assert at_once.min() < 255


def test_what_is_open_keeps_its_bytes_and_its_caching(client, staff_client, reader_of, item, scan):
    for someone in (client, staff_client, reader_of(item)):
        for place in (address(scan), iiif(scan, "512,0,512,512/512,512/0/default.jpg")):
            answer = someone.get(place)
            assert bytes_of(answer) == stored(scan)
            assert answer["Cache-Control"] == OPEN_CACHE
            assert someone.get(place, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert not Event.objects.filter(action__in=[names.LOOK, names.MARKED_LOOK]).exists()


def test_the_archive_room_reads_without_unless_the_rule_says_so(closed, scan, staff_client):
    answer = staff_client.get(address(scan))
    assert bytes_of(answer) == stored(scan)
    assert answer["Cache-Control"] == CLOSED_CACHE
    rule(Marking.CLOSED_STAFF)
    answer = staff_client.get(address(scan))
    assert bytes_of(answer) != stored(scan)
    assert answer["Cache-Control"] == UNKEPT


def test_an_officer_who_reads_by_clearance_has_one_too(closed, scan):
    department = Department.objects.create(code="BGS", name="办公室")
    officer = cleared(User.objects.create_user("officer", department=department), roles.OFFICER)
    closed.department = department
    closed.save()
    client = Client()
    client.force_login(officer)
    assert bytes_of(client.get(address(scan))) != stored(scan)


def test_no_watermark_where_the_archive_wants_none(closed, scan, reader_of):
    rule(Marking.NOTHING)
    answer = reader_of(closed).get(address(scan))
    assert bytes_of(answer) == stored(scan)
    assert answer["Cache-Control"] == CLOSED_CACHE
    assert Event.objects.filter(action=names.LOOK).count() == 1


def test_on_everything_a_visitor_is_his_address(client, staff_client, scan):
    rule(Marking.ALL)
    answer = client.get(address(scan), headers={"accept-language": "en"})
    look = Event.objects.get(action=names.MARKED_LOOK)
    assert (look.actor_id, look.address) == (None, "127.0.0.1")
    wanted = [marked_picture(stored(scan), "image/jpeg", text, 512, 0)[0] for text in words("127.0.0.1", look.pk)]
    assert bytes_of(answer) in wanted
    assert answer["Cache-Control"] == UNKEPT
    answer = staff_client.get(address(scan))
    assert bytes_of(answer) == stored(scan)
    assert answer["Cache-Control"] == CLOSED_CACHE  # a shared cache would hand it to visitors
    rule(Marking.ALL_STAFF)
    assert bytes_of(staff_client.get(address(scan))) != stored(scan)


def test_a_marked_picture_is_kept_by_no_cache_and_spared_by_no_condition(closed, scan, reader_of, staff_client):
    known = staff_client.get(address(scan))["ETag"]
    client = reader_of(closed)
    for place in (
        address(scan),
        address(scan, "preview.jpg"),
        iiif(scan, "512,0,512,512/512,512/0/default.jpg"),
        iiif(scan, "full/800,/0/default.jpg"),
    ):
        for headers in ({}, {"If-None-Match": known}, {"If-None-Match": "*"}, {"Range": "bytes=0-9"}):
            answer = client.get(place, headers=headers)
            assert (answer.status_code, answer["Cache-Control"]) == (200, UNKEPT), (place, headers)
            assert "ETag" not in answer
            assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        head = client.head(place)
        assert (head.content, head["Cache-Control"]) == (b"", UNKEPT)
        assert int(head["Content-Length"]) > 0


@pytest.mark.parametrize(
    "part",
    [
        "full/max/0/default.jpg", "512,0,512,512/512,512/0/default.jpg", "0,0,240,240/max/0/default.jpg",
        "100,100,300,200/max/0/default.webp", "full/600,/90/default.png", "full/600,/!0/gray.jpg", "full/600,/180/bitonal.png",
        "pct:10,10,60,30/400,/270/color.jpg",
    ],
)  # fmt: skip
def test_no_parameter_of_the_image_service_leads_past_it(closed, scan, reader_of, staff_client, part):
    plain, marked = (pixels(bytes_of(one.get(iiif(scan, part)))) for one in (staff_client, reader_of(closed)))
    assert plain.shape == marked.shape
    assert (numpy.abs(plain - marked) > 30).mean() > 0.005
    if "bitonal" in part:
        assert set(numpy.unique(marked)) <= {0, 255}


def test_the_image_service_tells_the_same_of_a_marked_picture(closed, scan, reader_of, staff_client):
    client = reader_of(closed)
    assert client.get(iiif(scan, "info.json")).json() == staff_client.get(iiif(scan, "info.json")).json()
    answer = client.get(iiif(scan, "0,0,512,512/512,512/0/default.jpg"))
    assert 'rel="canonical"' in answer["Link"]
    assert Image.open(io.BytesIO(answer.content)).size == (512, 512)


def test_a_thumbnail_of_the_whole_page_bears_none(closed, scan, reader_of, staff_client):
    client = reader_of(closed)
    for place in (address(scan, "thumbnail.jpg"), iiif(scan, "full/!240,240/0/default.jpg")):
        answer = client.get(place)
        assert bytes_of(answer) == bytes_of(staff_client.get(place))
        assert answer["Cache-Control"] == CLOSED_CACHE


def test_what_a_marked_tile_costs(closed, scan, reader_of, django_assert_num_queries):
    client = reader_of(closed)
    bytes_of(client.get(address(scan)))
    with django_assert_num_queries(6):  # session, account, page scan with the rule, clearance, grants, the look
        marked = client.get(address(scan))
    assert marked["Cache-Control"] == "private, no-store"


def test_a_missing_tile_is_missing_for_a_reader_too(closed, scan, reader_of):
    assert reader_of(closed).get(address(scan, "zoom_files/11/9_9.jpg")).status_code == 404


def photo_bytes(size: tuple[int, int] = (900, 600)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "white").save(file, "JPEG")
    return file.getvalue()


def photograph(item, status: str, size: tuple[int, int] = (900, 600)) -> ArchiveImage:
    file = ImageFile(io.BytesIO(photo_bytes(size)), "合影.jpg")
    photo = ArchiveImage(title="合影", unit=item, opening_status=status, file=file)
    photo.save()
    return photo


@pytest.mark.parametrize("suffix", ["jpeg", "webp", "png", "gif"])
def test_a_photograph_that_is_not_open_bears_it_in_each_format(closed, reader_of, staff_client, suffix):
    made = photograph(closed, "controlled").get_rendition(f"max-800x800|format-{suffix}")
    answer = reader_of(closed).get(made.url)
    marked, plain = pixels(bytes_of(answer)), pixels(bytes_of(staff_client.get(made.url)))
    assert (plain - marked).max() > 40
    assert answer["Cache-Control"] == UNKEPT
    assert Image.open(io.BytesIO(answer.getvalue())).get_format_mimetype() == answer["Content-Type"]


def test_an_open_photograph_keeps_its_bytes(client, item, reader_of):
    made = photograph(item, "open").get_rendition("max-800x800")
    with made.file.open("rb") as file:
        kept = file.read()
    for someone in (client, reader_of(item)):
        assert bytes_of(someone.get(made.url)) == kept


def test_a_copy_bears_it_only_where_the_rule_says_so(closed, scan, reader_of, staff_client):
    client, place = reader_of(closed, copy=True), reverse("searchable_pdf", args=[closed.pk])
    jpeg = scan.master.open().read()
    assert jpeg in bytes_of(client.get(place))
    rule(Marking.CLOSED, copies=True)
    assert jpeg not in bytes_of(client.get(place))
    assert jpeg in bytes_of(staff_client.get(place))
    assert bytes_of(client.get(address(scan, "original"))) == jpeg  # the original file is the original file
    rule(Marking.NOTHING, copies=True)
    assert jpeg in bytes_of(client.get(place))


def test_names_are_words_not_markup_and_long_ones_are_cut(closed, scan, reader_of):
    client = reader_of(closed, "wang")
    User.objects.filter(username="wang").update(last_name="<b>&" * 10, first_name="")
    assert bytes_of(client.get(address(scan))) != stored(scan)


def test_black_and_white_stay_two(scan):
    import pyvips

    image = pyvips.Image.black(512, 512).copy(interpretation="b-w")
    marked = numpy.asarray(draw_in_two(image, "王小明\n1").numpy())
    assert set(numpy.unique(marked)) == {0, 255}
    assert 0.003 < (marked == 255).mean() < 0.06


def test_a_still_of_a_film_and_a_negative_bear_it_too(closed, scan, reader_of, staff_client):
    poster = storages["derivatives"].save("aa/still.jpg", ContentFile(photo_bytes()))
    film = DigitalObject.objects.create(
        unit_id=closed.pk, master=scan.master, role=ObjectRole.RECORDING, number=1, name="film.mp4"
    )
    negative = DigitalObject.objects.create(
        unit_id=closed.pk, master=scan.master, role=ObjectRole.NEGATIVE, number=2, name="1.jpg"
    )
    still = reverse("recording_poster", args=[Recording.objects.create(file=film, is_film=True, poster=poster).pk])
    client = reader_of(closed)
    for place in (still, reverse("negative_positive", args=[negative.pk])):
        answer, plain = client.get(place), staff_client.get(place)
        assert numpy.abs(pixels(bytes_of(answer)) - pixels(bytes_of(plain))).max() > 40
        assert (answer["Cache-Control"], plain["Cache-Control"]) == (UNKEPT, CLOSED_CACHE)
