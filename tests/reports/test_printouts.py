"""The lists offered in the admin: who may run them, what they hold, and long ones as jobs."""

import io
import subprocess

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.urls import reverse
from openpyxl import load_workbook

from fonds.access.enums import OpeningStatus
from fonds.access.models import User
from fonds.archive_pages.models import ArchivePage, FondsIndexPage, FondsPage, ItemPage, RetentionPeriod, SeriesPage
from fonds.archive_pages.reports import FilingListForm, filing_list
from fonds.archive_pages.standing import refresh_standing
from fonds.reports import printout_views, registry
from fonds.reports.jobs import JobState
from fonds.reports.models import Job
from tests.clearances import cleared

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ADDRESS = "/admin/printouts/filing-list/"


@pytest.fixture
def staff():
    user = User.objects.create_user("clerk", password="ink-and-paper")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    return User.objects.get(pk=cleared(user).pk)


@pytest.fixture
def period():
    return RetentionPeriod.objects.get_or_create(code="D30", defaults={"name": "30年", "years": 30})[0]


@pytest.fixture
def series(period):
    root = ArchivePage.objects.filter(depth=1).first() or ArchivePage.add_root(title="Root", slug="root")
    index = root.add_child(instance=FondsIndexPage(title="全宗", slug="fonds-list"))
    fonds = index.add_child(
        instance=FondsPage(title="工商局", reference_code="J037", opening_status=OpeningStatus.OPEN)
    )
    series = fonds.add_child(
        instance=SeriesPage(title="2008", reference_code="J037-WS·2008", opening_status=OpeningStatus.OPEN)
    )
    for number in range(1, 13):
        series.add_child(
            instance=ItemPage(
                title=f"关于第{number}号事项的通知",
                reference_code=f"J037-WS·2008-D30-BGS-{number:04d}",
                document_number=f"绍工商〔2008〕{number}号",
                creator="工商局",
                date_text="2008" if number % 2 else "2009",
                retention=period if number <= 6 else None,
                secrecy="内部" if number == 3 else "",
                page_count=number,
                note="附件" if number == 2 else "",
                opening_status=OpeningStatus.OPEN if number <= 4 else OpeningStatus.CONTROLLED,
            )
        )
    refresh_standing(ArchivePage.objects.filter(depth=1).first().path)
    return series


def values(user=None, **data) -> dict:
    form = FilingListForm(data, user=user or AnonymousUser())
    assert form.is_valid(), form.errors
    return form.cleaned_data


def rows_of(response) -> list[tuple]:
    return list(load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))


