"""Seeing, taking and printing are three rights: each place that hands something out asks for its own."""

import datetime as dt
import io

import pikepdf
import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone

from fonds.access import roles
from fonds.access.enums import Rank
from fonds.access.models import Department, Grant, User
from fonds.archive_pages.models import ArchivePage, FondsIndexPage
from fonds.archive_pages.standing import refresh_standing
from fonds.audit import names
from fonds.audit.models import Event
from fonds.collections.enums import ObjectRole
from fonds.collections.exhibit_catalogue import catalogue_pdf
from fonds.collections.models import ArchiveImage, DigitalObject, ExhibitIndexPage, ExhibitPage, MasterFile, Recording
from tests.clearances import cleared

from .conftest import close, jpeg

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SEE, TAKE, PRINT = {"view": True}, {"copy": True}, {"print": True}


@pytest.fixture
def recording(item):
    """A recording of the item: a file of some bytes that nobody opens here."""
    key = storages["masters"].save("sound.mp3", ContentFile(b"ID3 sound"))
    master = MasterFile.objects.create(sha256="5" * 64, size=9, mime_type="audio/mpeg", key=key)
    file = DigitalObject.objects.create(
        unit_id=item.pk, master=master, role=ObjectRole.RECORDING, number=1, name="sound.mp3"
    )
    return Recording.objects.create(file=file, duration=2.0, container="MP3")


@pytest.fixture
def photo(item):
    cache.clear()  # Wagtail remembers renditions by the number of their picture
    made = ArchiveImage(title="合影", unit=item, file=ImageFile(io.BytesIO(jpeg("PHOTO")), "合影.jpg"))
    made.save()
    return made


@pytest.fixture
def places(item, recording, photo) -> dict[str, str]:
    """What is handed out of a closed item, by what it takes."""
    close(item)
    scan = item.page_scans.get(number=1)
    return {
        "page": reverse("scan_preview", args=[scan.pk]),
        "tile": reverse("iiif_scan_image", args=[scan.pk, "full", "max", "0", "default", "jpg"]),
        "picture": photo.get_rendition("max-400x400").url,
        "sound": reverse("recording", args=[recording.pk]),
        "original of a page": reverse("scan_original", args=[scan.pk]),
        "original of a photograph": photo.file.url,
        "original of a recording": reverse("recording_master", args=[recording.pk]),
        "PDF of all pages": reverse("searchable_pdf", args=[item.pk]),
        "pages to print": reverse("print_pages", args=[item.pk]),
    }


TO_SEE = ["page", "tile", "picture", "sound"]
TO_TAKE = ["original of a page", "original of a photograph", "original of a recording", "PDF of all pages"]
TO_PRINT = ["pages to print"]


def grant(item, reader, editor, rights: dict) -> None:
    today = timezone.localdate()
    Grant.objects.create(
        user=reader, unit_id=item.pk, starts_on=today, ends_on=today + dt.timedelta(days=3), approver=editor, **rights
    )


@pytest.mark.parametrize(
    ("rights", "given"),
    [
        (SEE, TO_SEE),
        (TAKE, TO_SEE + TO_TAKE),
        (PRINT, TO_SEE + TO_PRINT),
        ({**TAKE, **PRINT}, TO_SEE + TO_TAKE + TO_PRINT),
        ({"view": False}, []),
    ],
)
def test_each_right_opens_what_it_is_for_and_nothing_else(item, places, reader, editor, client, rights, given):
    grant(item, reader, editor, rights)
    client.force_login(reader)
    answers = {name: client.get(address) for name, address in places.items()}
    # A page that is closed to somebody who may know of it is told so by the image service: 401.
    assert {name for name, answer in answers.items() if answer.status_code == 200} == set(given)
    assert {answer.status_code for name, answer in answers.items() if name not in given} <= {401, 404}
    taken = [names.ORIGINAL] * 4 if "copy" in rights else []
    printed = [names.PAGES_PRINTED] if "print" in rights else []
    actions = Event.objects.filter(action__in=[names.ORIGINAL, names.PAGES_PRINTED]).values_list("action", flat=True)
    assert sorted(actions) == sorted(taken + printed)


