"""The tables, the register of codes, the numbers left out, the work lists and the words of the admin."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import GroupPagePermission

from fonds.access.models import Department, User
from fonds.archive_pages import codes
from fonds.archive_pages.models import (
    ArchivePage,
    Category,
    CodeRecord,
    FondsIndexPage,
    FondsPage,
    ItemPage,
    ReferenceCodeTemplate,
    RetentionPeriod,
    SeriesPage,
)
from fonds.reports.models import Job, JobState
from tests.clearances import cleared

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def member(name: str, *permissions: str) -> User:
    user = User.objects.create_user(name, password="x")
    group = Group.objects.create(name=f"group of {name}")
    for codename in ("access_admin", *permissions):
        group.permissions.add(Permission.objects.get(codename=codename))
    user.groups.add(cleared(group))
    return user


@pytest.fixture
def series():
    root = ArchivePage.objects.get(depth=1)
    index = root.add_child(instance=FondsIndexPage(title="全宗", slug="fonds"))
    fonds = index.add_child(instance=FondsPage(title="越州市局", reference_code="J037", opening_status="open"))
    return fonds.add_child(instance=SeriesPage(title="文书", reference_code="J037-WS", opening_status="open"))


@pytest.mark.parametrize(
    ("model", "name", "values"),
    [
        (Category, "categories", {"code": "QT", "name": "其他"}),
        (RetentionPeriod, "retention_periods", {"code": "D5", "name": "定期5年", "years": "5"}),
        (Department, "departments", {"code": "QTC", "name": "其他处"}),
        (ReferenceCodeTemplate, "code_templates", {"pattern": "{fonds}-{number:5}", "level": "item"}),
    ],
)
def test_a_table_is_edited_by_those_who_may(client, model, name, values):
    singular = model._meta.model_name
    client.force_login(member("editor"))
    assert client.get(reverse(f"{name}:index")).status_code == 302
    rights = [f"{action}_{singular}" for action in ("add", "change", "delete", "view")]
    client.force_login(member("manager", *rights))
    assert client.post(reverse(f"{name}:add"), values).status_code == 302
    key = next(iter(values))
    row = model.objects.get(**{key: values[key]})
    assert client.get(reverse(f"{name}:edit", args=[row.pk])).status_code == 200
    assert values[key] in client.get(reverse(f"{name}:index"), {"q": values[key]}).content.decode()


def test_a_template_with_an_unknown_field_is_refused_in_words(client):
    client.force_login(member("manager", "add_referencecodetemplate"))
    answer = client.post(reverse("code_templates:add"), {"pattern": "{fonds}-{colour}-{number:4}", "level": "item"})
    assert "colour" in str(answer.context["form"].errors["__all__"])


def test_the_register_is_read_and_never_written(client, series):
    item = series.add_child(instance=ItemPage(title="件", reference_code="J037-WS-0001"))
    codes.renumber(item, "J037-WS-0002", "重号")
    row = CodeRecord.objects.get(code="J037-WS-0001")
    client.force_login(member("editor"))
    assert client.get(reverse("codes_modeladmin_index")).status_code == 302
    client.force_login(member("auditor", "view_coderecord"))
    page = client.get(reverse("codes_modeladmin_index")).content.decode()
    assert "J037-WS-0001" in page
    assert "重号" in page
    current = client.get(reverse("codes_modeladmin_index"), {"is_current__exact": 1})
    assert "J037-WS-0002" in current.content.decode()
    assert "J037-WS-0001" not in current.content.decode()
    assert client.get(reverse("codes_modeladmin_inspect", args=[row.pk])).status_code == 200
    for action in ("create", "edit", "delete"):
        arguments = [] if action == "create" else [row.pk]
        assert client.post(reverse(f"codes_modeladmin_{action}", args=arguments)).status_code == 302
    assert CodeRecord.objects.filter(pk=row.pk).exists()


def test_the_register_costs_the_same_whatever_its_length(client, series, django_assert_max_num_queries):
    CodeRecord.objects.bulk_create(CodeRecord(code=f"J037-WS-{n:04}", page_id=series.pk) for n in range(200))
    client.force_login(member("auditor", "view_coderecord"))
    client.get(reverse("codes_modeladmin_index"))
    with django_assert_max_num_queries(20):
        page = client.get(reverse("codes_modeladmin_index"))
    assert "J037-WS-0199" in page.content.decode() or "J037-WS-0000" in page.content.decode()


def test_numbers_left_out_are_listed(client, series):
    for number in (1, 2, 5):
        series.add_child(instance=ItemPage(title="件", reference_code=f"J037-WS-{number:04}"))
    client.force_login(member("editor"))
    assert client.get(reverse("code_gaps")).status_code == 302
    client.force_login(member("auditor", "view_coderecord"))
    page = client.get(reverse("code_gaps"))
    assert [(gap.first, gap.last) for gap in page.context["gaps"]] == [(3, 4)]
    assert "J037-WS-0005" in page.content.decode()


def test_a_department_is_chosen_by_a_search(client):
    Department.objects.create(code="QTC", name="其他处")
    client.force_login(member("editor"))
    answer = client.get(reverse("department_chooser:choose_results"), {"q": "其他"})
    assert "QTC" in answer.content.decode()
    assert "QTC" not in client.get(reverse("department_chooser:choose_results"), {"q": "办公"}).content.decode()


def test_each_count_of_the_work_list_is_what_its_link_shows(client, series):
    series.add_child(instance=ItemPage(title="未审核件"))
    series.add_child(instance=ItemPage(title="开放件", opening_status="open"))
    series.add_child(instance=ItemPage(title="草稿件", opening_status="controlled", live=False))
    user = member("editor")
    index = FondsIndexPage.objects.get()
    right = Permission.objects.get(codename="change_archivepage", content_type__model="archivepage")
    GroupPagePermission.objects.create(group=user.groups.get(), page=index, permission=right)
    Job.objects.create(kind="x", title="失败", state=JobState.FAILED, started_by=user)
    client.force_login(user)
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    rows = re.findall(r'<a href="([^"]+)">\s*<svg.*?</svg>\s*<strong class="fonds-figures">(\d+)<', page, re.DOTALL)
    counts = {}
    for address, count in rows:
        context = client.get(address.replace("&amp;", "&")).context
        shown = context["items_count"] if "items_count" in context else context["paginator"].count
        assert shown == int(count), address
        counts[address.split("?")[1]] = int(count)
    assert counts["opening_status=unreviewed"] == 1
    assert counts["live=False"] == 1
    assert counts["state=failed"] == 1


def test_the_menu_speaks_of_the_archive_and_leaves_out_the_summary(client):
    client.force_login(User.objects.create_superuser("root", password="x"))
    for language, words in (
        ("zh-hans", ("档案树", "照片库", "文件库", "任务")),
        ("en", ("Archive tree", "Photo library")),
    ):
        client.cookies["django_language"] = language
        answer = client.get(reverse("wagtailadmin_home"))
        page = answer.content.decode()
        for word in words:
            assert word in page or word.encode("unicode_escape").decode() in page
        assert answer.context["site_summary"].summary_items == []


def test_the_sign_in_page_bears_the_name_of_the_house(client):
    client.cookies["django_language"] = "en"
    page = client.get(reverse("account_login")).content.decode()
    assert "<h1>Sign in</h1>" in page
    assert "Wagtail" not in page
