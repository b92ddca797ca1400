"""The doors of files: who gets bytes, who gets 404 and nothing else, ranges, caching, headers."""

import io
from urllib.parse import unquote

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import storages
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from wagtail.models import Collection, CollectionViewRestriction

from fonds.access.models import User
from fonds.collections.delivery.ranges import Unsatisfiable, parse_range
from fonds.collections.delivery.sending import deliver
from fonds.collections.models import ArchiveDocument, ArchiveImage
from fonds.collections.object_store import PrivateS3Storage
from fonds.collections.scans import add_scans
from fonds.reports.models import Job

pytestmark = pytest.mark.django_db


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture
def scan(item, picture):
    return add_scans(item, [(picture("1.jpg", (900, 1200)), "第一页.jpg")])[0]


@pytest.fixture
def photo(item, picture):
    """An open photograph of the open unit."""
    cache.clear()  # Wagtail remembers renditions by the number of their picture
    file = ImageFile(io.BytesIO(picture("p.jpg").read_bytes()), "合影.jpg")
    image = ArchiveImage(title="Group", file=file, unit=item, opening_status="open")
    image.save()
    ArchiveImage.objects.filter(pk=image.pk).update(catalogue_class=0, content_class=0)
    image.refresh_from_db()
    return image


@pytest.fixture
def document():
    return ArchiveDocument.objects.create(
        title="Rules", file=ContentFile(b"%PDF-1.7 rules", "rules.pdf"), opening_status="open"
    )


def doors_of_scan(scan) -> list[str]:
    return [
        reverse("scan_thumbnail", args=[scan.pk]),
        reverse("scan_preview", args=[scan.pk]),
        reverse("scan_zoom", args=[scan.pk]),
        reverse("scan_tile", args=[scan.pk, 11, 0, 0]),
    ]


@pytest.fixture
def all_doors(scan, photo, document):
    """Every address at which bytes of the unit, its photograph or the document lie, except the original."""
    rendition = photo.get_rendition("width-100")
    return [
        *doors_of_scan(scan),
        photo.file.url,
        rendition.url,
        document.url,
        reverse("library_file", args=[document.file.name]),
    ]


def close(item, document) -> None:
    item.opening_status = "controlled"
    item.save()
    document.opening_status = "controlled"
    document.save()


def test_the_addresses(scan):
    assert doors_of_scan(scan)[0] == f"/files/scans/{scan.pk}/thumbnail.jpg"
    assert doors_of_scan(scan)[1] == f"/files/scans/{scan.pk}/preview.jpg"
    assert doors_of_scan(scan)[2] == f"/files/scans/{scan.pk}/zoom.dzi"
    assert doors_of_scan(scan)[3] == f"/files/scans/{scan.pk}/zoom_files/11/0_0.jpg"


def test_everybody_gets_what_is_open(client, staff_client, all_doors):
    for address in all_doors:
        for someone in (client, staff_client):
            response = someone.get(address)
            assert response.status_code == 200, address
            assert body(response), address
            assert response["Cache-Control"] == "public, no-cache"


def test_what_is_not_open_is_not_there_for_a_visitor_and_there_for_the_staff(
    client, staff_client, all_doors, item, document
):
    tags = {address: client.get(address)["ETag"] for address in all_doors}
    close(item, document)
    reader = User.objects.create_user("reader")
    for address in all_doors:
        for headers in ({}, {"If-None-Match": tags[address]}, {"If-None-Match": "*"}, {"Range": "bytes=0-3"}):
            for method in (client.get, client.head):
                response = method(address, headers=headers)
                assert response.status_code == 404, (address, headers)
                for name in ("ETag", "Last-Modified", "Content-Range", "Accept-Ranges", "Content-Disposition"):
                    assert name not in response, (address, name)
        response = staff_client.get(address)
        assert (response.status_code, response["Cache-Control"]) == (200, "private, no-cache"), address
        assert staff_client.get(address, headers={"If-None-Match": tags[address]}).status_code == 304
    client.force_login(reader)
    assert {client.get(address).status_code for address in all_doors} == {404}


def test_what_stands_under_a_closed_series_or_is_unpublished_is_closed(client, scan, series, item):
    assert client.get(doors_of_scan(scan)[0]).status_code == 200
    series.refresh_from_db()
    series.opening_status = "controlled"
    series.save()
    assert {client.get(address).status_code for address in doors_of_scan(scan)} == {404}
    series.opening_status = "open"
    series.save()
    assert client.get(doors_of_scan(scan)[0]).status_code == 200
    type(item).objects.get(pk=item.pk).unpublish()
    assert {client.get(address).status_code for address in doors_of_scan(scan)} == {404}


