"""Events are written with the change or not at all, and say who, when, from where, what."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory
from wagtail.log_actions import log

from fonds.access.models import Department, User
from fonds.archive_pages.actions import set_opening_status
from fonds.audit import context, names
from fonds.audit.context import client_address, job_of, origin_of, working
from fonds.audit.enums import Channel
from fonds.audit.events import record
from fonds.audit.models import Event
from fonds.audit.wagtail_log import split
from fonds.reports import jobs

pytestmark = pytest.mark.django_db


def forbid_writes() -> None:
    """The database refuses new events, as one that is full or read-only would."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "CREATE TRIGGER full BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
            )
        else:
            cursor.execute("ALTER TABLE audit_event ADD CONSTRAINT full_disk CHECK (false) NOT VALID")


def test_an_event_has_who_when_where_and_what(archive, staff):
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9")
    request.user = staff
    with working(origin_of(request)) as origin:
        event = record(
            "archive_pages.renumber", unit=archive.first, before={"code": "A"}, after={"code": "B"}, detail={"why": "x"}
        )
    event = Event.objects.get(pk=event.pk)
    assert (event.actor_id, event.actor_name) == (staff.pk, "keeper")
    assert (event.address, event.request_id, event.channel) == ("203.0.113.9", origin.request_id, Channel.WEB)
    assert (event.object_type, event.object_id) == ("archive_pages.itempage", str(archive.first.pk))
    assert (event.object_code, event.object_title) == (archive.first.reference_code, archive.first.title)
    assert (event.before, event.after, event.detail) == ({"code": "A"}, {"code": "B"}, {"why": "x"})
    assert event.at.microsecond or event.at


def test_the_name_stays_when_the_account_goes(db):
    user = User.objects.create_user("gone", first_name="国", last_name="王")
    event = record(names.SIGN_IN, user=user)
    user.delete()
    assert Event.objects.get(pk=event.pk).actor_name == "王国 (gone)"


def test_an_unknown_action_is_refused(db):
    with pytest.raises(LookupError):
        record("no.such_action")


def test_a_job_and_a_command_have_their_channels(db, staff):
    assert record(names.JOB_START).channel == Channel.COMMAND
    with job_of(staff):
        event = record(names.JOB_START)
    assert (event.channel, event.actor_id) == (Channel.JOB, staff.pk)
    assert context.current().channel == Channel.COMMAND


def test_a_failed_change_leaves_no_event(db):
    with transaction.atomic():
        Department.objects.create(code="BGS", name="办公室")
        record(names.JOB_START, subject="a change")
        transaction.set_rollback(True)
    assert not Department.objects.filter(code="BGS").exists()
    assert not Event.objects.filter(object_title="a change").exists()


def test_a_failed_event_leaves_no_change(archive, staff):
    forbid_writes()
    with pytest.raises(DatabaseError), transaction.atomic():
        set_opening_status([archive.closed], "open", staff)
    archive.closed.refresh_from_db()
    assert archive.closed.opening_status == "unreviewed"
    with pytest.raises(DatabaseError), transaction.atomic():
        jobs.start("print_list", "list", {}, staff)
    assert not jobs.Job.objects.exists()


def test_wagtails_log_becomes_events_with_before_and_after(archive, staff):
    set_opening_status([archive.closed], "open", staff)
    event = Event.objects.get(action="archive_pages.set_opening_status")
    assert event.object_code == archive.closed.reference_code
    assert event.before["value"] != event.after["value"]
    assert event.actor_id == staff.pk


def test_an_edit_shows_which_fields_changed(archive, staff):
    page = archive.first
    page.save_revision(user=staff, log_action=True)
    page.title = "新的题名"
    page.save_revision(user=staff, log_action=True)
    event = Event.objects.filter(action="wagtail.edit").latest("id")
    assert (event.before["title"], event.after["title"]) == ("关于第1号事项的通知", "新的题名")
    assert "reference_code" not in event.after


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        ({}, ({}, {}, {})),
        ({"old": 1, "new": 2, "reason": "x"}, ({"value": 1}, {"value": 2}, {"reason": "x"})),
        ({"title": {"old": "a", "new": "b"}}, ({"title": "a"}, {"title": "b"}, {})),
        ({"source": {"id": 1}, "destination": {"id": 2}}, ({"value": {"id": 1}}, {"value": {"id": 2}}, {})),
    ],
)
def test_data_of_wagtails_log_is_split(data, parts):
    assert split(data) == parts


def test_an_action_in_wagtails_log_of_any_model_is_an_event(db, staff):
    department = Department.objects.create(code="BGS", name="办公室")
    log(department, "wagtail.edit", user=staff)
    event = Event.objects.get(action="wagtail.edit")
    assert (event.object_type, event.object_id) == ("access.department", str(department.pk))


