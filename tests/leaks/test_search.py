"""A hit count, a facet, a snippet or a thumbnail is content too: the search tells of nothing the reader may not see."""

import re
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from .archive import GRANTED, KNOWN, SECRETS
from .conftest import LIMITED, everything_of, leaked

pytestmark = pytest.mark.django_db
NONSENSE = "无此词也"


@pytest.mark.parametrize("who", LIMITED)
def test_a_word_of_a_hidden_record_finds_what_nonsense_finds(visit, who):
    client = visit(who)
    nothing = page_without(client.get("/search/", {"q": NONSENSE}), NONSENSE)
    for word in SECRETS[who]:
        answer = client.get("/search/", {"q": word})
        assert answer.context["found"].count == 0
        assert page_without(answer, word) == nothing


def page_without(answer, word: str) -> str:
    """The page without the words that were typed and the tokens of its forms."""
    text = answer.content.decode()
    for spelled in (word, quote(word), quote(quote(word)), quote(quote(quote(word)))):
        text = text.replace(spelled, "")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


@pytest.mark.parametrize("who", LIMITED)
def test_a_search_for_all_shows_and_counts_what_one_may_know(visit, who):
    answer = visit(who).get("/search/", {"q": "关于"})
    assert not leaked(answer, who)
    assert answer.context["found"].count == len(answer.context["hits"]) == KNOWN[who]
    assert answer.context["listing"].last == 1


@pytest.mark.parametrize("who", ["visitor", "officer", "system"])
def test_facets_hold_no_value_that_only_hidden_records_have(visit, who):
    facets = {facet.name: facet for facet in visit(who).get("/search/", {"q": "关于"}).context["found"].facets}
    assert {value.value for value in facets["year"].values} == {"2001"}
    assert "department" not in facets  # only the hidden record of another department has one
    assert sum(value.count for value in facets["scans"].values) == 3


@pytest.mark.parametrize("who", ["visitor", "reader", "officer"])
@pytest.mark.parametrize("narrow", [{"year": "1931"}, {"year": "1932"}, {"department": "QYK"}, {"status": "open"}])
def test_a_filter_finds_no_hidden_record(visit, who, narrow):
    answer = visit(who).get("/search/", {"q": "关于", **narrow})
    assert answer.context["found"].count == (3 if "status" in narrow else 0)
    assert not leaked(answer, who)


def test_the_fonds_filter_tells_nothing_of_a_hidden_unit_above_what_was_granted(visit, archive):
    """The reader has one record of a series he may not know of: guessing the code of the series finds nothing."""
    client = visit("reader")
    for code in (archive.closed_series.reference_code, "J900-WS·2003"):
        assert client.get("/search/", {"q": GRANTED, "fonds": code}).context["found"].count == 0
    assert client.get("/search/", {"q": GRANTED, "fonds": "J900"}).context["found"].count == 1


@pytest.mark.parametrize("who", ["visitor", "reader", "officer", "clerk"])
def test_a_hidden_code_costs_as_many_queries_as_a_missing_one(visit, archive, who):
    client, missing = visit(who), "J900-WS·2001-Y-BGS-0099"
    for name in ("q", "fonds"):
        costs = []
        for code in (missing, archive.sealed.reference_code, missing):
            with CaptureQueriesContext(connection) as queries:
                assert client.get("/search/", {name: code}).context["found"].count == 0
            costs.append(len(queries))
        assert costs[1] == costs[2], name


def test_no_small_picture_of_pages_one_may_not_see(visit, archive):
    """Whoever may see the entry and not the pages gets the entry without a picture."""
    hidden = {
        archive.photos["pages_closed"].get_rendition("fill-160x120").url,
        f"/files/scans/{archive.scans['pages_closed'].pk}/thumbnail.jpg",
    }
    for who in ("visitor", "reader", "officer", "security"):
        text = everything_of(visit(who).get("/search/", {"q": "整顿市场"}))
        assert "J900-WS·2001-Y-BGS-0003" in text
        assert not [address for address in hidden if address in text], who
