"""Bytes of hidden things: scans, tiles, photographs, renditions, documents. Neither guessing an address nor a clever
header (HEAD, Range, ETag) tells that they exist."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from .archive import SECRETS
from .conftest import everything_of

pytestmark = pytest.mark.django_db
SCAN_DOORS = ("thumbnail.jpg", "preview.jpg", "zoom.dzi", "zoom_files/8/0_0.jpg", "original")
MISSING = 987_654
HIDDEN = {"visitor": ("sealed", "pages_closed", "restricted", "granted"),
          "reader": ("sealed", "pages_closed", "restricted"), "officer": ("sealed", "pages_closed", "restricted"),
          "clerk": ("sealed", "pages_closed", "restricted"), "editor": ("sealed",),
          "security": ("sealed", "pages_closed", "restricted")}  # fmt: skip


def without_numbers(answer) -> str:
    """The body without digits: the address that was asked for and tokens stand in it."""
    text = re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
    return re.sub(r"\d+", "", text)


def scan_addresses(scan_pk: int) -> list[str]:
    return [f"/files/scans/{scan_pk}/{door}" for door in SCAN_DOORS]


@pytest.mark.parametrize("who", HIDDEN)
def test_no_page_of_a_hidden_record_by_any_door(visit, archive, who):
    client = visit(who)
    missing = [without_numbers(client.get(address)) for address in scan_addresses(MISSING)]
    for name in HIDDEN[who]:
        for address, nothing in zip(scan_addresses(archive.scans[name].pk), missing, strict=True):
            answer = client.get(address)
            assert answer.status_code == 404, (who, address)
            assert without_numbers(answer) == nothing, (who, address)


@pytest.mark.parametrize("who", HIDDEN)
def test_no_picture_rendition_or_document_by_its_path(visit, archive, who):
    client = visit(who)
    addresses = []
    for name in HIDDEN[who]:
        photo = archive.photos[name]
        addresses += [photo.file.url, photo.get_rendition("fill-160x120").url, f"/collections/photo/{photo.pk}/"]
    if who in ("visitor", "reader", "security"):
        addresses += [archive.paper.file.url, archive.paper.url, f"/documents/{archive.paper.pk}/list.pdf"]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 404, (who, address)
        assert not [word for word in SECRETS[who] if word in everything_of(answer)]


@pytest.mark.parametrize(
    "headers",
    [
        {"range": "bytes=0-9"}, {"range": "bytes=999999999-"}, {"if-none-match": "*"},
        {"if-modified-since": "Mon, 23 Nov 2099 00:00:00 GMT"}, {"if-range": '"x"', "range": "bytes=0-0"},
    ],
)  # fmt: skip
def test_no_header_turns_a_refusal_into_an_answer(visit, archive, headers):
    """206, 304 and 416 all say: it is there."""
    photo = archive.photos["sealed"]
    missing = [*scan_addresses(MISSING), "/files/library/original_images/none.jpg", f"/documents/{MISSING}/list.pdf"]
    hidden = [*scan_addresses(archive.scans["sealed"].pk), photo.file.url, archive.paper.url]
    for address, other in zip(hidden, missing, strict=True):
        for method in ("get", "head"):
            answer = getattr(visit(), method)(address, headers=headers)
            assert answer.status_code == 404, (method, address)
            assert answer.status_code == getattr(visit(), method)(other, headers=headers).status_code
            assert not {"ETag", "Content-Range", "Accept-Ranges", "Last-Modified"} & set(answer.headers)


def test_the_true_etag_of_a_hidden_file_is_worth_nothing(visit, archive):
    """Whoever once had the right still knows the checksum: it does not tell him whether the file is unchanged."""
    client = visit("reader")
    addresses = [f"/files/scans/{archive.scans['granted'].pk}/{door}" for door in SCAN_DOORS[:3]]
    addresses.append(archive.photos["granted"].get_rendition("fill-160x120").url)
    known = {address: visit("manager").get(address).headers["ETag"] for address in addresses}
    assert {client.get(address).status_code for address in addresses} == {200}
    archive.grant.delete()
    for address, etag in known.items():
        answer = client.get(address, headers={"if-none-match": etag})
        assert answer.status_code == 404
        assert "ETag" not in answer.headers


def test_a_granted_file_is_not_for_shared_caches(visit, archive):
    photo = archive.photos["granted"].get_rendition("fill-160x120").url
    for address in (*scan_addresses(archive.scans["granted"].pk)[:3], photo):
        answer = visit("reader").get(address)
        assert answer.status_code == 200
        assert "private" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_renditions_cannot_be_had_by_guessing_their_names(visit, archive):
    """The hash in a name is no secret: it follows from the filter alone, so whoever knows one name knows all."""
    known = archive.photos["first"].get_rendition("fill-160x120").file.name
    guessed = archive.photos["sealed"].get_rendition("fill-160x120").file.name
    assert known.split(".")[1] == guessed.split(".")[1]
    assert visit().get(f"/files/library/{known}").status_code == 200
    assert visit().get(f"/files/library/{guessed}").status_code == 404
    for filter_spec in ("original", "width-2000", "max-165x165"):
        name = guessed.replace("fill-160x120", filter_spec)
        assert visit().get(f"/files/library/{name}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "../masters/{key}", "..%2Fmasters%2F{key}", "original_images/../../masters/{key}", "/etc/passwd", "%2Fetc%2Fpasswd",
        "....//....//etc/passwd", "original_images/./{file}", "original_images//{file}", "ORIGINAL_IMAGES/{file}",
        "original_images\\{file}", "original_images%5C{file}", "original_images/{file}%00.jpg", "original_images/{file}/",
        "original_images/", "", "file:///etc/passwd", "%252e%252e/masters/{key}", "{file}",
    ],
)  # fmt: skip
def test_tricks_with_paths_lead_nowhere(visit, archive, path):
    file = archive.photos["sealed"].file.name.rsplit("/", 1)[-1]
    address = "/files/library/" + path.format(key=archive.scans["sealed"].master.key, file=file)
    for method in ("get", "head"):
        answer = getattr(visit(), method)(address)
        assert answer.status_code in (301, 404), address
        assert not answer.streaming


def test_masters_derivatives_and_media_have_no_address(visit, archive):
    key = archive.scans["sealed"].master.key
    for place in ("/media/", "/files/masters/", "/files/derivatives/", "/static/", "/files/"):
        for name in (key, archive.photos["sealed"].file.name):
            assert visit("manager").get(place + name).status_code == 404


def test_a_document_needs_its_name_and_its_name_tells_nothing(visit, archive):
    for name in ("list.pdf", "none.pdf"):
        hidden = visit().get(f"/documents/{archive.paper.pk}/{name}")
        missing = visit().get(f"/documents/{MISSING}/{name}")
        assert hidden.status_code == missing.status_code == 404
        assert without_numbers(hidden) == without_numbers(missing)
    assert visit().get(f"/documents/{archive.open_paper.pk}/list.pdf").status_code == 404


@pytest.mark.parametrize("who", ["visitor", "reader", "officer", "clerk", "system"])
def test_hidden_files_cost_as_many_queries_as_missing_ones(visit, archive, who):
    client = visit(who)
    photo = archive.photos["sealed"]
    pairs = [
        (f"/files/scans/{archive.scans['sealed'].pk}/thumbnail.jpg", f"/files/scans/{MISSING}/thumbnail.jpg"),
        (f"/files/scans/{archive.scans['sealed'].pk}/original", f"/files/scans/{MISSING}/original"),
        (photo.file.url, "/files/library/original_images/none.jpg"),
        (photo.get_rendition("fill-160x120").url, "/files/library/images/none.jpg"),
        (f"/collections/photo/{photo.pk}/", f"/collections/photo/{MISSING}/"),
    ]
    if who in ("visitor", "reader", "system"):
        pairs.append((archive.paper.url, f"/documents/{MISSING}/list.pdf"))
        pairs.append((archive.paper.file.url, "/files/library/documents/none.pdf"))
    costs = {}
    for hidden, missing in pairs:
        for address in (missing, hidden, missing):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 404
            costs[address] = len(queries)
        assert costs[hidden] == costs[missing], hidden
