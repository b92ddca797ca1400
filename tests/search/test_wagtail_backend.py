"""The admin's boxes, choosers and lists find Chinese; Wagtail's own index holds nothing."""

import pytest
from django.urls import reverse
from modelsearch.query import MATCH_ALL
from wagtail.documents import get_document_model
from wagtail.search.backends import get_search_backend
from wagtail.search.models import IndexEntry

from fonds.archive_pages.finding import find_by_words
from fonds.archive_pages.models import ArchivePage, ItemPage
from fonds.collections.models import ArchiveDocument
from fonds.search.wagtail_backend import SearchBackend

pytestmark = pytest.mark.django_db


def test_pages_are_found_by_any_fragment(archive):
    backend = get_search_backend()
    assert isinstance(backend, SearchBackend)
    assert [page.pk for page in backend.search("王建国", ItemPage)] == [archive.first.pk]
    assert [page.pk for page in backend.autocomplete("工商 2008", ArchivePage.objects.live())] == [archive.first.pk]
    assert list(backend.search("没有这个词", ArchivePage)) == []
    assert [page.pk for page in ItemPage.objects.search("表彰", order_by="-title")] == [archive.third.pk]


def test_results_are_counted_and_cut_like_a_query_set(archive):
    results = get_search_backend().search("关于", ArchivePage)
    assert results.count() == 2
    assert len(results[:1]) == 1
    assert results[1].pk == archive.third.pk
    assert results[1:].count() == 1
    assert get_search_backend().search(MATCH_ALL, ItemPage).count() == 3


def test_a_draft_is_found_by_its_new_title_by_those_who_write_it_only(archive):
    from django.contrib.auth.models import AnonymousUser

    from fonds.search.find import find_units

    item = ItemPage.objects.get(pk=archive.third.pk)
    item.title = "尚未公布的题名"
    item.save_revision()
    assert [page.pk for page in find_by_words(ArchivePage.objects.all(), "尚未公布", drafts=True)] == [item.pk]
    assert not get_search_backend().search("尚未公布", ArchivePage)
    for query in ("尚未公布", "尚未", "未公", "尚"):
        assert find_units(query, AnonymousUser()).count == 0


def test_other_things_are_found_by_their_texts(archive):
    document = ArchiveDocument.objects.create(title="保密制度全文", file="documents/a.txt")
    assert list(get_search_backend().search("制度", get_document_model())) == [document]
    assert list(get_search_backend().search("制度 全文", get_document_model())) == [document]
    assert list(get_search_backend().search("制度 没有", get_document_model())) == []


def test_the_explorer_the_chooser_and_the_search_of_the_admin_find_fragments(archive, staff, client):
    client.force_login(staff)
    for address, data in [
        (reverse("wagtailadmin_explore", args=[archive.fonds.pk]), {"q": "建国"}),
        (reverse("wagtailadmin_pages:search"), {"q": "建国"}),
        (reverse("wagtailadmin_choose_page_search"), {"q": "建国"}),
    ]:
        body = client.get(address, data).content.decode()
        assert archive.first.title in body, address
        assert archive.third.title not in body, address


def test_wagtails_own_index_stays_empty(archive, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        archive.add_item(7)
    assert IndexEntry.objects.count() == 0
