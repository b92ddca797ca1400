"""What surrounds every public page: navigation, language, headers, errors, site map."""

import pytest
from django.db import connection
from django.template.loader import get_template
from django.test import Client

from fonds.archive_pages.models import ArchivePage
from fonds.site.sitemaps import OpenPages

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_home_begins_with_the_search_box(client, archive):
    text = client.get("/").content.decode()
    assert text.index('id="search-words"') < text.index("如何查档")
    assert "越州市数字档案室" in text
    assert "周一至周五" in text
    assert "Monday to Friday" in client.get("/", headers={"accept-language": "en"}).content.decode()


def test_home_and_navigation_hide_what_is_not_open(client, archive):
    assert 'href="/fonds/"' in client.get("/search/").content.decode()
    ArchivePage.objects.filter(pk__in=[archive.index.pk, archive.fonds.pk]).update(
        catalogue_class=2, content_class=1000
    )
    text = client.get("/").content.decode()
    assert archive.fonds.title not in text
    assert 'href="/fonds/"' not in client.get("/search/").content.decode()


def test_the_language_is_switched_by_a_plain_form(archive):
    client = Client(enforce_csrf_checks=True)
    assert '<html lang="zh-hans">' in client.get("/").content.decode()
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/fonds/"})
    assert answer.headers["Location"] == "/fonds/"
    assert '<html lang="en">' in client.get("/").content.decode()
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "https://elsewhere.example/"})
    assert "elsewhere" not in answer.headers["Location"]


def test_public_pages_set_no_cookie_and_carry_a_strict_policy(client, archive):
    for address in ("/", archive.first.url, "/search/?q=x", "/nothing/"):
        answer = client.get(address)
        assert not answer.cookies, address
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'self'" in policy
    assert "Content-Security-Policy" not in client.get("/admin/login/").headers


@pytest.mark.parametrize("name", ["/nothing/", "/fonds/nothing/", "/r/none/", "/search/none/"])
def test_a_missing_page_says_what_to_do_next(client, archive, name):
    answer = client.get(name)
    assert answer.status_code == 404
    assert "返回首页" in answer.content.decode()


def test_the_error_page_needs_neither_request_nor_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        text = get_template("500.html").render()
    assert "Fonds" in text
    assert connection.queries_log is not None


def test_a_failing_form_check_gets_the_site_s_own_page(archive):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/account/login/", {"login": "x"})
    assert answer.status_code == 403
    assert "您的账号不能进行此项操作" in answer.content.decode()


def test_the_site_map_holds_open_pages_only(client, archive, staff, django_assert_max_num_queries):
    client.force_login(staff)
    index = client.get("/sitemap.xml").content.decode()
    assert "sitemap-pages.xml" in index
    client.get("/sitemap-pages.xml")
    with django_assert_max_num_queries(5):
        text = client.get("/sitemap-pages.xml").content.decode()
    assert archive.first.url.rstrip("/").split("/")[-1] in text
    assert archive.closed.slug not in text
    assert client.get("/sitemap-pages.xml?p=99").status_code == 404


def test_the_site_map_comes_in_parts(client, archive, monkeypatch):
    monkeypatch.setattr(OpenPages, "limit", 2)
    assert "sitemap-pages.xml?p=2" in client.get("/sitemap.xml").content.decode()
    assert client.get("/sitemap-pages.xml?p=2").content.decode().count("<url>") == 2


def test_robots_may_not_read_searches_and_files(client, archive):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /search/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text