def test_an_unknown_file_and_a_hidden_one_look_alike(client, scan, item, document):
    close(item, document)
    hidden = client.get(reverse("scan_thumbnail", args=[scan.pk]))
    unknown = client.get(reverse("scan_thumbnail", args=[scan.pk + 1]))
    assert hidden.status_code == unknown.status_code == 404
    for response in (hidden, unknown):
        del response["X-Request-ID"]  # every answer has its own
    assert dict(hidden.headers) == dict(unknown.headers)


def test_a_photograph_is_closed_by_its_own_status_too(client, staff_client, photo):
    rendition = photo.get_rendition("width-100")
    ArchiveImage.objects.filter(pk=photo.pk).update(catalogue_class=2, content_class=1000)
    for address in (photo.file.url, rendition.url):
        assert client.get(address).status_code == 404
        assert staff_client.get(address).status_code == 200


def test_the_original_is_for_the_staff(client, staff_client, scan):
    address = reverse("scan_original", args=[scan.pk])
    assert client.get(address).status_code == 404
    response = staff_client.get(address)
    with scan.master.open() as file:
        assert body(response) == file.read()
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert unquote(response["Content-Disposition"]).endswith("第一页.jpg")
    assert response["ETag"] == f'"{scan.sha256}"'
    assert response["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_doors_only_give(client, scan, method):
    assert getattr(client, method)(doors_of_scan(scan)[0]).status_code == 405


def test_every_answer_is_kept_from_running_anything(client, all_doors):
    for address in all_doors:
        response = client.get(address)
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'", address
        assert response["X-Content-Type-Options"] == "nosniff", address


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "sheet.xhtml", "list.xml", "rules.pdf", "odd.unknown"])
def test_what_could_hold_a_script_is_saved_never_shown(client, name):
    file = ContentFile(b"<script>alert(1)</script>", name)
    document = ArchiveDocument.objects.create(title="x", file=file, opening_status="open")
    for address in (document.url, reverse("library_file", args=[document.file.name])):
        response = client.get(address)
        assert response["Content-Disposition"].startswith("attachment")


def test_pictures_are_shown_in_place(client, photo, scan):
    assert client.get(photo.file.url)["Content-Disposition"].startswith("inline")
    assert client.get(doors_of_scan(scan)[1])["Content-Disposition"].startswith("inline")
    assert client.get(doors_of_scan(scan)[1])["Content-Type"] == "image/jpeg"
    assert client.get(doors_of_scan(scan)[2])["Content-Type"] == "application/xml"


@pytest.mark.parametrize(
    ("header", "size", "expected"),
    [
        ("bytes=0-0", 10, (0, 1)),
        ("bytes=2-5", 10, (2, 4)),
        ("bytes=5-", 10, (5, 5)),
        ("bytes=-3", 10, (7, 3)),
        ("bytes=-30", 10, (0, 10)),
        ("bytes=5-500", 10, (5, 5)),
        ("", 10, None),
        ("bytes=-", 10, None),
        ("bytes=5-2", 10, None),
        ("bytes=0-1,4-5", 10, None),
        ("lines=0-1", 10, None),
        ("bytes=x-1", 10, None),
    ],
)
def test_ranges_are_read_as_rfc_9110_says(header, size, expected):
    assert parse_range(header, size) == expected


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=10-", 10), ("bytes=10-20", 10), ("bytes=-0", 10), ("bytes=0-", 0)]
)
def test_a_range_behind_the_end(header, size):
    with pytest.raises(Unsatisfiable):
        parse_range(header, size)


def test_a_part_of_a_file(staff_client, scan):
    address = reverse("scan_original", args=[scan.pk])
    whole = body(staff_client.get(address))
    part = staff_client.get(address, headers={"Range": "bytes=10-19"})
    assert part.status_code == 206
    assert part["Content-Range"] == f"bytes 10-19/{len(whole)}"
    assert part["Content-Length"] == "10"
    assert body(part) == whole[10:20]
    behind = staff_client.get(address, headers={"Range": f"bytes={len(whole)}-"})
    assert (behind.status_code, behind["Content-Range"]) == (416, f"bytes */{len(whole)}")
    stale = staff_client.get(address, headers={"Range": "bytes=10-19", "If-Range": '"other"'})
    assert (stale.status_code, body(stale)) == (200, whole)
    head = staff_client.head(address)
    assert (head["Content-Length"], head["Accept-Ranges"], head.content) == (str(len(whole)), "bytes", b"")


def test_what_a_tile_costs(client, staff_client, admin_client, scan, item, document, django_assert_num_queries):
    address = doors_of_scan(scan)[3]
    client.get(address)
    for someone, count in ((client, 1), (staff_client, 3)):  # who is signed in: session, account
        with django_assert_num_queries(count):
            assert someone.get(address).status_code == 200
    close(item, document)
    for someone in (admin_client, staff_client):
        assert someone.get(address).status_code == 200  # the first look is recorded
    with django_assert_num_queries(
        5
    ):  # session, account, whether break-glass runs, page scan, whether the look is recorded
        assert admin_client.get(address).status_code == 200
    with django_assert_num_queries(5):  # session, account, page scan, clearance, whether the look is recorded
        assert staff_client.get(address).status_code == 200


