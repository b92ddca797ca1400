"""The working place under /admin/: whoever has limited rights works there without learning of what is beyond them."""

import json

import pytest

from fonds.archive_pages.models import ArchivePage, FondsPage, ItemPage

from .archive import DRAFT, RESTRICTED, SEALED
from .conftest import everything_of, leaked

pytestmark = pytest.mark.django_db
STAFF = ["clerk", "editor", "security", "system"]
BULK = ["publish", "unpublish", "move", "delete", "set_opening_status", "set_ranks"]


def listed(archive) -> list[str]:
    """Where pages, pictures and documents are listed, searched for and chosen."""
    series = archive.series.pk
    return [
        "/admin/", "/admin/pages/", f"/admin/pages/{series}/", f"/admin/pages/{archive.fonds.pk}/",
        f"/admin/pages/{series}/?q=关于", f"/admin/pages/search/?q={SEALED}", "/admin/pages/search/?q=关于",
        "/admin/pages/search/results/?q=J900", f"/admin/choose-page/{series}/", f"/admin/choose-page/search/?q={SEALED}",
        "/admin/choose-page/search/?q=J900&page_type=archive_pages.itempage",
        f"/admin/choose-page/?page_type=archive_pages.itempage&q={RESTRICTED}",
        "/admin/images/", f"/admin/images/?q={SEALED}", "/admin/images/chooser/", f"/admin/images/chooser/results/?q={SEALED}",
        "/admin/documents/", "/admin/documents/chooser/", "/admin/printouts/", "/admin/jobs/",
        f"/admin/api/main/pages/?child_of={series}&fields=*", f"/admin/api/main/pages/?search={SEALED}",
        "/admin/api/main/images/?fields=*", "/admin/api/main/documents/?fields=*",
        "/admin/reports/site-history/", "/admin/reports/aging-pages/", "/admin/reports/locked/",
        "/admin/reports/workflow/", "/admin/reports/workflow_tasks/", "/admin/reports/aging-pages/?export=csv",
        f"/admin/tag-autocomplete/?term={SEALED[:1]}",
    ]  # fmt: skip


@pytest.mark.parametrize("who", STAFF)
def test_lists_searches_choosers_and_reports_hold_no_secret(visit, archive, who):
    archive.sealed.save_revision()
    client = visit(who)
    found = {}
    for address in listed(archive):
        answer = client.get(address)
        assert answer.status_code < 500, address
        if words := leaked(answer, who) - {DRAFT} if "q=" not in address else set():
            found[address] = words
    assert not found


@pytest.mark.parametrize("who", ["clerk", "editor", "security"])
def test_no_view_of_a_hidden_page_opens(visit, archive, who):
    archive.sealed.save_revision()
    sealed = ArchivePage.objects.get(pk=archive.sealed.pk)
    pages, client = f"/admin/pages/{sealed.pk}", visit(who)
    for address in (
        f"{pages}/edit/", f"{pages}/", f"{pages}/view_draft/", f"{pages}/history/", f"{pages}/usage/", f"{pages}/delete/",
        f"{pages}/move/", f"{pages}/unpublish/", f"{pages}/edit/preview/", f"{pages}/workflow/status/",
        f"{pages}/revisions/{sealed.latest_revision_id}/view/", f"{pages}/revisions/compare/live...earliest/",
        f"/admin/api/main/pages/{sealed.pk}/?fields=*", f"/admin/images/{archive.photos['sealed'].pk}/",
        f"/admin/images/{archive.photos['sealed'].pk}/generate_url/max-100x100/",
        f"/admin/images/{archive.photos['sealed'].pk}/preview/max-100x100/",
        f"/admin/images/usage/{archive.photos['sealed'].pk}/", f"/admin/archive/{sealed.pk}/renumber/",
    ):  # fmt: skip
        for method in ("get", "post"):
            answer = getattr(client, method)(address)
            assert answer.status_code in (302, 403, 404), (method, address)
            assert not leaked(answer, who), address


