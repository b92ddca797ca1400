"""What each role has: its rights in the libraries, its menu and home in the admin, and the addresses that stay closed."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.urls import reverse
from wagtail.admin.menu import admin_menu
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import GroupPagePermission, Site
from wagtail.permissions import policy_registry

from fonds.access import administration, roles
from fonds.access.enums import Rank
from fonds.access.models import Clearance
from fonds.access.sight import sight_of
from fonds.archive_pages.models import ArchivePage
from fonds.reports.models import Job, JobState
from fonds.site.models import HomePage
from fonds.site.roles import sync_roles

pytestmark = [pytest.mark.django_db, pytest.mark.once]

READING = {"archive/gaps/", "codes/"}
TREE = {"pages/", "documents/", "images/", "import-catalogue/", "scan-batches/", "jobs/", "printouts/", "reports/aging-pages/",
        "reports/page-types-usage/", "reports/site-history/", "reports/workflow/", "reports/workflow_tasks/"}  # fmt: skip
#: The addresses in each role's menu; who is not here has none.
PHOTO_WORK = {"persons/", "terms/", "photographs/doubles/"}
MENUS = {
    roles.POLICY_STAFF: {"documents/"},
    roles.CLERK: {*READING, "certificates/", "jobs/", "printouts/", "/desk/"},
    roles.EDITOR: {*READING, *TREE, *PHOTO_WORK},
    roles.MANAGER: {
        *READING, *TREE, *PHOTO_WORK, "certificates/", "access/requests/", "categories/", "code_templates/", "departments/",
        "retention_periods/", "reports/locked/", "issuing_offices/",
        "settings/fonds_collections/readingorder/", "settings/fonds_collections/watermarkrule/",
        "settings/reading_room/windowsettings/", "window_lists/", "desks/", "/desk/",
    },
    roles.SYSTEM_ADMIN: {"categories/", "departments/", "retention_periods/", "jobs/", "redirects/", "sites/"},
    roles.SECURITY_ADMIN: {"access/requests/", "clearances/", "groups/", "sign-in-help/", "users/"},
    roles.AUDIT_ADMIN: {"audit/"},
}  # fmt: skip
#: They lead on to one of several.
REDIRECTS = {
    "settings/fonds_collections/readingorder/",
    "settings/fonds_collections/watermarkrule/",
    "settings/reading_room/windowsettings/",
    "pages/",
    "access/requests/",
}
#: Where the work lists of each role's home lead.
HOMES = {
    roles.AUDIT_ADMIN: {"audit/"},
    roles.CLERK: {"jobs/"},
    roles.EDITOR: {"pages/", "jobs/"},
    roles.MANAGER: {"pages/", "reports/", "jobs/", "access/"},
    roles.SYSTEM_ADMIN: {"jobs/"},
}


@pytest.fixture
def somebody(archive, client, django_user_model):
    """``somebody(role)``: an account of that role."""
    sync_roles()
    client.get("/admin/")  # what Wagtail's menu offers is known with its addresses

    def make(role: str):
        user = django_user_model.objects.create_user(role.replace(" ", "-"), password="a-long-password", last_name=role)
        user.groups.add(Group.objects.get(name=role))
        return django_user_model.objects.get(pk=user.pk)

    return make


def leaves(menu, request) -> set[str]:
    """The addresses below ``menu`` that are shown."""
    found = set()
    for item in menu.menu_items_for_request(request):
        found |= leaves(item.menu, request) if hasattr(item, "menu") else {item.url.removeprefix("/admin/")}
    return found


def menu_of(user) -> set[str]:
    request = RequestFactory().get("/admin/")
    request.user = user
    return leaves(admin_menu, request)


@pytest.mark.parametrize("role", roles.CLEARANCES)
def test_a_role_sees_the_menu_it_can_use_and_no_other_address_of_any_menu_answers(somebody, client, role):
    user = somebody(role)
    assert menu_of(user) == MENUS.get(role, set())
    client.force_login(user)
    for address in sorted(set().union(*MENUS.values())):
        answer = client.get(address if address.startswith("/") else f"/admin/{address}", follow=False)
        if address in MENUS.get(role, set()):
            assert answer.status_code == 200 or address in REDIRECTS, address
        else:
            assert answer.status_code in (302, 403, 404), f"{role}: {address}"
            assert answer.status_code != 302 or answer.url.startswith(("/admin/", "/account/")), address


@pytest.mark.parametrize("role", roles.CLEARANCES)
def test_the_home_shows_the_work_of_the_role(somebody, client, role):
    client.force_login(somebody(role))
    answer = client.get("/admin/")
    if role in (roles.READER, roles.OFFICER):
        assert answer.status_code == 302
        return
    html = answer.content.decode()
    assert ('role="search"' in html) is (role in (roles.EDITOR, roles.MANAGER))
    assert set(re.findall(r'<a href="/admin/([a-z_]+/)[^"]*">\s*<svg', html)) == HOMES.get(role, set())


def test_whoever_has_a_working_place_finds_it_from_the_public_site(somebody, client):
    for role in roles.CLEARANCES:
        client.force_login(somebody(role))
        foot = client.get("/").content.decode().rsplit("<footer", 1)[1]
        assert ('href="/admin/"' in foot) is (role not in (roles.READER, roles.OFFICER)), role


def test_a_clearance_that_was_changed_stays(archive):
    sync_roles()
    rows = {row.group.name: row for row in Clearance.objects.select_related("group")}
    assert set(rows) == set(roles.CLEARANCES)
    assert all(administration._values(rows[name]) == start._asdict() for name, start in roles.CLEARANCES.items())
    rows[roles.CLERK].content_rank = Rank.STAFF
    rows[roles.CLERK].save()
    sync_roles()
    assert Clearance.objects.get(group__name=roles.CLERK).content_rank == Rank.STAFF


def test_no_permission_of_one_administrator_is_held_by_another_role(archive):
    sync_roles()
    for group in Group.objects.prefetch_related("permissions__content_type"):
        for permission in group.permissions.all():
            assert administration.reserved_for(permission) in (None, group.name), (group.name, permission.codename)


@pytest.mark.parametrize("role", roles.ADMINISTRATORS)
def test_an_administrator_has_no_content(somebody, role):
    user = somebody(role)
    sight = sight_of(user)
    assert (sight.content, sight.may_copy, sight.may_print, sight.is_archive_staff) == (
        Rank.PUBLIC,
        False,
        False,
        False,
    )
    assert policy_registry.get_by_type(ArchivePage).explorable_root_instance(user) is None
    for model in (get_image_model(), get_document_model()):
        policy = policy_registry.get_by_type(model)
        assert not policy.user_has_any_permission(user, {"add", "change", "delete", "choose", "view"})


def test_the_system_administrator_sees_that_a_job_failed_and_not_what_it_was_about(somebody, client):
    owner = somebody(roles.MANAGER)
    job = Job.objects.create(
        kind="list", title="任免名册.xlsx", started_by=owner, state=JobState.FAILED,
        log="10:00 关于免去某人职务的通知", result={"faults": ["关于免去某人职务的通知"]}, error="任免名册.xlsx: 3",
    )  # fmt: skip
    job.output.save("jobs/任免名册.pdf", ContentFile(b"%PDF-1.4"))
    client.force_login(somebody(roles.SYSTEM_ADMIN))
    for address in (reverse("jobs"), reverse("job", args=[job.pk]), reverse("job_state", args=[job.pk])):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "任免" not in answer.content.decode()
        assert "免去" not in answer.content.decode()
    assert client.get(reverse("job_output", args=[job.pk])).status_code == 404
    client.force_login(owner)
    assert "任免名册" in client.get(reverse("job", args=[job.pk])).content.decode()
    assert client.get(reverse("job_output", args=[job.pk])).status_code == 200


@pytest.mark.parametrize(
    ("role", "changes_images", "changes_documents"),
    [
        (roles.EDITOR, True, True),
        (roles.MANAGER, True, True),
        (roles.POLICY_STAFF, False, True),
        (roles.CLERK, False, False),
        (roles.READER, False, False),
    ],
)
def test_who_works_in_the_libraries(somebody, role, changes_images, changes_documents):
    """Changing a photograph can open it, so only those who describe photographs may."""
    user = somebody(role)
    images = policy_registry.get_by_type(get_image_model())
    documents = policy_registry.get_by_type(get_document_model())
    assert images.user_has_permission(user, "change") is changes_images
    assert documents.user_has_permission(user, "change") is changes_documents


def test_an_archive_room_begins_by_one_command(db, client):
    Site.objects.all().delete()
    with pytest.raises(CommandError):
        call_command("make_site", "越州市档案室")
    call_command("make_site", "越州市档案室", host="testserver", port=80)
    assert client.get("/").status_code == 200
    home = HomePage.objects.get()
    assert {page.slug for page in home.get_children()} == {"fonds", "collections", "exhibits", "policies"}
    managers = GroupPagePermission.objects.filter(group__name=roles.MANAGER, page=home)
    assert managers.filter(permission__codename="publish_archivepage").exists()
    with pytest.raises(CommandError, match="首页已存在"):
        call_command("make_site", "另一个", host="testserver")
    assert HomePage.objects.count() == 1


def test_wagtails_own_group_that_may_publish_all_goes(db):
    Group.objects.get_or_create(name="Moderators")
    sync_roles()
    assert not Group.objects.filter(name="Moderators").exists()
