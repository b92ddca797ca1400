"""The tree in the admin: its columns, order, filters, search, rights and cost."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import GroupPagePermission

from fonds.access.models import Department, User
from fonds.archive_pages.models import (
    ArchivePage,
    Category,
    FilePage,
    FondsIndexPage,
    FondsPage,
    ItemPage,
    RetentionPeriod,
    SeriesPage,
)
from fonds.archive_pages.standing import refresh_standing
from tests.clearances import cleared

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    """A fonds with one series, and the tables it refers to."""
    root = ArchivePage.objects.get(depth=1)
    index = root.add_child(instance=FondsIndexPage(title="全宗", slug="fonds"))
    fonds = index.add_child(
        instance=FondsPage(title="越州市市场监督管理局", reference_code="J037", opening_status="open")
    )
    series = fonds.add_child(instance=SeriesPage(title="文书档案", reference_code="J037-WS", opening_status="open"))
    return {"index": index, "fonds": fonds, "series": series}


def items(series: SeriesPage, numbers: range, **values) -> None:
    for number in numbers:
        series.add_child(
            instance=ItemPage(
                title=f"关于第{number}号事项的通知",
                reference_code=f"J037-WS·2008-Y-BGS-{number:04}",
                date_text="20080312",
                page_count=number,
                **values,
            )
        )


def staff(name: str, page: ArchivePage, *actions: str) -> User:
    user = User.objects.create_user(name, password="x")
    group = Group.objects.create(name=f"group of {name}")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for action in actions:
        permission = Permission.objects.get(
            content_type__app_label="archive_pages", content_type__model="archivepage", codename=f"{action}_archivepage"
        )
        GroupPagePermission.objects.create(group=group, page=page, permission=permission)
    user.groups.add(cleared(group))
    return user


def shown(client, page: ArchivePage, **query) -> str:
    return client.get(reverse("wagtailadmin_explore", args=[page.pk]), query).content.decode()


def test_a_row_shows_code_title_date_pages_and_opening_status(client, tree):
    client.force_login(staff("editor", tree["index"], "add", "change"))
    items(tree["series"], range(3, 4), opening_status="controlled")
    page = shown(client, tree["series"])
    for text in ("J037-WS·2008-Y-BGS-0003", "关于第3号事项的通知", "20080312", "3 / –", "fonds-opening--controlled"):
        assert text in page


@pytest.mark.parametrize(
    ("ordering", "first"),
    [("", "0002"), ("sort_key", "0002"), ("-sort_key", "0010"), ("page_count", "0002"), ("-page_count", "0010")],
)
def test_units_stand_in_the_order_of_their_codes_or_as_asked(client, tree, ordering, first):
    client.force_login(staff("editor", tree["index"], "change"))
    items(tree["series"], range(10, 8, -1))
    items(tree["series"], range(2, 4))
    page = shown(client, tree["series"], **({"ordering": ordering} if ordering else {}))
    codes = [number for number in ("0002", "0003", "0009", "0010") if f"BGS-{number}" in page]
    assert min(codes, key=lambda number: page.index(f"BGS-{number}")) == first


def test_the_cost_is_the_same_for_20_and_2000_children(client, tree):
    client.force_login(staff("editor", tree["index"], "add", "change"))
    small = tree["series"].add_child(instance=SeriesPage(title="少", reference_code="J037-WS·2008"))
    large = tree["series"].add_child(instance=SeriesPage(title="多", reference_code="J037-WS·2009"))
    items(small, range(1, 21))
    sample = ItemPage.objects.first()
    ArchivePage.objects.bulk_create(
        ArchivePage(
            title=f"件{number}",
            draft_title=f"件{number}",
            slug=f"i{number}",
            path=ArchivePage._get_path(large.path, large.depth + 1, number),
            depth=large.depth + 1,
            url_path=f"/i{number}/",
            content_type=sample.content_type,
            locale=sample.locale,
            reference_code=f"J037-WS·2009-Y-{number:04}",
            sort_key=f"{number:08}",
            level="item",
        )
        for number in range(1, 2001)
    )
    ArchivePage.objects.filter(pk=large.pk).update(numchild=2000)
    refresh_standing(large.path)
    counts = []
    for parent in (small, large, small, large):
        with CaptureQueriesContext(connection) as queries:
            page = shown(client, parent)
        counts.append(len(queries))
    assert "J037-WS·2009-Y-0001" in page
    assert "2000" in page
    assert counts[2] == counts[3]
    assert counts[3] <= 26


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"level": "file"}, {"案卷甲"}),
        ({"year": "2009"}, {"二〇〇九年的件"}),
        ({"opening_status": "open"}, {"案卷甲"}),
        ({"scans": "yes"}, {"有图像的件"}),
        ({"scans": "no", "level": "item"}, {"二〇〇九年的件"}),
        ({"retention": "Y"}, {"有图像的件"}),
        ({"department": "BGS"}, {"二〇〇九年的件"}),
        ({"category": "WS"}, {"案卷甲"}),
        ({"q": "〇九年"}, {"二〇〇九年的件"}),
        ({"q": "绍工商[2008]15号"}, {"有图像的件"}),
    ],
)
def test_filters_and_search_find_what_stands_below(client, tree, query, found):
    client.force_login(staff("editor", tree["index"], "change"))
    tables = {
        "retention": RetentionPeriod.objects.get_or_create(code="Y", defaults={"name": "永久"})[0],
        "department": Department.objects.get_or_create(code="BGS", defaults={"name": "办公室"})[0],
        "category": Category.objects.get_or_create(code="WS", defaults={"name": "文书"})[0],
    }
    tree["series"].add_child(
        instance=FilePage(title="案卷甲", opening_status="open", year=2007, category=tables["category"])
    )
    tree["series"].add_child(instance=ItemPage(title="二〇〇九年的件", year=2009, department=tables["department"]))
    tree["series"].add_child(
        instance=ItemPage(
            title="有图像的件", scan_count=3, retention=tables["retention"], document_number="绍工商〔2008〕15号"
        )
    )
    query = {name: str(tables[name].pk) if name in tables else value for name, value in query.items()}
    page = shown(client, tree["series"], **query)
    assert {title for title in ("案卷甲", "二〇〇九年的件", "有图像的件") if f'_title">{title}<' in page} == found


def test_an_editor_of_one_series_sees_only_that_series(client, tree):
    other = tree["fonds"].add_child(instance=SeriesPage(title="照片档案", reference_code="J037-ZP"))
    tree["fonds"].refresh_from_db()
    client.force_login(staff("editor", tree["series"], "change"))
    answer = client.get(reverse("wagtailadmin_explore", args=[tree["fonds"].pk]))
    assert answer.status_code == 302  # sent to the series that is his
    page = shown(client, tree["series"], q="照片", search_all="1")
    assert other.title not in page


def test_a_draft_and_a_closed_parent_are_told(client, tree):
    client.force_login(staff("editor", tree["index"], "change"))
    tree["fonds"].opening_status = "controlled"
    tree["fonds"].save()
    items(tree["series"], range(1, 2), opening_status="open")
    tree["series"].add_child(instance=ItemPage(title="草稿件", live=False))
    page = shown(client, tree["series"])
    assert 'class="fonds-quiet" title=' in page
    assert "草稿件" in page


@pytest.mark.parametrize("name", [None, "reader"])
def test_who_is_not_of_the_staff_is_sent_to_sign_in(client, tree, name):
    if name:
        client.force_login(User.objects.create_user(name, password="x"))
    answer = client.get(reverse("wagtailadmin_explore", args=[tree["series"].pk]))
    assert answer.url.startswith(reverse("account_login"))


def test_the_search_of_the_menu_finds_fragments_within_ones_rights(client, tree):
    items(tree["series"], range(1, 3))
    client.force_login(staff("editor", tree["series"], "change"))
    page = client.get(reverse("wagtailadmin_pages:search"), {"q": "号事"}).content.decode()
    assert "关于第1号事项的通知" in page
    assert "关于第1号事项的通知" not in client.get(reverse("wagtailadmin_pages:search"), {"q": "不存"}).content.decode()
    other = tree["fonds"].add_child(instance=SeriesPage(title="照片档案", reference_code="J037-ZP"))
    assert other.title not in client.get(reverse("wagtailadmin_pages:search"), {"q": "照片"}).content.decode()


def test_the_chooser_of_pages_finds_fragments(client, tree):
    items(tree["series"], range(1, 3))
    client.force_login(staff("editor", tree["index"], "change"))
    address = reverse("wagtailadmin_choose_page_search")
    page = client.get(address, {"q": "2号事", "page_type": "archive_pages.itempage"}).content.decode()
    assert "关于第2号事项的通知" in page
    assert "关于第1号事项的通知" not in page


def test_the_chooser_asks_for_a_row_no_more_than_its_parent(client, tree):
    """Status, schedule and workflow of all rows come in one query each; Wagtail's own template asks for the parent."""
    client.force_login(staff("chooser", tree["index"], "add", "change"))
    asked = {}
    for numbers in (range(1, 4), range(4, 14)):
        items(tree["series"], numbers)
        address = reverse("wagtailadmin_choose_page_child", args=[tree["series"].pk])
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        asked[numbers[-1]] = len(captured)
    assert asked[13] - asked[3] <= 10