@pytest.mark.parametrize("who", ["editor", "security", "clerk"])
@pytest.mark.parametrize("action", BULK)
def test_a_bulk_action_on_all_of_a_listing_leaves_out_the_hidden(visit, archive, who, action):
    """Neither by name nor by number: «one is left out» would say that there is one."""
    address = f"/admin/bulk/archive_pages/archivepage/{action}/?id=all&childOf={archive.series.pk}&next=/admin/"
    answer = visit(who).get(address)
    assert not leaked(answer, who)
    if answer.status_code == 200:
        named = ("items", "items_with_no_access", "items_with_no_access_parent", "pages_without_destination_access")
        shown = [each for name in named if name in answer.context for each in answer.context[name]]
        pages = [each["item"] if isinstance(each, dict) else each for each in shown]
        assert archive.sealed.pk not in {page.pk for page in pages}


@pytest.mark.parametrize("action", ["set_opening_status", "set_ranks"])
def test_a_bulk_action_does_not_change_what_one_may_not_know(visit, archive, action):
    before = ItemPage.objects.get(pk=archive.sealed.pk)
    data = {"opening_status": "controlled", "catalogue_rank": 0, "content_rank": 0, "reason": "x", "closed_until": ""}
    for query in (f"id={archive.sealed.pk}", f"id=all&childOf={archive.series.pk}"):
        visit("editor").post(f"/admin/bulk/archive_pages/archivepage/{action}/?{query}&next=/admin/", data)
    after = ItemPage.objects.get(pk=archive.sealed.pk)
    assert (after.opening_status, after.catalogue_rank) == (before.opening_status, before.catalogue_rank)


@pytest.mark.parametrize("who", ["editor", "clerk"])
def test_the_check_of_a_form_names_no_hidden_double(visit, archive, who):
    """Title and date, or the document number, of a sealed record are typed by chance: no word of the record comes back."""
    asked = {"parent": archive.series.pk, "level": "item", "title": archive.sealed.title, "date_text": "20010312",
             "document_number": archive.sealed.document_number}  # fmt: skip
    answer = visit(who).get("/admin/archive/check/", asked)
    if answer.status_code == 200:
        assert json.loads(answer.content)["doubles"] == []
        assert not json.loads(answer.content)["warning"]
    assert archive.sealed.reference_code not in everything_of(answer)
    known = visit("manager").get("/admin/archive/check/", asked)
    assert [double["code"] for double in json.loads(known.content)["doubles"]] == [archive.sealed.reference_code]


def test_a_picture_is_not_taken_over_by_naming_it_in_a_form(visit, archive):
    """An editor who writes the number of a hidden photograph or page into a form of his gets neither shown."""
    secret = archive.photos["sealed"].pk
    for address in (f"/admin/images/chooser/{secret}/", f"/admin/images/chooser/{secret}/select_format/",
                    f"/admin/images/chooser/chosen-multiple/?id={secret}",
                    f"/admin/choose-page/chosen-multiple/?id={archive.sealed.pk}"):  # fmt: skip
        answer = visit("editor").get(address)
        assert answer.status_code in (302, 403, 404), address
        assert not leaked(answer, "editor")


def test_tags_are_proposed_from_what_one_may_see(visit, archive):
    """The vocabulary of hidden photographs is theirs; that of the others serves everybody who works here."""
    for who, seen in (("system", False), ("clerk", False), ("manager", True)):
        for place in ("", "taggit/tag/"):
            proposed = visit(who).get(f"/admin/tag-autocomplete/{place}?term={RESTRICTED[:2]}")
            assert json.loads(proposed.content) == ([RESTRICTED] if seen else [])
    assert json.loads(visit("clerk").get("/admin/tag-autocomplete/?term=公开").content) == ["公开正文"]
    assert visit("reader").get("/admin/tag-autocomplete/?term=公开").status_code == 302


def test_the_form_of_an_import_offers_no_hidden_fonds(visit, archive):
    FondsPage.objects.filter(pk=archive.fonds.pk).update(catalogue_class=30_000)
    answer = visit("editor").get("/admin/import-catalogue/")
    assert answer.status_code == 200
    assert archive.fonds.title not in everything_of(answer)
