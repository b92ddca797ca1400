"""A public page kept in memory is never older than the database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site

from fonds.archive_pages.models import ArchivePage, FondsIndexPage, FondsPage
from fonds.site.models import HomePage

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def fonds():
    root = ArchivePage.objects.get(depth=1)
    home = root.add_child(instance=HomePage(title="档案室", slug="home-of-tests"))
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "testserver", "root_page": home})
    index = home.add_child(instance=FondsIndexPage(title="全宗", slug="fonds"))
    return index.add_child(instance=FondsPage(title="越州市工商局", reference_code="J037", opening_status="open"))


def test_the_second_visit_asks_the_database_only_whether_it_changed(client, fonds):
    assert client.get(fonds.url).status_code == 200
    asked = []
    for _visit in range(20):  # PostgreSQL counts the commits of the whole server, of another test's database too
        with CaptureQueriesContext(connection) as queries:
            again = client.get(fonds.url)
        assert "越州市工商局" in again.content.decode()
        asked.append(len(queries))
    assert min(asked) == 1


def test_a_unit_closed_by_a_bulk_statement_is_gone_at_once(client, fonds):
    assert client.get(fonds.url).status_code == 200
    ArchivePage.objects.filter(pk=fonds.pk).update(catalogue_class=2, content_class=1000)
    assert client.get(fonds.url).status_code == 404


def test_a_change_by_raw_sql_shows_at_once(client, fonds):
    client.get(fonds.url)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE archive_pages_archivepage SET title = 'new title' WHERE id = %s", [fonds.pk])
    assert "new title" in client.get(fonds.url).content.decode()


def test_languages_are_kept_apart(client, fonds):
    chinese = client.get(fonds.url, headers={"Accept-Language": "zh-hans"})
    english = client.get(fonds.url, headers={"Accept-Language": "en"})
    assert chinese.headers["Content-Language"] == "zh-hans"
    assert english.headers["Content-Language"] == "en"
    assert chinese.content != english.content


def test_signed_in_readers_are_never_answered_from_memory(client, admin_user, fonds):
    ArchivePage.objects.filter(pk=fonds.pk).update(opening_status="controlled", catalogue_class=2, content_class=1000)
    client.force_login(admin_user)
    assert client.get(fonds.url).status_code == 200
    client.logout()
    assert client.get(fonds.url).status_code == 404