@pytest.mark.parametrize("rights", [SEE, TAKE, PRINT, {**TAKE, **PRINT}])
def test_the_page_offers_what_the_reader_may_do(item, places, reader, editor, client, rights):
    grant(item, reader, editor, rights)
    client.force_login(reader)
    shown = client.get(item.get_url()).content.decode()
    assert places["page"] in shown
    offered = {name for name in TO_TAKE + TO_PRINT if places[name] in shown}
    may = (TO_TAKE if "copy" in rights else []) + (TO_PRINT if "print" in rights else [])
    assert offered == set(may) - {"original of a photograph"}  # a photograph is shown, its file has no link
    assert ("data-original" in shown) == ("copy" in rights)
    assert "屏幕上显示的内容带有您的姓名、时间和编号。" in shown


def test_an_officer_who_sees_by_clearance_takes_and_prints_nothing(item, places, client):
    department = Department.objects.create(code="BGS", name="办公室")
    ArchivePage.objects.filter(pk=item.pk).update(department=department)
    refresh_standing(item.path)
    ArchiveImage.objects.update(content_class=ArchivePage.objects.get(pk=item.pk).content_class)
    client.force_login(cleared(User.objects.create_user("officer", department=department), roles.OFFICER))
    assert {client.get(places[name]).status_code for name in TO_SEE} == {200}
    assert {client.get(places[name]).status_code for name in TO_TAKE + TO_PRINT} == {404}


def test_of_what_is_open_visitors_take_and_print_nothing_but_open_photographs(item, recording, photo, client):
    photo.opening_status = "open"
    photo.save()
    scan = item.page_scans.get(number=1)
    assert client.get(reverse("scan_preview", args=[scan.pk])).status_code == 200
    assert client.get(photo.file.url).status_code == 200
    for address in (
        reverse("scan_original", args=[scan.pk]),
        reverse("recording_master", args=[recording.pk]),
        reverse("searchable_pdf", args=[item.pk]),
        reverse("print_pages", args=[item.pk]),
    ):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("rights", [SEE, {**TAKE, **PRINT}])
def test_a_manifest_tells_of_no_file_to_take(item, places, reader, editor, client, rights):
    grant(item, reader, editor, rights)
    client.force_login(reader)
    told = client.get(reverse("iiif_unit", args=[item.pk])).content.decode()
    assert reverse("iiif_scan_base", args=[item.page_scans.get(number=1).pk]) in told
    assert "rendering" not in told
    assert not [name for name in TO_TAKE + TO_PRINT if places[name] in told]


@pytest.mark.parametrize(("rights", "pictures"), [(SEE, 0), (TAKE, 0), (PRINT, 2)])
def test_the_catalogue_of_an_exhibit_holds_what_may_be_printed(item, photo, reader, editor, client, rights, pictures):
    close(item)
    grant(item, reader, editor, rights)
    index = FondsIndexPage.objects.get().add_child(instance=ExhibitIndexPage(title="展览", slug="exhibits"))
    quotation = {"text": "引文", "attribution": "通知", "source": item.pk, "page": 1}
    image = {"image": photo.pk, "alt_text": "合影", "caption": "合影说明"}
    body = [{"type": "picture", "value": image}, {"type": "quotation", "value": quotation}]
    page = index.add_child(
        instance=ExhibitPage(title="甲", slug="a", introduction="引言", opening_status="open", body=body)
    )
    refresh_standing(index.path)
    client.force_login(reader)
    shown = client.get(ExhibitPage.objects.get(pk=page.pk).get_url()).content.decode()
    assert "合影说明" in shown  # on the screen all of it is there
    pdf = catalogue_pdf(ExhibitPage.objects.get(pk=page.pk), reader)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        images = [one for one in opened.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]
    assert len(images) == pictures


def test_a_sealed_photograph_has_no_original_for_anybody_below(item, photo, places, editor, client):
    ArchivePage.objects.filter(pk=item.pk).update(content_rank=Rank.SEALED, catalogue_rank=Rank.SEALED)
    refresh_standing(item.path)
    ArchiveImage.objects.update(content_class=30_000, catalogue_class=30_000)
    client.force_login(editor)
    assert client.get(photo.file.url).status_code == 404
