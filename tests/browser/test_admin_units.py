"""The working place in a real browser: a unit is described with its code proposed, doubles told, many units opened."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from wagtail.models import Locale

from fonds.access.models import Department, User
from fonds.archive_pages.models import (
    ArchivePage,
    Category,
    FondsIndexPage,
    FondsPage,
    ItemPage,
    ReferenceCodeTemplate,
    RetentionPeriod,
    SeriesPage,
)
from fonds.reports.models import Job, JobState

pytestmark = pytest.mark.browser
PATTERN = "{fonds}-{category}·{year}-{retention}-{department}-{number:4}"


@pytest.fixture
def series(django_db_serialized_rollback, transactional_db) -> SeriesPage:
    category = Category.objects.update_or_create(code="WS", defaults={"name": "文书"})[0]
    retention = RetentionPeriod.objects.update_or_create(code="D30", defaults={"name": "定期30年"})[0]
    Department.objects.update_or_create(code="BGS", defaults={"name": "办公室"})
    ReferenceCodeTemplate.objects.all().delete()
    ReferenceCodeTemplate.objects.create(category=category, pattern=PATTERN)
    Locale.objects.get_or_create(language_code="zh-hans")
    root = ArchivePage.get_first_root_node() or ArchivePage.add_root(title="Root", slug="root")
    index = root.add_child(instance=FondsIndexPage(title="全宗", slug="all-fonds"))
    fonds = index.add_child(
        instance=FondsPage(title="越州市市场监督管理局", reference_code="J037", opening_status="open")
    )
    series = fonds.add_child(
        instance=SeriesPage(
            title="2008年文书档案",
            reference_code="J037-WS·2008",
            category=category,
            year=2008,
            retention=retention,
            opening_status="open",
        )
    )
    for number in (1, 2):
        item = ItemPage(title=f"第{number}号通知", reference_code=f"J037-WS·2008-D30-BGS-{number:04}")
        item.date_text = "20080312"
        item.apply_date()
        series.add_child(instance=item)
    return series


@pytest.fixture
def manager(django_db_serialized_rollback, transactional_db) -> User:
    return User.objects.create_superuser("manager", password="x")


def test_a_unit_is_described_with_its_code_shown_before_saving(series, manager, page, sign_in, live_server):
    sign_in(page, manager)
    page.goto(live_server.url + reverse("wagtailadmin_pages:add", args=["archive_pages", "itempage", series.pk]))
    code = page.locator("[name=reference_code]")
    expect(page.locator("[data-unit-check] p")).to_be_visible()  # the department is still missing
    expect(code).to_have_value("")
    page.get_by_role("button", name="选择机构").click()
    page.locator(".modal-body [name=q]").fill("办公")
    page.locator(".modal-body a", has_text="BGS").click()
    expect(code).to_have_value("J037-WS·2008-D30-BGS-0003")
    page.locator("[name=title]").fill("第1号通知")
    page.locator("[name=date_text]").fill("2008年3月12日")
    expect(page.locator(".fonds-doubles")).to_be_visible()
    expect(page.locator("[data-unit-check] a")).to_contain_text("J037-WS·2008-D30-BGS-0001")
    page.locator("[name=creator]").fill("越州市工商行政管理局")
    page.locator("button[name=action-publish]").click()
    expect(page.locator(".messages")).to_contain_text("J037-WS·2008-D30-BGS-0003")
    expect(page.locator("table.listing")).to_contain_text("J037-WS·2008-D30-BGS-0003")
    assert ItemPage.objects.get(reference_code="J037-WS·2008-D30-BGS-0003").live


def test_many_units_are_opened_from_the_tree(series, manager, page, sign_in, live_server):
    sign_in(page, manager)
    page.goto(live_server.url + reverse("wagtailadmin_explore", args=[series.pk]))
    page.locator("[data-bulk-action-select-all-checkbox]").first.check(force=True)
    page.get_by_role("link", name="设置所选条目的开放标识").click()
    page.locator("[name=opening_status]").select_option("open")
    page.locator("#main button[type=submit].button").click()
    expect(page.locator(".messages")).to_contain_text("2")
    assert set(ItemPage.objects.values_list("opening_status", "content_class")) == {("open", 0)}


def test_the_page_of_a_job_follows_the_job(manager, new_page, sign_in, live_server):
    job = Job.objects.create(kind="test", title="导入目录", state=JobState.QUEUED, started_by=manager)
    page = new_page()
    sign_in(page, manager)
    page.goto(live_server.url + reverse("job", args=[job.pk]))
    expect(page.locator("#job")).to_contain_text("等待")
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, done=3, total=6)
    expect(page.locator("#job")).to_contain_text("3 / 6")
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, done=6, result={"units": 6})
    expect(page.locator("#job")).to_contain_text("完成")
    expect(page.locator("#job [name=csrfmiddlewaretoken]")).to_have_count(0)


@pytest.mark.parametrize("name", ["jobs", "code_gaps", "wagtailadmin_home"])
def test_the_pages_of_the_working_place_are_accessible(
    series, manager, new_page, sign_in, accessible, live_server, name
):
    page = new_page(language="en")
    sign_in(page, manager)
    page.goto(live_server.url + reverse(name))
    own = [fault for fault in accessible(page) if "fonds" in fault]
    assert own == []
