"""Setting ranks: by whom, what it does, what it shows before; opening by date; the marks a networked archive refuses."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry

from fonds.access import roles
from fonds.access.decisions import may
from fonds.access.enums import Rank, Right
from fonds.access.models import User
from fonds.archive_pages import middleware, ranks, standing
from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.secrecy import check_content, check_mark
from fonds.audit.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(archive):
    call_command("sync_roles", verbosity=0)

    def person(role: str) -> User:
        user = User.objects.create_user(role[:20].replace(" ", ""), password="x")
        user.groups.add(Group.objects.get(name=role))
        return user

    return person


@pytest.fixture
def moved_clock(monkeypatch):
    """``moved_clock(days)``: from now on it is so many days later."""
    real = timezone.now

    def move(days: int) -> dt.date:
        monkeypatch.setattr("django.utils.timezone.now", lambda: real() + dt.timedelta(days=days))
        return timezone.localdate()

    return move


def setting(**values) -> dict:
    return {
        "catalogue_rank": Rank.PUBLIC,
        "content_rank": Rank.PUBLIC,
        "closed_until": None,
        "reason": "测试",
        **values,
    }


def class_ranks(unit) -> tuple:
    unit.refresh_from_db()
    return ranks.rank_of(unit.catalogue_class), ranks.rank_of(unit.content_class)


def test_a_series_is_restricted_with_all_below_and_the_stricter_wins(archive, person):
    manager = person(roles.MANAGER)
    ranks.set_ranks(archive.first, user=manager, **setting(content_rank=Rank.RESTRICTED))
    ranks.set_ranks(archive.series, user=manager, **setting(catalogue_rank=Rank.READER, content_rank=Rank.STAFF))
    assert class_ranks(archive.first) == (Rank.READER, Rank.RESTRICTED)
    assert class_ranks(archive.third) == (Rank.READER, Rank.STAFF)
    ranks.set_ranks(archive.series, user=manager, **setting())
    assert class_ranks(archive.first) == (Rank.PUBLIC, Rank.RESTRICTED)
    assert class_ranks(archive.third) == (Rank.PUBLIC, Rank.PUBLIC)


def test_the_log_and_the_event_tell_before_and_after(archive, person):
    manager = person(roles.MANAGER)
    ranks.set_ranks(archive.first, user=manager, **setting(content_rank=Rank.SEALED))
    entry = PageLogEntry.objects.get(page=archive.first.pk, action=ranks.SET_RANKS)
    assert "测试" in entry.message
    event = Event.objects.get(action=ranks.SET_RANKS)
    assert (event.before, event.after) == ({"content_rank": "public"}, {"content_rank": "sealed"})
    assert event.detail["reason"] == "测试"
    assert event.actor_id == manager.pk


def test_who_sets_ranks(archive, person):
    for role in (roles.EDITOR, roles.CLERK, roles.READER, roles.SYSTEM_ADMIN):
        with pytest.raises(PermissionDenied):
            ranks.set_ranks(archive.first, user=person(role), **setting(content_rank=Rank.STAFF))
    security = person(roles.SECURITY_ADMIN)
    ranks.set_ranks(archive.first, user=security, **setting(content_rank=Rank.STAFF))
    ranks.set_ranks(archive.third, user=person(roles.MANAGER), **setting(catalogue_rank=Rank.SEALED))
    archive.third.refresh_from_db()
    with pytest.raises(Http404):
        ranks.set_ranks(archive.third, user=security, **setting())


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"closed_until": -1}, "closed_until"),
        ({"closed_until": 365 * 300}, "closed_until"),
    ],
)
def test_faulty_values_change_nothing(archive, person, values, field):
    if "closed_until" in values:
        values = {"closed_until": timezone.localdate() + dt.timedelta(days=values["closed_until"])}
    with pytest.raises(ValidationError) as caught:
        ranks.set_ranks(archive.first, user=person(roles.MANAGER), **setting(content_rank=Rank.SEALED, **values))
    assert list(caught.value.message_dict) == [field]
    assert class_ranks(archive.first) == (Rank.PUBLIC, Rank.PUBLIC)


def test_the_preview_tells_what_the_change_then_does(archive, person):
    manager = person(roles.MANAGER)
    wanted = {"catalogue_rank": Rank.READER, "content_rank": Rank.RESTRICTED, "closed_until": None}
    changes = {change.rank: change for change in ranks.preview_ranks(archive.series, manager, **wanted)}
    assert class_ranks(archive.first) == (Rank.PUBLIC, Rank.PUBLIC)
    assert (changes[Rank.PUBLIC].entries_before, changes[Rank.PUBLIC].entries_after) == (3, 0)
    assert changes[Rank.RESTRICTED].pages_after == 4
    ranks.set_ranks(archive.series, user=manager, reason="x", **wanted)
    after = {change.rank: change for change in ranks.preview_ranks(archive.series, manager, **wanted)}
    for rank, change in after.items():
        assert (change.entries_before, change.pages_before) == (changes[rank].entries_after, changes[rank].pages_after)
        assert not change.changes


def test_the_preview_counts_no_unit_that_its_reader_may_not_know_of(archive, person):
    ranks.set_ranks(archive.first, user=person(roles.MANAGER), **setting(catalogue_rank=Rank.SEALED))
    wanted = {"catalogue_rank": Rank.READER, "content_rank": Rank.READER, "closed_until": None}
    changes = ranks.preview_ranks(archive.series, person(roles.SECURITY_ADMIN), **wanted)
    seen = {change.rank: (change.entries_before, change.entries_after) for change in changes}
    assert seen[Rank.SEALED] == (0, 0)
    assert sum(before for before, _after in seen.values()) == sum(after for _before, after in seen.values()) == 3


def test_several_units_all_or_none(archive, person):
    security = person(roles.SECURITY_ADMIN)
    ranks.set_ranks(archive.third, user=person(roles.MANAGER), **setting(catalogue_rank=Rank.SEALED))
    with pytest.raises(Http404):
        ranks.set_ranks_of([archive.first, archive.third], user=security, **setting(content_rank=Rank.STAFF))
    assert class_ranks(archive.first) == (Rank.PUBLIC, Rank.PUBLIC)


def test_the_admin_page_shows_and_sets(client, archive, person):
    manager = person(roles.MANAGER)
    client.force_login(manager)
    address = reverse("unit_ranks", args=[archive.series.pk])
    assert client.get(address).status_code == 200
    sent = {"catalogue_rank": 0, "content_rank": 4, "closed_until": "", "reason": "含个人信息"}
    shown = client.post(address, {**sent, "preview": "1"})
    assert shown.status_code == 200
    assert any(change.changes for change in shown.context["preview"])
    assert class_ranks(archive.first) == (Rank.PUBLIC, Rank.PUBLIC)
    assert client.post(address, {**sent, "content_rank": 9}).context["form"].errors["content_rank"]
    assert client.post(address, sent).status_code == 302
    assert class_ranks(archive.first) == (Rank.PUBLIC, Rank.RESTRICTED)
    page = client.get(reverse("wagtailadmin_pages:edit", args=[archive.series.pk])).content.decode()
    assert address in page
    assert reverse("unit_access", args=[archive.series.pk]) in page
    client.force_login(person(roles.EDITOR))
    assert client.get(address).status_code in (302, 403)
    page = client.get(reverse("wagtailadmin_pages:edit", args=[archive.series.pk])).content.decode()
    assert address not in page


def test_the_bulk_action_sets_the_chosen(client, archive, person):
    client.force_login(person(roles.MANAGER))
    address = reverse("wagtail_bulk_action", args=["archive_pages", "archivepage", "set_ranks"])
    address += f"?id={archive.first.pk}&id={archive.third.pk}&next=/admin/"
    assert client.get(address).status_code == 200
    sent = {"catalogue_rank": 1, "content_rank": 2, "closed_until": "", "reason": "x"}
    assert client.post(address, sent).status_code == 302
    assert class_ranks(archive.first) == class_ranks(archive.third) == (Rank.READER, Rank.STAFF)


def test_what_was_closed_opens_by_itself_the_day_after(client, archive, person, moved_clock):
    last = timezone.localdate() + dt.timedelta(days=2)
    ranks.set_ranks(archive.first, user=person(roles.MANAGER), **setting(closed_until=last))
    assert client.get(archive.first.url).status_code == 404
    moved_clock(2)
    assert client.get(archive.first.url).status_code == 404
    moved_clock(3)
    assert client.get(archive.first.url).status_code == 200
    archive.first.refresh_from_db()
    assert may(AnonymousUser(), Right.VIEW, archive.first)
    assert Event.objects.filter(action=standing.OPENED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_list_kept_in_memory_is_a_day_s(client, archive, moved_clock, person):
    last = timezone.localdate() + dt.timedelta(days=1)
    ranks.set_ranks(archive.first, user=person(roles.MANAGER), **setting(closed_until=last))
    for _visit in range(2):
        assert archive.first.title not in client.get(archive.series.url).content.decode()
    moved_clock(2)
    for _visit in range(2):
        assert archive.first.title in client.get(archive.series.url).content.decode()


def test_a_database_that_takes_no_writes_breaks_no_page(archive, monkeypatch, caplog):
    asked = []

    def locked(today):
        asked.append(today)
        if len(asked) == 1:
            raise OperationalError("database is locked")
        return 0

    monkeypatch.setattr(standing, "open_due", locked)
    layer = middleware.OpensByDate(lambda request: HttpResponse("page"))
    for _visit in range(3):
        assert layer(RequestFactory().get("/")).content == b"page"
    assert len(asked) == 2
    assert "could not be opened" in caplog.text


def test_the_command_computes_everything_or_what_is_due(archive, person, moved_clock, capsys):
    ArchivePage.objects.filter(pk=archive.first.pk).update(content_rank=Rank.STAFF)
    call_command("refresh_access")
    assert class_ranks(archive.first) == (Rank.PUBLIC, Rank.STAFF)
    ranks.set_ranks(archive.third, user=person(roles.MANAGER), **setting(closed_until=timezone.localdate()))
    moved_clock(1)
    call_command("refresh_access", "--due")
    assert "1 units opened" in capsys.readouterr().out
    assert class_ranks(archive.third) == (Rank.PUBLIC, Rank.PUBLIC)


# --- 机密 and 绝密 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["机密", "绝密★20年", "机密★10年"])
def test_a_classified_entry_is_refused_unless_the_archive_keeps_it(archive, settings, mark):
    archive.first.secrecy = mark
    archive.first.opening_status = "controlled"
    with pytest.raises(ValidationError) as caught:
        archive.first.full_clean()
    assert "secrecy" in caught.value.message_dict
    settings.FONDS_KEEP_CLASSIFIED_ENTRIES = True
    archive.first.full_clean()
    archive.first.save()
    assert class_ranks(archive.first)[1] == Rank.SEALED


def test_秘密_is_kept(archive):
    archive.first.secrecy = "秘密★5年"
    archive.first.opening_status = "controlled"
    archive.first.full_clean()
    assert archive.first.secrecy == "秘密★5年"


def test_a_unit_with_content_cannot_be_marked(archive, settings):
    settings.FONDS_KEEP_CLASSIFIED_ENTRIES = True
    photos = ArchivePage._meta.get_field("photos").related_model
    photos.objects.bulk_create([photos(title="x", unit=archive.first, width=1, height=1, file="x.jpg", file_hash="")])
    for unit in (archive.first, archive.series):
        with pytest.raises(ValueError, match="1") as caught:
            check_mark(unit, "机密")
        assert "机密" in str(caught.value)
    check_mark(archive.third, "机密")
    check_mark(archive.first, "秘密")


def test_content_below_a_mark_is_refused(archive, settings):
    settings.FONDS_KEEP_CLASSIFIED_ENTRIES = True
    check_content(archive.first)
    archive.series.secrecy, archive.series.opening_status = "绝密", "controlled"
    archive.series.save()
    archive.first.refresh_from_db()
    archive.series.refresh_from_db()
    for unit in (archive.series, archive.first):
        with pytest.raises(ValueError, match=archive.series.reference_code):
            check_content(unit)
    photo = ArchivePage._meta.get_field("photos").related_model(title="x", unit=archive.first)
    with pytest.raises(ValidationError) as caught:
        photo.clean()
    assert "unit" in caught.value.message_dict
