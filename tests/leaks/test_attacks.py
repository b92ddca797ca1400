"""Attacks on what one may do: forms sent for other things than they were shown for, or without their token;
rights that moved, ended or were stolen."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from fonds.access.enums import Purpose, Right
from fonds.access.grants import actions
from fonds.access.models import AccessRequest, Grant, User
from fonds.archive_pages.models import ArchivePage, ItemPage
from fonds.reading_room.models import Certificate
from fonds.reports.models import Job

pytestmark = pytest.mark.django_db


# --- Forms for other things than they were shown for ----------------------------------------------------------------


def test_the_form_of_one_page_does_not_write_another(visit, archive):
    """An editor who may edit the first record sends its form with the keys of a sealed one in every field."""
    client, sealed = visit("editor"), archive.sealed
    before = ItemPage.objects.filter(pk=sealed.pk).values().get()
    data = {
        "title": "改写", "slug": sealed.slug, "reference_code": sealed.reference_code, "date_text": "20010312", "pk": sealed.pk,
        "id": sealed.pk, "archivepage_ptr": sealed.pk, "page_ptr": sealed.pk, "path": sealed.path, "action-publish": "1",
        "catalogue_rank": 0, "content_rank": 0, "catalogue_class": 0, "content_class": 0, "owner": archive.people["editor"].pk,
        "live": "on", "scan_count": 99, "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0,
    }  # fmt: skip
    client.post(f"/admin/pages/{archive.first.pk}/edit/", data)
    assert ItemPage.objects.filter(pk=sealed.pk).values().get() == before
    assert client.post(f"/admin/pages/{sealed.pk}/edit/", data).status_code == 404
    assert client.post(f"/admin/pages/{archive.closed_series.pk}/edit/", data).status_code in (200, 302)
    assert ItemPage.objects.filter(pk=sealed.pk).values().get() == before


def test_no_form_of_a_page_takes_its_access_ranks(visit, archive):
    """Ranks are set in one place, by those who may; a field smuggled into the form of a page changes none."""
    data = {"title": archive.restricted.title, "catalogue_rank": 0, "content_rank": 0, "catalogue_class": 0,
            "content_class": 0, "closed_until": "", "department": "", "action-publish": "1"}  # fmt: skip
    visit("editor").post(f"/admin/pages/{archive.restricted.pk}/edit/", data)
    fresh = ArchivePage.objects.get(pk=archive.restricted.pk)
    assert (fresh.catalogue_rank, fresh.catalogue_class) == (4, 20_000)


@pytest.mark.parametrize("who", ["visitor", "reader", "officer", "clerk", "editor", "system"])
def test_who_may_not_set_ranks_does_not_by_any_address(visit, archive, who):
    data = {"catalogue_rank": 0, "content_rank": 0, "closed_until": "", "reason": "x", "confirm": "1"}
    answer = visit(who).post(f"/admin/archive/{archive.restricted.pk}/access/", data)
    assert answer.status_code in (302, 403, 404)
    assert ArchivePage.objects.get(pk=archive.restricted.pk).catalogue_class == 20_000


def test_a_unit_is_not_moved_to_where_or_from_where_one_may_not_know(visit, archive):
    for what, where in ((archive.sealed, archive.series), (archive.first, archive.sealed)):
        answer = visit("editor").post(f"/admin/pages/{what.pk}/move/{where.pk}/confirm/")
        assert answer.status_code == 404
    assert ArchivePage.objects.get(pk=archive.sealed.pk).path == archive.sealed.path


def test_a_request_of_another_is_neither_seen_nor_taken_back(visit, archive):
    asked = actions.ask(
        archive.people["clerk"], archive.restricted, rights=[Right.VIEW], purpose=Purpose.WORK, purpose_text="核查",
        until=archive.grant.ends_on,
    )  # fmt: skip
    for number in (asked.pk, 987_654):
        assert visit("reader").post(f"/requests/{number}/take-back/").status_code == 404
    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_asking_for_a_hidden_unit_is_asking_for_a_missing_one(visit, archive):
    data = {"rights": ["view"], "purpose": "work", "purpose_text": "x", "until": str(archive.grant.ends_on)}
    for number in (archive.sealed.pk, archive.below.pk, 987_654):
        for method in ("get", "post"):
            assert getattr(visit("reader"), method)(f"/requests/for/{number}/", data).status_code == 404
    assert not AccessRequest.objects.exists()


# --- Without the token of the form ----------------------------------------------------------------------------------


def test_no_change_without_the_token_of_its_form(visit, archive):
    """Every door of ours that changes something, as the person who may, from a page of another site."""
    manager = visit("manager", enforce_csrf_checks=True)
    asked = actions.ask(
        archive.people["clerk"], archive.restricted, rights=[Right.VIEW], purpose=Purpose.WORK, purpose_text="核查",
        until=archive.grant.ends_on,
    )  # fmt: skip
    job = Job.objects.create(kind="print_list", title="x", state="failed", started_by=archive.people["manager"])
    addresses = [
        f"/certify/{archive.first.pk}/", f"/admin/archive/{archive.first.pk}/access/",
        f"/admin/archive/{archive.first.pk}/renumber/", f"/admin/access/requests/{asked.pk}/", "/admin/access/grants/give/",
        f"/admin/access/grants/{archive.grant.pk}/", "/admin/printouts/filing-list/", "/admin/import-catalogue/",
        f"/admin/jobs/{job.pk}/again/", f"/admin/jobs/{job.pk}/cancel/", f"/admin/pages/{archive.first.pk}/unpublish/",
        f"/admin/pages/{archive.first.pk}/delete/", f"/admin/pages/{archive.first.pk}/edit/", "/requests/for/1/",
        f"/admin/bulk/archive_pages/archivepage/set_opening_status/?id={archive.first.pk}", "/account/logout/",
        f"/admin/images/{archive.photos['first'].pk}/delete/", f"/admin/documents/edit/{archive.paper.pk}/",
    ]  # fmt: skip
    for address in addresses:
        assert manager.post(address, {"reason": "x", "opening_status": "open"}).status_code in (403, 404), address
    assert Certificate.objects.count() == 0
    assert ArchivePage.objects.get(pk=archive.first.pk).live
    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_looking_changes_nothing(visit, archive):
    """What changes something answers POST alone: a picture in a mail cannot trigger it."""
    job = Job.objects.create(kind="print_list", title="x", state="failed", started_by=archive.people["manager"])
    for address in (f"/admin/jobs/{job.pk}/again/", f"/admin/jobs/{job.pk}/cancel/", "/requests/1/take-back/"):
        assert visit("manager").get(address).status_code in (404, 405), address
    assert visit("manager").get("/account/logout/").status_code in (200, 405)
    job.refresh_from_db()
    assert job.state == "failed"


# --- Rights that moved, ended or were stolen ------------------------------------------------------------------------


def test_a_grant_that_ended_ends_in_an_open_session(visit, archive, monkeypatch):
    """The reader reads; midnight passes; the next click, the next tile and the next byte are refused."""
    client = visit("reader")
    addresses = [archive.granted.url, f"/files/scans/{archive.scans['granted'].pk}/preview.jpg",
                 archive.photos["granted"].get_rendition("fill-160x120").url]  # fmt: skip
    assert [client.get(address).status_code for address in addresses] == [200, 200, 200]
    monkeypatch.setattr(timezone, "localdate", lambda *_args, **_more: archive.grant.ends_on + dt.timedelta(days=1))
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]


def test_a_grant_withdrawn_ends_with_the_next_click(visit, archive):
    client = visit("reader")
    assert client.get(archive.granted.url).status_code == 200
    actions.withdraw(archive.grant, archive.people["manager"], reason="到期前收回")
    assert client.get(archive.granted.url).status_code == 404


def test_a_grant_for_a_series_does_not_open_what_is_sealed_in_it(visit, archive):
    Grant.objects.filter(pk=archive.grant.pk).update(unit=archive.fonds.archivepage_ptr, copy=True, print=True)
    client = visit("reader")
    assert client.get(archive.restricted.url).status_code == 200
    assert client.get(archive.below.url).status_code == 200
    assert client.get(archive.sealed.url).status_code == 404
    assert client.get(f"/files/scans/{archive.scans['sealed'].pk}/original").status_code == 404
    assert client.get(archive.photos["sealed"].file.url).status_code == 404


def test_a_grant_for_a_neighbour_whose_path_begins_alike_opens_nothing(visit, archive):
    """Paths are compared step by step: 0001 is not above 00010002's namesake in another place."""
    later = archive.fonds.add_child(
        instance=type(archive.series)(
            title="邻卷", reference_code="J900-WS·2009", opening_status="open", catalogue_rank=4
        )
    )
    Grant.objects.filter(pk=archive.grant.pk).update(unit=archive.series.archivepage_ptr)
    assert later.path[:-1] == archive.series.path[:-1]
    assert visit("reader").get(later.url).status_code == 404
    assert visit("reader").get(archive.restricted.url).status_code == 200


def test_a_cookie_stolen_before_sign_out_opens_no_granted_record(visit, archive):
    owner = Client()
    owner.post("/account/login/", {"login": "reader", "password": "a long password"})
    thief = Client()
    thief.cookies["sessionid"] = owner.cookies["sessionid"].value
    assert thief.get(archive.granted.url).status_code == 200
    owner.post("/account/logout/")
    for address in (archive.granted.url, archive.photos["granted"].file.url, f"/api/v2/pages/{archive.granted.pk}/"):
        assert thief.get(address).status_code == 404, address


def test_somebody_made_inactive_reads_no_further(visit, archive):
    client = visit("reader")
    User.objects.filter(pk=archive.people["reader"].pk).update(is_active=False)  # past every signal
    for address in (archive.granted.url, f"/files/scans/{archive.scans['granted'].pk}/preview.jpg"):
        assert client.get(address).status_code == 404
