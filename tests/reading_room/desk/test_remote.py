"""Certified copies from afar: asked for, issued once, fetched once, by nobody else."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from fonds.access import roles
from fonds.access.enums import Rank
from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.ranks import set_ranks
from fonds.reading_room import issuing
from fonds.reading_room.models import Certificate
from fonds.reading_room.readers.models import Reader
from fonds.reading_room.remote import actions
from fonds.reading_room.remote.models import CopyRequest, CopyState, due_day
from tests.reading_room.conftest import close

pytestmark = pytest.mark.django_db


@pytest.fixture
def far(person):
    """A registered reader with an address."""
    user = person("林读者", roles.READER)
    user.email = "lin@example.org"
    user.save()
    return user


def ask(reader, item, pages="1-2", words="申报资质") -> CopyRequest:
    unit = ArchivePage.objects.get(pk=item.pk)
    return actions.ask_copy(reader, unit, pages=pages, purpose="rights", purpose_text=words)


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "pages"),
    [("", [1, 2, 3]), ("2", [2]), ("1-2", [1, 2]), ("1，3", [1, 3]), ("1 - 2、3", [1, 2, 3]), ("3 1 3", [1, 3])],
)
def test_pages_are_read_as_people_write_them(text, pages):
    assert actions.read_pages(text, [1, 2, 3]) == pages


@pytest.mark.once
@pytest.mark.parametrize("text", ["4", "x", "1-99999", "0", "2-x"])
def test_pages_that_are_none_are_refused(text):
    with pytest.raises(ValidationError):
        actions.read_pages(text, [1, 2, 3])


@pytest.mark.once
def test_five_working_days_pass_over_a_weekend():
    assert due_day(5, dt.date(2026, 11, 26)) == dt.date(2026, 12, 3)
    assert due_day(1, dt.date(2026, 11, 27)) == dt.date(2026, 11, 30)


def test_asked_issued_and_fetched_once(far, clerk, item, client, django_capture_on_commit_callbacks):
    clerk.email = "clerk@example.org"
    clerk.save()
    with django_capture_on_commit_callbacks(execute=True):
        asked = ask(far, item)
    assert [letter.to for letter in mail.outbox] == [["clerk@example.org"]]
    with pytest.raises(ValidationError):
        ask(far, item)
    assert list(actions.waiting_for(clerk)) == [asked]
    with django_capture_on_commit_callbacks(execute=True):
        actions.issue_copy(asked, clerk)
    certificate = Certificate.objects.get()
    assert (asked.state, asked.certificate, certificate.page_list()) == (CopyState.ISSUED, certificate, "1–2")
    with pytest.raises(ValidationError):
        actions.issue_copy(asked, clerk)
    assert Certificate.objects.count() == 1
    (address,) = re.findall(r"https?://[^/]+(/requests/copies/fetch/\S+)", mail.outbox[-1].body)
    assert mail.outbox[-1].to == ["lin@example.org"]
    token = address.rstrip("/").rsplit("/", 1)[-1]
    assert token not in str(list(CopyRequest.objects.values()))
    client.force_login(clerk)
    assert client.post(address).status_code == 403
    client.force_login(far)
    assert client.get(address).status_code == 200  # looking does not use it up
    answer = client.post(address)
    assert answer.content.startswith(b"%PDF-")
    assert "attachment" in answer["Content-Disposition"]
    again = client.post(address)
    assert (again.status_code, "已使用过" in again.content.decode()) == (403, True)


def test_an_address_ends_with_its_time_and_with_a_new_one(far, clerk, item, django_capture_on_commit_callbacks):
    asked = ask(far, item)
    actions.issue_copy(asked, clerk)
    CopyRequest.objects.update(token_until=timezone.now() - dt.timedelta(minutes=1))
    asked.refresh_from_db()
    assert not actions.may_fetch(asked)
    with pytest.raises(ValidationError):
        actions.fetch(asked, far)
    before = asked.token_digest
    actions.send_address(asked, clerk)
    assert actions.may_fetch(asked)
    assert asked.token_digest != before


def test_a_closed_record_is_issued_only_by_who_decides_about_access(far, clerk, duty, item):
    set_ranks(item, catalogue_rank=Rank.PUBLIC, content_rank=Rank.STAFF, closed_until=None, reason="x", user=duty)
    asked = ask(far, item)
    with pytest.raises(PermissionDenied):
        actions.issue_copy(asked, clerk)
    assert actions.issue_copy(asked, duty).state == CopyState.ISSUED
    close(item)
    with pytest.raises(Http404):
        ask(far, item)
    own = ask(duty, item)
    with pytest.raises(ValidationError):
        actions.issue_copy(own, duty)


def test_a_copy_that_fails_waits_on(far, clerk, item, monkeypatch):
    asked = ask(far, item)

    def full(*_args):
        raise OSError("No space left on device")

    monkeypatch.setattr(issuing, "keep", full)
    with pytest.raises(OSError, match="space"):
        actions.issue_copy(asked, clerk)
    asked.refresh_from_db()
    assert asked.state == CopyState.WAITING
    monkeypatch.undo()
    CopyRequest.objects.update(state=CopyState.ISSUED, decided_at=timezone.now() - dt.timedelta(hours=1))
    assert actions.restore_interrupted() == 1
    asked.refresh_from_db()
    assert actions.issue_copy(asked, clerk).certificate


def test_the_pages_of_reader_and_clerk(far, clerk, item, client, person, django_capture_on_commit_callbacks):
    client.force_login(far)
    assert reverse("ask_copy", args=[item.pk]) in client.get(item.get_url()).content.decode()
    wrong = client.post(reverse("ask_copy", args=[item.pk]), {"pages": "9", "purpose": "rights", "purpose_text": "x"})
    assert (wrong.status_code, "9" in wrong.content.decode()) == (422, True)
    form = {"pages": "", "purpose": "rights", "purpose_text": "房产过户"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("ask_copy", args=[item.pk]), form).status_code == 302
    html = client.get(reverse("my_copies")).content.decode()
    assert "答复期限" in html
    assert item.title in html
    asked = CopyRequest.objects.get()
    other = person("other", roles.READER)
    client.force_login(other)
    assert client.post(reverse("take_back_copy", args=[asked.pk])).status_code == 404
    assert client.get(reverse("desk_remote")).status_code == 403
    assert client.post(reverse("desk_remote_decide", args=[asked.pk]), {"issue": ""}).status_code == 403
    client.force_login(clerk)
    CopyRequest.objects.update(due_on=timezone.localdate() - dt.timedelta(days=1))
    assert "房产过户" in client.get(reverse("desk_remote")).content.decode()
    assert 'href="/desk/remote/"' in client.get("/admin/").content.decode()
    client.post(reverse("desk_remote_decide", args=[asked.pk]), {"refuse": "", "reason": ""})
    asked.refresh_from_db()
    assert asked.state == CopyState.WAITING
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("desk_remote_decide", args=[asked.pk]), {"refuse": "", "reason": "请到窗口办理"})
    asked.refresh_from_db()
    assert asked.state == CopyState.REFUSED
    assert "请到窗口办理" in mail.outbox[-1].body
    client.force_login(far)
    ArchivePage.objects.filter(pk=item.pk).update(catalogue_class=30000)
    assert item.title not in client.get(reverse("my_copies")).content.decode()


def test_readers_are_looked_up_and_blocked_on_their_page(visitor, clerk, duty, client):
    client.force_login(clerk)
    html = client.post(reverse("desk_readers"), {"wanted": "桂芳"}).content.decode()
    assert "110*************68" in html
    address = reverse("desk_block_reader", args=[visitor.pk])
    assert client.post(address, {"reason": "x"}).status_code == 403
    client.force_login(duty)
    client.post(address, {"reason": "损毁档案"})
    assert Reader.objects.get().is_blocked
    assert "损毁档案" in client.get(reverse("desk_readers")).content.decode()
    client.post(address, {"off": ""})
    assert not Reader.objects.get().is_blocked
