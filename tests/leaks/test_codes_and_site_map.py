"""The permanent address ``/r/<code>/`` of present and former codes, the site map, and what search engines read."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from fonds.archive_pages.models import ArchivePage, CodeRecord
from fonds.site.sitemaps import OpenPages

from .conftest import everything_of, leaked

pytestmark = pytest.mark.django_db
MISSING = "J900-WS·2001-Y-BGS-0999"


@pytest.fixture
def former(archive) -> str:
    """A code that the sealed record bore before."""
    CodeRecord.objects.create(code="J900-WS·1999-Y-BGS-0001", page=archive.sealed.archivepage_ptr, is_current=False)
    return "J900-WS·1999-Y-BGS-0001"


@pytest.mark.parametrize("who", ["visitor", "reader", "officer", "clerk", "editor", "security", "system"])
def test_codes_of_hidden_records_present_and_former_lead_nowhere(visit, archive, former, who):
    client = visit(who)
    missing = client.get(f"/r/{MISSING}/")
    for code in (archive.sealed.reference_code, former, archive.sealed.reference_code.replace("·", ".")):
        answer = client.get(f"/r/{code}/")
        assert answer.status_code == missing.status_code == 404
        assert "Location" not in answer.headers
        assert not leaked(answer, who)


def test_the_code_of_a_draft_leads_nowhere_for_readers(visit, archive):
    for who in ("visitor", "reader", "officer"):
        assert visit(who).get(f"/r/{archive.draft.reference_code}/").status_code == 404


@pytest.mark.parametrize("who", ["visitor", "reader", "officer", "clerk", "system"])
def test_a_hidden_code_costs_as_many_queries_as_a_missing_one(visit, archive, former, who):
    client, costs = visit(who), []
    for code in (MISSING, archive.sealed.reference_code, former, MISSING):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/r/{code}/")
        costs.append(len(queries))
    assert costs[1] == costs[2] == costs[3]


@pytest.mark.parametrize("who", ["visitor", "manager"])
def test_the_site_map_holds_open_pages_whoever_asks(visit, archive, who):
    """It is kept by strangers: a manager who looks at it gets no more than a visitor."""
    client = visit(who)
    texts = everything_of(client.get("/sitemap.xml")) + everything_of(client.get("/sitemap-pages.xml"))
    hidden = ("sealed", "restricted", "draft", "others", "closed_series", "below", "granted")
    for name in hidden:
        assert getattr(archive, name).slug not in texts
    assert archive.first.url in texts
    assert archive.pages_closed.url in texts


def test_the_dates_of_the_site_map_are_those_of_open_pages(archive):
    """When somebody last worked on a hidden record is not to be read from the newest date."""
    from django.utils import timezone

    ArchivePage.objects.filter(pk=archive.sealed.pk).update(last_published_at=timezone.now())
    ArchivePage.objects.exclude(pk=archive.sealed.pk).update(last_published_at=None)
    assert OpenPages().get_latest_lastmod() is None


def test_robots_are_told_no_name_of_the_archive(visit):
    answer = visit().get("/robots.txt")
    assert answer.status_code == 200
    assert "J900" not in everything_of(answer)


def test_the_only_feed_tells_of_what_is_public_whoever_asks(visit):
    """Whoever adds another meets this test and thinks of what it would tell."""
    for address in ("/feed/", "/rss/", "/atom.xml", "/fonds/feed/"):
        assert visit().get(address).status_code == 404
    told = everything_of(visit().get("/feed.xml"))
    assert "市场旧事" in told
    for who in ("visitor", "manager"):
        assert not leaked(visit(who).get("/feed.xml"), "visitor")
    assert "application/rss+xml" not in everything_of(visit().get("/"))


def test_a_request_without_user_is_a_visitor(archive):
    """What is made outside a session (a site map, a mail) is made for nobody in particular."""
    from fonds.access.decisions import may
    from fonds.access.enums import Right

    assert RequestFactory().get("/").path == "/"
    for nobody in (None, AnonymousUser()):
        assert not may(nobody, Right.CATALOGUE, archive.restricted)
        assert may(nobody, Right.CATALOGUE, archive.first)
