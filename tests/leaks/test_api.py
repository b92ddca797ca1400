"""The API in both versions: rows, counts, fields, parents, searches, orders and places to look in."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from .archive import GRANTED, INSIDE, RESTRICTED, SEALED
from .conftest import leaked

pytestmark = pytest.mark.django_db
VERSIONS = ("v2", "v3")
KINDS = ("pages", "images", "documents")


def total_of(answer) -> int:
    """How many rows a listing says there are."""
    found = json.loads(answer.content)
    return found["meta"]["total_count"] if "meta" in found else found["count"]


def ids_of(answer) -> set[int]:
    return {row["id"] for row in json.loads(answer.content)["items"]}


@pytest.mark.parametrize("who", ["visitor", "reader", "officer", "editor", "security"])
@pytest.mark.parametrize("version", VERSIONS)
def test_no_listing_tells_a_secret_by_word_or_number(visit, archive, who, version):
    client = visit(who)
    for kind in KINDS:
        for query in ("?limit=100", "?limit=100&fields=*"):
            answer = client.get(f"/api/{version}/{kind}/{query}")
            if answer.status_code != 200:
                assert "fields" in query, query
                continue
            assert not leaked(answer, who), (kind, query)
            assert total_of(answer) == len(json.loads(answer.content)["items"])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_search_for_a_secret_counts_nothing(visit, version):
    for kind in KINDS:
        for word in (SEALED, RESTRICTED, INSIDE):
            assert total_of(visit().get(f"/api/{version}/{kind}/", {"search": word})) == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_details_of_the_hidden_are_missing_with_and_without_all_fields(visit, archive, version):
    rows = [("pages", archive.sealed.pk), ("pages", archive.restricted.pk), ("pages", archive.closed_series.pk),
            ("images", archive.photos["sealed"].pk), ("images", archive.photos["pages_closed"].pk),
            ("documents", archive.paper.pk)]  # fmt: skip
    for kind, pk in rows:
        for query in ("", "?fields=*"):
            hidden = visit().get(f"/api/{version}/{kind}/{pk}/{query}")
            missing = visit().get(f"/api/{version}/{kind}/987654/{query}")
            assert hidden.status_code == missing.status_code
            assert hidden.status_code in (400, 404)
            assert hidden.content.replace(str(pk).encode(), b"") == missing.content.replace(b"987654", b"")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_granted_record_does_not_name_the_hidden_series_it_is_in(visit, archive, version):
    answer = visit("reader").get(
        f"/api/{version}/pages/{archive.granted.pk}/" + ("?fields=*" if version == "v2" else "")
    )
    found = json.loads(answer.content)
    assert found["title"] == archive.granted.title
    assert found["meta"].get("parent") is None
    assert not leaked(answer, "reader")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["child_of", "descendant_of"])
def test_a_hidden_place_to_look_in_is_no_place_even_with_a_grant_below_it(visit, archive, version, name):
    hidden, missing = archive.closed_series.pk, 987_654
    for who in ("visitor", "reader"):
        answers = [visit(who).get(f"/api/{version}/pages/", {name: pk}) for pk in (hidden, missing)]
        assert answers[0].status_code == answers[1].status_code == 400 or answers[0].status_code == 404
        assert GRANTED not in answers[0].content.decode()


def test_ancestors_asked_of_a_hidden_record_are_not_told(visit, archive):
    for who in ("visitor", "reader"):
        answers = [visit(who).get("/api/v2/pages/", {"ancestor_of": pk}) for pk in (archive.sealed.pk, 987_654)]
        assert answers[0].status_code == answers[1].status_code == 400
    answer = visit("reader").get("/api/v2/pages/", {"ancestor_of": archive.granted.pk})
    assert archive.closed_series.pk not in ids_of(answer)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "query",
    [
        "order=catalogue_class",
        "order=content_class",
        "order=-search_text",
        "order=random",
        "order=year,catalogue_class",
    ],
)
def test_no_order_puts_rows_by_what_is_not_shown(visit, version, query):
    """An order by a hidden column would tell of it. ``random`` is Wagtail's and tells nothing."""
    answer = visit().get(f"/api/{version}/pages/?{query}")
    assert answer.status_code in ((200,) if query == "order=random" and version == "v2" else (400, 422))


@pytest.mark.parametrize(
    "query",
    ["catalogue_class=0", "content_class=20000", "path=0001", "search_text__contains=x", "department=1", "live=true",
     "title__contains=x", "_copy=1", "fields=catalogue_class", "fields=latest_revision", "fields=owner", "fields=unit"],
)  # fmt: skip
def test_no_field_or_filter_of_the_inside_is_answered(visit, query):
    for kind in ("pages", "images"):
        answer = visit().get(f"/api/v2/{kind}/?{query}")
        assert answer.status_code in (400, 404), (kind, query)


def test_find_leads_nowhere_for_hidden_codes_and_addresses(visit, archive):
    for place in ("/api/v2/pages/find/", "/api/v3/pages/find/"):
        for asked in ({"code": archive.sealed.reference_code}, {"html_path": archive.sealed.url},
                      {"html_path": f"/fonds/{archive.fonds.slug}/{archive.closed_series.slug}/"}):  # fmt: skip
            answer = visit().get(place, asked)
            assert answer.status_code == 404
            assert "Location" not in answer.headers
    assert visit().get("/api/v2/pages/find/", {"id": archive.sealed.pk}).status_code == 404


@pytest.mark.parametrize("who", ["visitor", "reader"])
@pytest.mark.parametrize("version", VERSIONS)
def test_the_hidden_costs_as_many_queries_as_the_missing(visit, archive, who, version):
    client = visit(who)
    pairs = [(f"pages/{archive.sealed.pk}/", "pages/987654/"), (f"images/{archive.photos['sealed'].pk}/", "images/987654/"),
             (f"documents/{archive.paper.pk}/", "documents/987654/"),
             (f"pages/find/?code={archive.sealed.reference_code}", "pages/find/?code=J900-WS·2001-Y-BGS-0999"),
             (f"pages/?child_of={archive.sealed.pk}", "pages/?child_of=987654")]  # fmt: skip
    for hidden, missing in pairs:
        costs = []
        for address in (missing, hidden, missing):
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/api/{version}/{address}")
            costs.append(len(queries))
        assert costs[1] == costs[2], hidden


def test_answers_are_not_kept_for_others(visit):
    """What a signed-in reader was answered is not for a shared cache."""
    answer = visit("reader").get("/api/v2/pages/")
    assert "private" in answer.headers["Cache-Control"] or "no-store" in answer.headers["Cache-Control"]
