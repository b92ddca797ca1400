"""What readers see of fonds, series, files and items: the right things, at a cost that does not grow."""

import io

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import get_page_models

from fonds.archive_pages.models import ArchivePage, CodeRecord, FilePage, ItemPage, RetentionPeriod
from fonds.archive_pages.reference_codes import sort_key_of
from tests.clearances import cleared

pytestmark = pytest.mark.django_db
SECRET = "不可外传的题名"


def queries_of(client, address: str) -> int:
    """The number of queries of one visit, once what is kept per process has been read."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(address)
    return len(captured)


def fill(archive, first: int, last: int) -> None:
    """Open items ``first`` to ``last`` under the series, written without the cost of saving each."""
    parent = archive.series
    pages = []
    for number in range(first, last + 1):
        code = f"J037-WS·2008-Y-RJC-{number:04}"
        page = ArchivePage(
            title=f"第{number}号",
            draft_title=f"第{number}号",
            slug=code.lower(),
            url_path=f"{parent.url_path}{code.lower()}/",
            reference_code=code,
            sort_key=sort_key_of(code),
            level="item",
            opening_status="open",
            catalogue_class=0,
            content_class=0,
            depth=parent.depth + 1,
            path=ArchivePage._get_path(parent.path, parent.depth + 1, number + 10),
            locale=parent.locale,
            content_type=archive.first.content_type,
            date_text="2008",
            page_count=number % 9 + 1,
        )
        pages.append(page)
    ArchivePage.objects.bulk_create(pages)


@pytest.mark.parametrize("model", get_page_models(), ids=lambda model: model.__name__)
def test_no_page_type_is_served_to_whom_it_is_not_open(client, archive, staff, model):
    page = model(
        title=SECRET,
        slug="secret",
        depth=archive.home.depth + 1,
        path=ArchivePage._get_path(archive.home.path, archive.home.depth + 1, 99),
        url_path=f"{archive.home.url_path}secret/",
        locale=archive.home.locale,
    )
    page.save(clean=False)
    ArchivePage.objects.filter(pk=page.pk).update(catalogue_class=2, content_class=1000, live=True)
    answer = client.get("/secret/")
    assert answer.status_code == 404
    assert SECRET not in answer.content.decode()
    ArchivePage.objects.filter(pk=page.pk).update(live=False)
    client.force_login(staff)
    assert client.get("/secret/").status_code == 404, "a draft has no public address, not even for staff"


def test_an_item_shows_its_description_in_areas(client, archive):
    text = client.get(archive.first.url).content.decode()
    for words in ("题名与责任说明", "责任者", "绍兴市工商行政管理局", "绍工商〔2008〕15号", "人名", "档号", "引用格式"):
        assert words in text
    english = client.get(archive.first.url, headers={"accept-language": "en"}).content.decode()
    assert "Responsible party" in english


@pytest.mark.parametrize("what", ["series", "first", "fonds"])
def test_a_closed_unit_and_all_below_it_are_not_there(client, archive, staff, what):
    closed = getattr(archive, what)
    addresses = [unit.url for unit in (archive.fonds, archive.series, archive.first) if unit.path >= closed.path]
    closed.opening_status = "controlled"
    closed.save()
    for address in addresses:
        assert client.get(address).status_code == 404, address
    client.force_login(staff)
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_a_listing_and_its_count_tell_nothing_of_closed_units(client, archive, staff):
    text = client.get(archive.series.url).content.decode()
    assert archive.closed.title not in text
    assert "共 2 条" in text
    client.force_login(staff)
    text = client.get(archive.series.url).content.decode()
    assert archive.closed.title in text
    assert "共 3 条" in text


def test_neighbours_pass_over_closed_units(client, archive, staff):
    answer = client.get(archive.first.url)
    assert answer.context["previous"] is None
    assert answer.context["next"].pk == archive.third.pk
    client.force_login(staff)
    assert client.get(archive.first.url).context["next"].pk == archive.closed.pk


def test_related_records_are_found_by_old_codes_and_only_where_open(client, archive, staff):
    CodeRecord.objects.create(code="J037-WS·2008-Y-OLD-0003", page=archive.third, is_current=False)
    archive.first.see_also = f"J037-WS.2008-Y-OLD-0003；{archive.closed.reference_code}"
    archive.first.save()
    assert [unit.pk for unit in client.get(archive.first.url).context["related"]] == [archive.third.pk]
    client.force_login(staff)
    related = client.get(archive.first.url).context["related"]
    assert {unit.pk for unit in related} == {archive.third.pk, archive.closed.pk}


def test_items_of_a_file_stand_under_it(client, archive):
    file = archive.series.add_child(
        instance=FilePage(title="一案卷", reference_code="J037-WS·2008-0007", opening_status="open", filing_note="齐全")
    )
    file.add_child(instance=ItemPage(title="卷内文件", reference_code="J037-WS·2008-0007-001", opening_status="open"))
    text = client.get(file.url).content.decode()
    assert "卷内文件" in text
    assert "齐全" not in text, "the note sheet is the archive's own"


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("sort=-code", ["关于表彰先进集体的决定", "关于第1号事项的通知"]),
        ("sort=title", ["关于第1号事项的通知", "关于表彰先进集体的决定"]),
        ("sort=nonsense", ["关于第1号事项的通知", "关于表彰先进集体的决定"]),
        ("text=表彰", ["关于表彰先进集体的决定"]),
        ("text=100%25", []),
        ("year=1999", []),
        ("scans=1", []),
        ("scans=0", ["关于第1号事项的通知", "关于表彰先进集体的决定"]),
        ("year=abc", ["关于第1号事项的通知", "关于表彰先进集体的决定"]),
        ("page=99", ["关于第1号事项的通知", "关于表彰先进集体的决定"]),
        ("status=unreviewed", ["关于第1号事项的通知", "关于表彰先进集体的决定"]),
    ],
)
def test_a_listing_is_sorted_and_narrowed_by_its_address(client, archive, query, titles):
    answer = client.get(f"{archive.series.url}?{query}")
    assert answer.status_code == 200
    shown = [row.title for row in answer.context["listing"].rows]
    assert sorted(shown) == sorted(titles) if "title" in query else shown == titles


def test_staff_filter_by_opening_status(client, archive, staff):
    client.force_login(staff)
    rows = client.get(f"{archive.series.url}?status=unreviewed").context["listing"].rows
    assert [row.pk for row in rows] == [archive.closed.pk]


def test_the_number_of_queries_does_not_grow_with_the_siblings(client, archive):
    fill(archive, 1, 27)
    few = queries_of(client, archive.series.url), queries_of(client, archive.first.url)
    fill(archive, 28, 3000)
    many = queries_of(client, archive.series.url), queries_of(client, archive.first.url)
    assert many == few
    listing = client.get(archive.series.url).context["listing"]
    assert (listing.count, len(listing.rows), listing.last) == (3002, 50, 61)
    assert many[0] <= 15
    assert many[1] <= 12
    deep = client.get(f"{archive.series.url}?page=61").context["listing"]
    assert [deep.first_row, deep.last_row, deep.has_next] == [3001, 3002, False]


def test_a_full_item_page_stays_within_its_queries(client, archive, tmp_path):
    from PIL import Image

    from fonds.collections.scans import add_scans

    files = []
    for number in range(25):
        path = tmp_path / f"{number:03}.jpg"
        Image.new("RGB", (300, 400), (number * 9, 200, 200)).save(path, "JPEG", dpi=(200, 200))
        files.append(path)
    add_scans(archive.first, files, queue=False)
    archive.first.see_also = archive.third.reference_code
    archive.first.save()
    assert queries_of(client, archive.first.url) <= 12
    answer = client.get(f"{archive.first.url}?page=21")
    assert [page.number for page in answer.context["strip"].pages] == [21, 22, 23, 24, 25]
    assert "?page=20#viewer" in answer.content.decode()
    assert client.get(f"{archive.first.url}?page=zzz").context["strip"].number == 1
    assert client.get(f"{archive.first.url}?page=500").context["strip"].number == 25


def test_a_group_of_photographs_shows_its_pictures(client, archive):
    from django.core.files.images import ImageFile
    from PIL import Image

    from fonds.collections.models import ArchiveImage

    group = archive.series.add_child(
        instance=FilePage(title="照片组", reference_code="J037-ZP·1998·Y-001", opening_status="open")
    )
    for number, status in ((1, "open"), (2, "unreviewed")):
        unit = group.add_child(
            instance=ItemPage(
                title=f"照片{number}", reference_code=f"J037-ZP·1998·Y-001-{number:03}", opening_status=status
            )
        )
        stream = io.BytesIO()
        Image.new("RGB", (640, 480), (number * 90, 120, 120)).save(stream, "JPEG")
        stream.seek(0)
        ArchiveImage.objects.create(
            title=unit.title, file=ImageFile(stream, name=f"{number}.jpg"), unit=unit, opening_status=status
        )
    answer = client.get(group.url)
    assert [unit.title for unit, _photo in answer.context["pictures"]] == ["照片1"]
    assert queries_of(client, group.url) <= 15
    shown = client.get(answer.context["pictures"][0][0].url)
    assert "photograph__picture" in shown.content.decode()
    assert queries_of(client, answer.context["pictures"][0][0].url) <= 12


def test_only_who_may_certify_is_offered_the_certificate(client, archive, staff):
    ArchivePage.objects.filter(pk=archive.first.pk).update(scan_count=2)
    archive.first.scan_count = 2
    address = reverse("certify", args=[archive.first.pk])
    assert address not in client.get(archive.first.url).content.decode()
    client.force_login(staff)
    assert address in client.get(archive.first.url).content.decode()


def test_a_listing_stays_within_its_queries_for_staff_with_a_role(client, archive, django_user_model):
    keeper = django_user_model.objects.create_user("clerk", "clerk@example.org", "a-long-password")
    role = Group.objects.create(name="A role")
    role.permissions.add(Permission.objects.get(codename="access_admin"))
    keeper.groups.add(cleared(role))
    client.force_login(keeper)
    assert archive.closed.title in client.get(archive.series.url).content.decode()
    assert queries_of(client, archive.series.url) <= 17


def test_a_long_run_of_closed_units_hides_no_neighbour(client, archive):
    fill(archive, 1, 100)
    ArchivePage.objects.filter(reference_code__contains="-RJC-").update(catalogue_class=2, content_class=1000)
    last = archive.add_item(1, title="末件", reference_code="J037-WS·2008-Y-ZZZ-0001")
    assert client.get(archive.third.url).context["next"].pk == last.pk
    assert client.get(last.url).context["previous"].pk == archive.third.pk
    assert client.get(last.url).context["next"] is None


def test_the_filters_offer_the_tables_in_the_reader_s_language(client, archive):
    period = RetentionPeriod.objects.get_or_create(code="D30", defaults={"name": "定期30年", "name_en": "30 years"})[0]
    archive.add_item(4, retention=period)
    for language, label in (("zh-hans", "定期30年"), ("en", period.name_en or period.name)):
        answer = client.get(archive.series.url, {"retention": period.pk}, headers={"accept-language": language})
        assert f"D30 {label}" in answer.content.decode()
        assert [row.reference_code[-4:] for row in answer.context["listing"].rows] == ["0004"]
    assert client.get(archive.series.url, {"retention": "abc"}).context["listing"].count == 3


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "全宗"), ("en", "Fonds")])
def test_the_way_back_is_named_in_the_reader_s_language(client, archive, language, name):
    page = client.get(archive.first.url, headers={"Accept-Language": language}).content.decode()
    trail = page[page.index('<nav class="breadcrumb"') :]
    assert f">{name}</a>" in trail[: trail.index("</nav>")]
