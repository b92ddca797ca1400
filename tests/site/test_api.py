"""The API for programs: the rows, counts and searches of what the caller may see, and no field beyond the public page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fonds.archive_pages.standing import refresh_standing
from fonds.collections.models import ArchiveDocument, ArchiveImage

from .matrix_data import jpeg

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PAGES = ["/api/v2/pages/", "/api/v3/pages/"]
HIDDEN_FIELDS = {
    "owner", "search_text", "catalogue_class", "content_class", "catalogue_rank", "content_rank", "opening_status",
    "secrecy", "draft_title", "locked_by", "latest_revision", "closed_until", "owner_department", "scan_count",
}  # fmt: skip


def total(body: dict) -> int:
    """How many rows a listing says it has, in either version."""
    return body["meta"]["total_count"] if "items" in body and "meta" in body else body["count"]


def titles(client: Client, address: str) -> set[str]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return {item["title"] for item in answer.json()["items"]}


@pytest.fixture
def keeper_client(archive, staff):
    client = Client()
    client.force_login(staff)
    return client


@pytest.mark.parametrize("address", PAGES)
def test_pages_of_the_visitor_and_of_the_staff(archive, client, keeper_client, address):
    assert archive.closed.title not in titles(client, address)
    assert archive.first.title in titles(client, address)
    assert archive.closed.title in titles(keeper_client, address)
    assert total(client.get(address).json()) + 1 == total(keeper_client.get(address).json())


@pytest.mark.parametrize("address", PAGES)
def test_a_hidden_page_is_answered_as_a_missing_one(archive, client, address, django_assert_num_queries):
    hidden, missing = f"{address}{archive.closed.pk}/", f"{address}987654/"
    client.get(missing)
    answers = []
    for each in (hidden, missing):
        with django_assert_num_queries(answer_queries(client, missing)):
            answers.append(client.get(each))
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def answer_queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        client.get(address)
    return len(found)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(
    "query",
    [
        "child_of={series}",
        "descendant_of={fonds}",
        "search=人事",
        "level=item",
        "year=2008",
        "order=-title",
        "limit=100",
    ],
)
def test_no_filter_tells_of_a_hidden_page(archive, client, address, query):
    query = query.format(series=archive.series.pk, fonds=archive.fonds.pk)
    body = client.get(f"{address}?{query}").json()
    assert archive.closed.title not in {item["title"] for item in body["items"]}
    assert total(body) == len(body["items"])


@pytest.mark.parametrize("name", ["child_of", "descendant_of"])
@pytest.mark.parametrize("address", PAGES)
def test_a_hidden_place_to_look_in_is_no_place(archive, client, address, name):
    hidden = client.get(f"{address}?{name}={archive.closed.pk}")
    missing = client.get(f"{address}?{name}=987654")
    assert hidden.status_code == missing.status_code == 400
    assert hidden.content == missing.content


@pytest.mark.parametrize("name", sorted(HIDDEN_FIELDS - {"opening_status"}))
def test_hidden_fields_are_neither_shown_nor_filtered_nor_sorted_by(archive, client, name):
    shown = client.get(f"/api/v2/pages/{archive.first.pk}/?fields=*").json()
    assert name not in shown
    assert name not in shown["meta"]
    assert client.get(f"/api/v2/pages/?{name}=1").status_code == 400
    assert client.get(f"/api/v2/pages/?order={name}").status_code == 400
    assert client.get(f"/api/v2/pages/?fields={name}").status_code == 400
    body = client.get(f"/api/v3/pages/{archive.first.pk}/").json()
    assert name not in body
    assert name not in body["meta"]
    everything = total(client.get("/api/v3/pages/").json())
    assert total(client.get(f"/api/v3/pages/?{name}=1").json()) == everything  # not looked at


def test_an_unpublished_title_is_not_found(archive, client):
    archive.first.title = "not yet published"
    archive.first.save_revision()
    for address in PAGES:
        assert titles(client, f"{address}?search=not+yet") == set()


@pytest.mark.parametrize("address", [f"{start}find/" for start in PAGES])
def test_a_page_is_found_by_its_code_and_its_address(archive, client, address):
    found = client.get(f"{address}?code={archive.first.reference_code}", follow=True)
    assert found.json()["id"] == archive.first.pk
    path = archive.first.url_path.removeprefix(archive.home.url_path)
    assert client.get(f"{address}?html_path={path}", follow=True).json()["id"] == archive.first.pk
    hidden = client.get(f"{address}?code={archive.closed.reference_code}")
    missing = client.get(f"{address}?code=J037-XX")
    assert hidden.status_code == missing.status_code == 404
    hidden_path = archive.closed.url_path.removeprefix(archive.home.url_path)
    assert client.get(f"{address}?html_path={hidden_path}").status_code == 404


@pytest.mark.parametrize("kind", ["images", "documents"])
@pytest.mark.parametrize("version", ["v2", "v3"])
def test_pictures_and_documents_of_the_visitor(archive, client, keeper_client, version, kind):
    rows = {status: add(kind, status, archive) for status in ("open", "unreviewed")}
    address = f"/api/{version}/{kind}/"
    assert titles(client, address) == {rows["open"].title}
    assert len(titles(keeper_client, address)) == 2
    assert client.get(f"{address}{rows['open'].pk}/").status_code == 200
    assert client.get(f"{address}{rows['unreviewed'].pk}/").status_code == 404
    assert titles(client, f"{address}?search=unreviewed") == set()


def add(kind: str, status: str, archive):
    model = ArchiveImage if kind == "images" else ArchiveDocument
    suffix, data = ("jpg", jpeg(len(status))) if kind == "images" else ("txt", status.encode())
    return model.objects.create(
        title=f"{kind} {status}", opening_status=status, file=SimpleUploadedFile(f"{status}.{suffix}", data)
    )


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", [*PAGES, "/api/v2/images/", "/api/v3/images/", "/api/v3/documents/"])
def test_it_is_read_only(archive, keeper_client, address, method):
    answer = getattr(keeper_client, method)(address, {}, content_type="application/json")
    assert answer.status_code in (403, 405)


@pytest.mark.parametrize(
    ("address", "most"),
    [("/api/v2/pages/?limit=20", 6), ("/api/v3/pages/?limit=20", 6), ("/api/v2/images/", 6), ("/api/v3/documents/", 6)],
)
def test_a_listing_costs_the_same_for_any_number_of_rows(archive, client, address, most, django_assert_max_num_queries):
    client.get(address)
    few = answer_queries(client, address)
    for number in range(10, 22):
        archive.add_item(number)
    refresh_standing(archive.home.path)
    with django_assert_max_num_queries(most):
        client.get(address)
    assert answer_queries(client, address) == few


@pytest.mark.parametrize("query", ["limit=0", "limit=9999", "offset=-1", "child_of=9999999999999999999", "year=x",
                                   "order=1", "search=%00", "reference_code=%00"])  # fmt: skip
@pytest.mark.parametrize("address", PAGES)
def test_nonsense_is_refused_in_words(archive, client, address, query):
    assert client.get(f"{address}?{query}").status_code in (200, 400, 422)