def test_the_columns_of_the_standard(series, staff, client, django_assert_max_num_queries):
    client.force_login(staff)
    client.get(ADDRESS)
    with django_assert_max_num_queries(15):
        response = client.post(ADDRESS, {"kind": "xlsx", "code": "j037－ws.2008"})
    rows = rows_of(response)
    head = rows.index(("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "页数", "备注"))
    assert rows[head + 2] == (
        2, "J037-WS·2008-D30-BGS-0002", "绍工商〔2008〕2号", "工商局", "关于第2号事项的通知", "2009", None, 2, "附件",
    )  # fmt: skip
    assert rows[head + 3][6] == "内部"
    assert len(rows) == head + 1 + 12 + 1
    assert rows[-1][0] == "合计：12 件，78 页"


@pytest.mark.parametrize(
    ("data", "count"),
    [({}, 12), ({"code": "J037"}, 12), ({"year": "2009"}, 6), ({"year": "1999"}, 0)],
)
def test_parts(series, staff, data, count):
    assert len(list(filing_list(values(**data), staff).rows)) == count


def test_by_retention_period(series, staff, period):
    report = filing_list(values(retention=str(period.pk)), staff)
    assert len(list(report.rows)) == 6
    assert report.facts == [f"保管期限：{period.local_name}"]


def test_only_what_the_asker_may_see(series):
    report = filing_list(values(), AnonymousUser())
    assert [row[0] for row in report.rows] == [1, 2, 3, 4]
    assert report.totals == "合计：4 件，10 页"


def test_a_part_that_may_not_be_known_of_is_answered_as_one_that_is_not_there(series, staff):
    ArchivePage.objects.filter(pk=series.pk).update(catalogue_class=30_000, content_class=30_000)
    sentences = []
    for code in (series.reference_code, "J037-WS·1900"):
        form = FilingListForm({"code": code}, user=staff)
        assert not form.is_valid()
        sentences.append(form.errors["code"][0].replace(code, ""))
    assert sentences[0] == sentences[1]


def test_pdf_from_a_click(series, staff, client):
    client.force_login(staff)
    response = client.post(ADDRESS, {"kind": "pdf", "code": "J037-WS·2008", "year": "2008"})
    assert response["Content-Type"] == "application/pdf"
    text = subprocess.run(["pdftotext", "-", "-"], input=response.content, capture_output=True, check=True)
    page = text.stdout.decode()
    for words in ("归档文件目录", "J037-WS·2008", "年度：2008", "关于第11号事项的通知", "第 1 页，共 1 页"):
        assert words in page
    assert "关于第2号事项的通知" not in page


def test_an_empty_part_prints(series, staff, client):
    client.force_login(staff)
    response = client.post(ADDRESS, {"kind": "pdf", "year": "1990"})
    text = subprocess.run(["pdftotext", "-", "-"], input=response.content, capture_output=True, check=True)
    assert "无" in text.stdout.decode()


@pytest.mark.parametrize(
    ("data", "words"), [({"code": "X999"}, "X999"), ({"year": "二〇"}, "整数"), ({"year": "0"}, "1")]
)
def test_faults_stand_beside_the_field(series, staff, client, data, words):
    client.force_login(staff)
    response = client.post(ADDRESS, {"kind": "pdf", **data})
    assert response.status_code == 422
    assert words in response.content.decode()


def test_who_may(series, staff, client):
    assert client.get(ADDRESS).status_code == 302
    reader = User.objects.create_user("reader")
    client.force_login(reader)
    assert client.get(ADDRESS).status_code in {302, 403}
    client.force_login(staff)
    index = client.get(reverse("printouts")).content.decode()
    assert "归档文件目录" in index
    assert "certificate-register" not in index
    assert client.get(reverse("printout", args=["certificate-register"])).status_code in {302, 403}
    assert client.get(reverse("printout", args=["no-such-list"])).status_code == 404
    assert client.post(ADDRESS, {"kind": "exe"}).status_code == 404
    assert registry.offered(AnonymousUser()) == []


def test_the_address_fills_the_form(staff, client):
    client.force_login(staff)
    assert 'value="J037-WS·2008"' in client.get(ADDRESS, {"code": "J037-WS·2008"}).content.decode()


@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_a_long_list_becomes_a_job(series, staff, client, monkeypatch, django_capture_on_commit_callbacks, kind):
    monkeypatch.setitem(printout_views.AT_ONCE, kind, 5)
    client.force_login(staff)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(ADDRESS, {"kind": kind, "code": "J037", "year": ""})
    job = Job.objects.get()
    assert response.url == reverse("job", args=[job.pk])
    assert job.state == JobState.DONE, job.error
    assert (job.done, job.total) == (12, 12)
    content = job.output.open("rb").read()
    assert content.startswith(b"%PDF" if kind == "pdf" else b"PK")
    assert job.output.name.endswith(kind)


def test_a_job_asks_for_the_rights_anew(series, staff, client, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setitem(printout_views.AT_ONCE, "pdf", 5)
    client.force_login(staff)
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        client.post(ADDRESS, {"kind": "pdf", "code": "J037"})
    staff.groups.clear()
    for callback in callbacks:
        callback()
    job = Job.objects.get()
    assert job.state == JobState.FAILED
    assert job.error
    assert not job.output