# --- Accounts -------------------------------------------------------------------------------------------------------


def test_signing_in_and_out_is_recorded(client, db, newest):
    User.objects.create_user("reader", password="a-long-word-kept")
    client.login(username="reader", password="wrong")
    assert (newest().action, newest().object_title) == (names.SIGN_IN_FAILED, "reader")
    client.login(username="reader", password="a-long-word-kept")
    assert newest().action == names.SIGN_IN
    client.logout()
    assert newest().action == names.SIGN_OUT


def test_the_failed_sign_in_of_a_visitor_bears_the_address(client, db, newest):
    client.post("/account/login/", {"login": "nobody", "password": "x"}, REMOTE_ADDR="198.51.100.7")
    assert (newest().action, newest().address) == (names.SIGN_IN_FAILED, "198.51.100.7")


def test_accounts_and_groups_leave_events(db, newest):
    user = User.objects.create_user("reader", password="a-long-word-kept")
    assert newest().action == "account.create"
    user.set_password("another-long-word")
    user.save()
    assert newest().action == "account.password"
    assert "another" not in str(newest().after)
    user.is_active = False
    user.save()
    assert (newest().action, newest().before, newest().after) == (
        "account.deactivate", {"is_active": True}, {"is_active": False},
    )  # fmt: skip
    user.is_active = True
    user.save(update_fields=["is_active"])
    assert newest().action == "account.activate"
    group = Group.objects.create(name="Keepers")
    user.groups.add(group)
    assert (newest().action, newest().after) == ("account.groups", {"groups": ["Keepers"]})
    user.groups.clear()
    assert (newest().action, newest().before) == ("account.groups", {"groups": ["Keepers"]})
    group.user_set.add(user)
    assert (newest().action, newest().object_id) == ("account.groups", str(user.pk))
    permission = Permission.objects.get(codename="view_event")
    group.permissions.add(permission)
    assert (newest().action, newest().after) == ("group.permissions", {"permissions": ["audit.view_event"]})
    user.user_permissions.add(permission)
    user.user_permissions.remove(permission)
    assert (newest().action, newest().before) == ("account.permissions", {"permissions": ["audit.view_event"]})
    user.delete()
    assert newest().action == "account.delete"


def test_hashing_a_password_anew_at_sign_in_is_no_change_of_password(db):
    user = User.objects.create_user("reader", password="a-long-word-kept")
    user._password = None
    user.password = "md5$other$hash"
    user.save(update_fields=["password"])
    assert not Event.objects.filter(action="account.password").exists()


# --- Requests -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "203.0.113.9"),
        (0, "1.2.3.4", "203.0.113.9"),
        (1, "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        (2, "9.9.9.9, 1.2.3.4, 198.51.100.1", "1.2.3.4"),
        (2, "198.51.100.1", "203.0.113.9"),
        (1, "<script>", ""),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_only_our_own_proxies_are_believed(settings, proxies, forwarded, address):
    settings.FONDS_TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address


def test_each_answer_bears_the_id_of_its_request(archive, client):
    first, second = client.get("/"), client.get("/")
    assert len(first["X-Request-ID"]) == 32
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_the_event_bears_the_id_of_the_answer(client, db, newest):
    response = client.post("/account/login/", {"login": "nobody", "password": "x"})
    assert newest().request_id == response["X-Request-ID"]


def test_a_change_in_wagtails_admin_falls_with_its_event(archive, staff):
    client = Client(raise_request_exception=False)
    client.force_login(staff)
    forbid_writes()
    response = client.post(f"/admin/pages/{archive.first.pk}/unpublish/")
    assert response.status_code == 500
    archive.first.refresh_from_db()
    assert archive.first.live


def test_refusals_are_recorded_alike_whether_the_thing_exists_or_not(archive, client):
    for number in (archive.closed.pk, 10**9):
        assert client.get(f"/certify/{number}/").status_code == 404
    assert client.get("/files/scans/999999/preview.jpg").status_code == 404
    assert client.get("/r/J037-WS·2008-Y-BGS-0002/").status_code == 404
    assert client.get("/r/J037-WS·2008-Y-BGS-9999/").status_code == 404
    found = Event.objects.filter(action=names.REFUSED)
    assert found.count() == 5
    assert {event.detail["status"] for event in found} == {404}


def test_one_address_cannot_fill_the_log(db, client, monkeypatch):
    monkeypatch.setattr("fonds.audit.refusals.MOST", 3)
    for number in range(6):
        client.get(f"/files/scans/{number}/preview.jpg", REMOTE_ADDR="203.0.113.77")
    assert Event.objects.filter(address="203.0.113.77").count() == 3