def test_pictures_are_made_on_the_spot_where_the_job_has_not_come_to_them(client, scan):
    assert not scan.thumbnail
    assert client.get(doors_of_scan(scan)[0]).status_code == 200
    scan.refresh_from_db()
    assert scan.thumbnail
    assert scan.deep_zoom


@pytest.mark.parametrize("tile", [(11, 9, 9), (99, 0, 0), (12, 0, 0)])
def test_a_tile_that_is_not_there(client, scan, tile):
    assert client.get(reverse("scan_tile", args=[scan.pk, *tile])).status_code == 404


def test_a_lost_file_is_404(client, scan):
    storages["masters"].delete(scan.master.key)
    assert client.get(doors_of_scan(scan)[0]).status_code == 404


def test_only_files_with_an_owner_leave_the_library(client, staff_client, settings, photo):
    library = settings.FONDS_DATA / "library"
    (library / "stray.jpg").write_bytes(b"x")
    for path in ("stray.jpg", "original_images/none.jpg", "../masters/x", "original_images/../stray.jpg"):
        for someone in (client, staff_client):
            assert someone.get(f"/files/library/{path}").status_code == 404


def test_masters_and_derivatives_have_no_address_of_their_own(staff_client, scan):
    staff_client.get(doors_of_scan(scan)[0])
    scan.refresh_from_db()
    for key in (f"masters/{scan.master.key}", f"derivatives/{scan.thumbnail}"):
        assert staff_client.get(f"/files/{key}").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("wagtailimages_serve", args=["x", 1, "width-100"])


def test_a_document_of_a_restricted_collection_is_for_the_staff(client, staff_client, document):
    private = Collection.objects.get(depth=1).add_child(name="Private")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="login")
    document.collection = private
    document.save()
    for address in (document.url, reverse("library_file", args=[document.file.name])):
        assert client.get(address).status_code == 404
        assert staff_client.get(address).status_code in (200, 302)


def test_what_a_job_made_is_for_who_asked(client, staff_client, staff, admin_client):
    job = Job.objects.create(kind="x", title="x", started_by=staff)
    job.output.save("list.xlsx", ContentFile(b"rows"))
    address = job.output.url
    assert address == reverse("library_file", args=[job.output.name])
    assert body(staff_client.get(address)) == b"rows"
    assert staff_client.get(address)["Content-Disposition"].startswith("attachment")
    for other in (client, admin_client):
        assert other.get(address).status_code == 404


def test_the_web_server_sends_the_bytes_where_it_is_told_to(client, settings, scan, item, document):
    settings.FONDS_ACCEL_PREFIX = "/protected/"
    response = client.get(doors_of_scan(scan)[0])
    scan.refresh_from_db()
    assert response["X-Accel-Redirect"] == f"/protected/derivatives/{scan.thumbnail}"
    assert (response.content, response["Content-Type"]) == (b"", "image/jpeg")
    close(item, document)
    closed = client.get(doors_of_scan(scan)[0])
    assert closed.status_code == 404
    assert "X-Accel-Redirect" not in closed


@pytest.fixture
def bucket():
    return PrivateS3Storage(
        bucket_name="archive",
        location="masters",
        endpoint_url="https://s3.example.org",
        region_name="cn-east-1",
        access_key="key",
        secret_key="secret",
    )


def test_what_is_to_be_saved_comes_from_the_bucket_over_an_address_for_a_minute(rf, bucket):
    response = deliver(rf.get("/"), bucket, "ab/x.tif", mime_type="image/tiff", name="x.tif", etag="e", public=True)
    assert response.status_code == 302
    assert response["Location"].startswith("https://s3.example.org/archive/masters/ab/x.tif?")
    assert response["Cache-Control"] == "private, no-store"


def test_what_is_shown_comes_from_the_bucket_through_the_site(rf, bucket):
    with Stubber(bucket.connection.meta.client) as network:
        network.add_response("head_object", {"ContentLength": 10})
        network.add_response(
            "get_object",
            {"Body": StreamingBody(io.BytesIO(b"2345"), 4)},
            {"Bucket": "archive", "Key": "masters/ab/x.jpg", "Range": "bytes=2-5"},
        )
        request = rf.get("/", headers={"Range": "bytes=2-5"})
        response = deliver(request, bucket, "ab/x.jpg", mime_type="image/jpeg", name="x", etag="e", public=False)
        assert (response.status_code, body(response)) == (206, b"2345")
        assert response["Content-Range"] == "bytes 2-5/10"
        network.add_client_error("head_object", "404", http_status_code=404)
        with pytest.raises(Http404):
            deliver(rf.get("/"), bucket, "ab/y.jpg", mime_type="image/jpeg", name="y", etag="e", public=False)
