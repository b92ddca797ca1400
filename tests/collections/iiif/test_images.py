"""IIIF Image API 3: what is sent, under which headers, to whom."""

import io
import json

import pytest
from django.core.files.storage import storages
from django.urls import reverse
from PIL import Image, ImageChops

from fonds.access.models import User
from fonds.audit.models import Event
from fonds.collections.delivery.zoom_archives import read_member
from fonds.collections.iiif.pyramids import Pyramid
from fonds.collections.models import PageScan
from fonds.collections.page_images import open_page
from fonds.collections.storage import put_bytes

from .conftest import SIZE

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def address(thing, path: str) -> str:
    kind = "scan" if isinstance(thing, PageScan) else "photo"
    return f"/iiif/{kind}/{thing.pk}/{path}"


def opened(response) -> Image.Image:
    assert response.status_code == 200, response.content
    return Image.open(io.BytesIO(response.content))


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures of one size, of 255."""
    assert one.size == other.size
    histogram = ImageChops.difference(one.convert("L"), other.convert("L")).histogram()
    return sum(value * count for value, count in enumerate(histogram)) / (one.width * one.height)


@pytest.mark.parametrize("kind", ["scan", "photo"])
def test_the_information(client, scan, make_photo, kind):
    thing = scan if kind == "scan" else make_photo()
    base = client.get(f"/iiif/{kind}/{thing.pk}")
    assert (base.status_code, base["Location"]) == (303, address(thing, "info.json"))
    response = client.get(base["Location"])
    information = response.json()
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert information["@context"] == "http://iiif.io/api/image/3/context.json"
    assert information["id"] == f"http://testserver/iiif/{kind}/{thing.pk}"
    assert (information["type"], information["profile"]) == ("ImageService3", "level2")
    assert (information["width"], information["height"]) == SIZE
    assert information["tiles"] == [{"width": 512, "scaleFactors": [1, 2, 4]}]
    assert information["sizes"][0] == {"width": 325, "height": 225}
    for size in information["sizes"]:
        sent = opened(client.get(address(thing, f"full/{size['width']},{size['height']}/0/default.jpg")))
        assert sent.size == (size["width"], size["height"])


def test_linked_data_for_whom_asks_for_it(client, scan):
    kind = 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"'
    response = client.get(address(scan, "info.json"), headers={"Accept": "application/ld+json"})
    assert response["Content-Type"] == kind
    assert client.get(address(scan, "info.json"), headers={"Accept": "*/*"})["Content-Type"] == "application/json"


def test_every_tile_is_a_kept_one_and_shows_its_part(client, scan, scene):
    whole = Image.open(scene)
    for scale in (1, 2, 4):
        step = 512 * scale
        for x in range(0, SIZE[0], step):
            for y in range(0, SIZE[1], step):
                width, height = min(step, SIZE[0] - x), min(step, SIZE[1] - y)
                out = -(-width // scale), -(-height // scale)
                response = client.get(address(scan, f"{x},{y},{width},{height}/{out[0]},{out[1]}/0/default.jpg"))
                part = whole.crop((x, y, x + width, y + height)).resize(out)
                assert difference(opened(response), part) < 3
                level = 11 - scale.bit_length() + 1
                scan.refresh_from_db()
                name = f"zoom_files/{level}/{x // step}_{y // step}.jpg"
                assert response.content == read_member(storages["derivatives"], scan.deep_zoom, name)


@pytest.mark.parametrize(
    ("path", "box", "size"),
    [
        ("full/max/0/default.jpg", (0, 0, *SIZE), SIZE),
        ("full/333,/0/default.png", (0, 0, *SIZE), (333, 231)),
        ("square/200,200/0/color.webp", (200, 0, 1100, 900), (200, 200)),
        ("500,300,700,333/max/0/default.jpg", (500, 300, 1200, 633), (700, 333)),
        ("500,300,700,333/101,47/0/default.jpg", (500, 300, 1200, 633), (101, 47)),
        ("1250,880,500,500/^200,80/0/default.jpg", (1250, 880, 1300, 900), (200, 80)),
        ("511,511,3,3/max/0/default.png", (511, 511, 514, 514), (3, 3)),
        ("pct:50,50,50,50/pct:50/0/default.jpg", (650, 450, 1300, 900), (325, 225)),
        ("full/10,800/0/default.jpg", (0, 0, *SIZE), (10, 800)),
    ],
)
def test_parts_and_sizes(client, scan, scene, path, box, size):
    sent = opened(client.get(address(scan, path)))
    assert sent.size == size
    assert difference(sent, Image.open(scene).crop(box).resize(size)) < 4


def test_turned_and_mirrored(client, scan):
    """The blue corner is on the left above at first."""
    places = {"0": (0, 0), "90": (1, 0), "180": (1, 1), "270": (0, 1), "!0": (1, 0), "!90": (1, 1)}
    for rotation, (right, below) in places.items():
        sent = opened(client.get(address(scan, f"full/260,180/{rotation}/default.png"))).convert("RGB")
        assert sent.size == ((180, 260) if "90" in rotation or "270" in rotation else (260, 180))
        corner = sent.getpixel((right * (sent.width - 1), below * (sent.height - 1)))
        assert corner[2] > 200, (rotation, corner)


def test_qualities_and_formats(client, scan):
    grey = opened(client.get(address(scan, "full/200,/0/gray.png")))
    assert (grey.mode, grey.format) == ("L", "PNG")
    bitonal = opened(client.get(address(scan, "full/200,/0/bitonal.png"))).convert("L")
    assert set(bitonal.get_flattened_data() if hasattr(bitonal, "get_flattened_data") else bitonal.getdata()) == {
        0,
        255,
    }
    for suffix, name in (("jpg", "JPEG"), ("webp", "WEBP")):
        response = client.get(address(scan, f"full/200,/0/default.{suffix}"))
        assert (opened(response).format, response["Content-Type"]) == (name, f"image/{name.lower()}")


def test_links_and_conditional_answers(client, scan):
    response = client.get(address(scan, "0,0,9999,9999/^2600,/0/color.jpg"))
    assert response["Link"] == (
        f'<http://testserver/iiif/scan/{scan.pk}/full/%5E2600,1800/0/default.jpg>;rel="canonical", '
        '<http://iiif.io/api/image/3/level2.json>;rel="profile"'
    )
    assert (response["Cache-Control"], response["Access-Control-Allow-Origin"]) == ("public, no-cache", "*")
    again = client.get(address(scan, "full/^2600,/0/default.jpg"), headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(address(scan, "full/100,/0/default.jpg"))
    assert (head.status_code, head.content, int(head["Content-Length"]) > 500) == (200, b"", True)
    asked = client.options(address(scan, "full/100,/0/default.jpg"))
    assert (asked.status_code, asked["Access-Control-Allow-Headers"]) == (204, "Accept, Authorization, If-None-Match")
    assert client.post(address(scan, "info.json")).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "0,0,0,0/max/0/default.jpg", "full/0,/0/default.jpg", "99999,0,5,5/max/0/default.jpg", "NaN,0,1,1/max/0/default.jpg",
        "pct:NaN,NaN,NaN,NaN/max/0/default.jpg", "full/^99999,/0/default.jpg", "full/max/45/default.jpg",
        "full/max/0/native.jpg", "full/max/0/default.gif", "full/max/0/default.jpg.exe", "%FF%FE/max/0/default.jpg",
        "full/%00max/0/default.jpg", "full/max/0/default.%E5%9B%BE", f"{'9' * 3000},0,1,1/max/0/default.jpg",
    ],
)  # fmt: skip
def test_absurd_requests_are_refused_in_a_sentence(client, scan, path):
    response = client.get(address(scan, path), headers={"Accept-Language": "en"})
    assert response.status_code in (400, 404)
    assert response.status_code == 404 if "%00" in path else len(response.content) > 20
    assert len(response.content) < 20_000


def test_a_tile_of_an_archive_whose_tiles_overlap(client, scan, scene):
    """Archives made before the tiles stood edge to edge."""
    picture = open_page(scan, scene)
    key = "aa/bb/old-z1.szi"
    old = picture.dzsave_buffer(
        imagename="zoom", container="szi", compression=0, tile_size=512, overlap=1, suffix=".jpg"
    )
    put_bytes(storages["derivatives"], key, old, "application/zip")
    PageScan.objects.update(deep_zoom=key, thumbnail="x", preview="x")
    assert Pyramid(storages["derivatives"], key).description["Overlap"] == 1
    sent = opened(client.get(address(scan, "512,512,512,388/512,388/0/default.jpg")))
    assert difference(sent, Image.open(scene).crop((512, 512, 1024, 900))) < 3


def test_a_tile_takes_one_query(client, scan, django_assert_num_queries):
    tile = address(scan, "0,0,512,512/512,512/0/default.jpg")
    assert client.get(tile).status_code == 200
    with django_assert_num_queries(1):
        client.get(tile)


def test_who_may_not_know_of_it_finds_nothing(client, staff_client, scan, item, make_photo):
    photo = make_photo()
    paths = ["", "info.json", "full/max/0/default.jpg", "0,0,0,0/max/0/default.jpg"]
    addresses = [address(thing, path).rstrip("/") for thing in (scan, photo) for path in paths]
    assert client.get(addresses[1]).status_code == 200
    item.opening_status = "controlled"
    item.save()
    for one in addresses:
        response = client.get(one, headers={"If-None-Match": "*"})
        assert (response.status_code, response.get("ETag"), response.get("Link")) == (404, None, None), one
        assert item.reference_code not in response.content.decode()
    shown = staff_client.get(address(scan, "full/100,/0/default.jpg"))
    assert (shown.status_code, shown["Cache-Control"]) == (200, "private, no-cache")
    assert Event.objects.filter(object_id=str(item.pk), action__contains="look").exists()


def test_a_closed_page_of_an_open_entry_asks_to_sign_in(client, staff_client, scan, item):
    item.content_rank = 3
    item.save()
    for path in ("info.json", "full/max/0/default.jpg", "0,0,0,0/max/0/default.jpg"):
        response = client.get(address(scan, path))
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer"), path
        assert "ETag" not in response
        service = response.json()["service"][0]
        assert (service["type"], service["id"]) == ("AuthProbeService2", f"http://testserver/iiif/auth/probe/{scan.pk}")
    assert staff_client.get(address(scan, "full/100,/0/default.jpg")).status_code == 200


def test_the_way_through_sign_in(client, staff_client, staff, scan, item):
    """Probe, sign-in window, token, probe with the token."""
    item.content_rank = 3
    item.save()
    probe = reverse("iiif_probe", args=[scan.pk])
    told = client.get(probe)
    assert (told.status_code, told.json()["status"], told["Access-Control-Allow-Origin"]) == (200, 401, "*")
    assert told.json()["heading"]["zh-Hans"] != told.json()["heading"]["en"]
    assert client.get(reverse("iiif_access"))["Location"] == "/account/login/?next=/iiif/auth/access"
    assert staff_client.get(reverse("iiif_access") + "?origin=http://testserver").status_code == 200
    message = token_message(staff_client, "http://testserver")
    assert (message["type"], message["messageId"], message["expiresIn"]) == ("AuthAccessToken2", "m1", 300)
    bearer = {"Authorization": f"Bearer {message['accessToken']}"}
    assert client.get(probe, headers=bearer).json()["status"] == 200
    assert client.get(address(scan, "info.json"), headers=bearer).status_code == 401  # a token shows nothing itself
    for wrong in ("", "Bearer", "Bearer x", "Bearer " + "é" * 40, f"Bearer {message['accessToken']}x", "Basic eDp4"):
        assert client.get(probe, headers={"Authorization": wrong}).json()["status"] == 401
    staff.set_password("another long word")
    staff.save()
    assert client.get(probe, headers=bearer).json()["status"] == 401


def token_message(client, origin: str, message: str = "m1") -> dict:
    response = client.get(reverse("iiif_token"), {"origin": origin, "messageId": message})
    assert (response.status_code, response["X-Frame-Options"]) == (200, "SAMEORIGIN")
    text = response.content.decode()
    return json.loads(text.partition('type="application/json">')[2].partition("</script>")[0])


def test_tokens_are_for_this_site_only(client, staff_client):
    assert token_message(client, "http://testserver")["profile"] == "missingAspect"
    assert token_message(staff_client, "https://other.example")["profile"] == "invalidOrigin"
    for wrong in ("", "null", "javascript:alert(1)", "http://testserver/path", "http://[", '"></script>'):
        assert token_message(staff_client, wrong)["profile"] == "invalidRequest"
    assert token_message(staff_client, "http://testserver", "")["profile"] == "invalidRequest"


def test_a_probe_for_an_unknown_page_tells_nothing(client, scan, item):
    item.opening_status = "controlled"
    item.save()
    reader = User.objects.create_user("reader")
    client.force_login(reader)
    assert client.get(reverse("iiif_probe", args=[scan.pk])).status_code == 404
    assert client.get(reverse("iiif_probe", args=[scan.pk + 1])).status_code == 404


def test_a_photograph_that_lies_on_its_side_is_shown_upright(client, make_photo, scene):
    with Image.open(scene) as lying:
        exif = lying.getexif()
        exif[0x0112] = 6  # the camera was turned
        lying.save(scene, exif=exif)
    photo = make_photo()
    information = client.get(address(photo, "info.json")).json()
    canvas = client.get(reverse("iiif_photo_canvas", args=[photo.pk])).json()
    assert (information["width"], information["height"]) == (canvas["width"], canvas["height"]) == (900, 1300)
    sent = opened(client.get(address(photo, "full/90,130/0/default.png"))).convert("RGB")
    assert sent.getpixel((85, 5))[2] > 200  # the blue corner is now on the right above
