"""The one place that decides: what is open is for everyone, the rest for the archive's staff."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.http import Http404
from django.urls import reverse

from fonds.access.decisions import is_archive_staff, may, require, visible
from fonds.access.enums import Right
from fonds.access.models import Department, User
from fonds.access.roles import READER
from fonds.archive_pages.models import ArchivePage, CodeRecord

pytestmark = pytest.mark.django_db


def account(kind: str) -> User | AnonymousUser:
    if kind == "anonymous":
        return AnonymousUser()
    user = User.objects.create_user(kind, password="x", is_active=kind != "left")
    group = Group.objects.get_or_create(name=READER if kind == "reader" else f"group {kind}")[0]
    user.groups.add(group)
    if kind in ("editor", "manager", "left"):
        group.permissions.add(Permission.objects.get(codename="access_admin"))
    if kind == "manager":
        group.permissions.add(Permission.objects.get(codename="issue_certificate"))
    if kind == "clerk without admin":
        group.permissions.add(Permission.objects.get(codename="issue_certificate"))
    return user


@pytest.mark.parametrize(
    ("kind", "staff", "certifies"),
    [
        ("anonymous", False, False),
        ("reader", False, False),
        ("left", False, False),
        ("clerk without admin", False, False),
        ("editor", True, False),
        ("manager", True, True),
    ],
)
def test_who_may_what(archive, kind, staff, certifies):
    user = account(kind)
    assert is_archive_staff(user) is staff
    for right in (Right.CATALOGUE, Right.VIEW):
        assert may(user, right, archive.first)
        assert may(user, right, archive.closed) is staff
    assert may(user, Right.CERTIFY, archive.first) is certifies
    assert visible(ArchivePage.objects.filter(level="item"), user).count() == (3 if staff else 2)
    rows = CodeRecord.objects.filter(page__level="item")
    assert visible(rows, user, "page__").count() == (3 if staff else 2)


def test_what_may_not_be_seen_is_not_there(archive):
    require(account("editor"), Right.VIEW, archive.closed)
    with pytest.raises(Http404):
        require(AnonymousUser(), Right.VIEW, archive.closed)


def test_the_sign_in_form_speaks_the_language_of_the_reader(client):
    page = client.get(reverse("wagtailadmin_login")).content.decode()
    assert "密码" in page
    assert ">Password<" not in page
    User.objects.create_superuser("root", password="right-one")
    client.post(reverse("wagtailadmin_login"), {"username": "root", "password": "right-one", "next": "/admin/"})
    assert client.session["_auth_user_id"]


def test_a_department_and_an_account_read_as_people_say_them():
    assert str(Department(code="BGS", name="办公室")) == "BGS 办公室"
    assert str(User(username="wang", last_name="王", first_name="")) == "王"
    assert str(User(username="wang")) == "wang"
