"""The import in the admin: upload, check as a job, look, confirm."""

import io
import zipfile

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from fonds.access.models import User
from fonds.archive_pages.models import Category, ItemPage
from fonds.collections.importing import intake
from fonds.collections.models import PageScan
from fonds.reports.models import Job
from tests.clearances import cleared

pytestmark = pytest.mark.once

CODE = "J037-WS·2008-D30-BGS-0001"


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def editor(client, fonds):
    user = User.objects.create_user("editor")
    user.user_permissions.add(
        Permission.objects.get(codename="access_admin"), Permission.objects.get(codename="import_catalogue")
    )
    client.force_login(cleared(user))
    return user


@pytest.fixture
def upload(client, fonds, django_capture_on_commit_callbacks):
    """Posts a list (and what else the form takes) and lets its job run; returns the answer."""

    def post(path, **fields):
        data = {
            "fonds": fonds.pk,
            "category": Category.objects.get(code="WS").pk,
            "table": SimpleUploadedFile(path.name, path.read_bytes()),
            **fields,
        }
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(reverse("import_catalogue"), data)

    return post


def confirm(client, callbacks, job: Job):
    with callbacks(execute=True):
        return client.post(reverse("import_catalogue_confirm", args=[job.pk]))


def test_only_who_may_import_finds_the_page(client, fonds):
    user = User.objects.create_user("clerk")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(user)
    assert client.get(reverse("import_catalogue")).status_code in {302, 403}
    assert client.post(reverse("import_catalogue_confirm", args=[1])).status_code in {302, 403}
    assert reverse("import_catalogue") not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_a_list_with_a_zip_is_checked_shown_confirmed_and_written(
    client, editor, upload, row, write_xlsx, scan, django_capture_on_commit_callbacks
):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(f"scans/{CODE}/001.jpg", scan("x.jpg").read_bytes())
    answer = upload(write_xlsx([row(1), row(2)]), archive=SimpleUploadedFile("scans.zip", archive.getvalue()))
    check = Job.objects.get(kind="analyse_catalogue")
    assert answer["Location"] == reverse("job", args=[check.pk])
    assert (check.state, check.error) == ("done", "")
    assert not ItemPage.objects.exists()
    page = client.get(reverse("job", args=[check.pk])).content.decode()
    assert "Import now" in page
    answer = confirm(client, django_capture_on_commit_callbacks, check)
    job = Job.objects.get(kind="import_catalogue")
    assert answer["Location"] == reverse("job", args=[job.pk])
    assert (job.state, job.error) == ("done", "")
    assert ItemPage.objects.count() == 2
    assert PageScan.objects.count() == 1
    assert "2 new" in client.get(reverse("job", args=[job.pk])).content.decode()
    assert list(intake.intake_folder().iterdir()) == []


def test_a_folder_is_taken_with_the_paths_its_script_sends(client, editor, upload, row, write_xlsx, scan):
    picture = scan("x.jpg").read_bytes()
    files = [SimpleUploadedFile(name, content) for name, content in (("001.jpg", picture), ("002.jpg", b""))]
    upload(write_xlsx([row(1)]), files=files, paths=f"scans/{CODE}/001.jpg\nscans/{CODE}/002.jpg")
    (fault,) = Job.objects.get().result["faults"]
    assert (fault["row"], "empty" in fault["sentence"]) == (2, True)


def test_a_folder_without_its_paths_is_refused_in_words(client, editor, upload, row, write_xlsx):
    answer = upload(write_xlsx([row(1)]), files=[SimpleUploadedFile("001.jpg", b"x")])
    assert "Give the scans as a zip instead" in answer.content.decode()
    assert not Job.objects.exists()


def test_faults_are_shown_escaped_with_a_marked_copy_and_nothing_can_be_confirmed(
    client, editor, upload, row, write_xlsx, django_capture_on_commit_callbacks
):
    upload(write_xlsx([row(1, 题名="<script>alert(1)</script>", 日期="20081332")]))
    job = Job.objects.get()
    page = client.get(reverse("job", args=[job.pk])).content.decode()
    assert "20081332" in page
    assert "DA/T 70 1-3" in page
    assert "<script>alert(1)" not in page
    assert "Import now" not in page
    copy = b"".join(client.get(reverse("job_output", args=[job.pk])).streaming_content)
    assert load_workbook(io.BytesIO(copy)).worksheets[0]["F2"].comment
    answer = confirm(client, django_capture_on_commit_callbacks, job)
    assert answer["Location"] == reverse("job", args=[job.pk])
    assert Job.objects.count() == 1


@pytest.mark.parametrize(("name", "says"), [("list.pdf", "not a spreadsheet"), ("list.docx", "not a spreadsheet")])
def test_what_is_plainly_no_list_is_refused_at_once(client, editor, upload, tmp_path, name, says):
    (tmp_path / name).write_bytes(b"%PDF")
    assert says in upload(tmp_path / name).content.decode()
    assert not Job.objects.exists()


def test_update_shows_its_table_first_and_a_changed_archive_stops_it(
    client, editor, upload, bring_in, row, write_xlsx, django_capture_on_commit_callbacks
):
    bring_in(write_xlsx([row(1)]))
    upload(write_xlsx([row(1, 题名="新题名")]), update="on")
    check = Job.objects.get()
    page = client.get(reverse("job", args=[check.pk])).content.decode()
    assert "关于印发第1号工作要点的通知" in page
    assert "新题名" in page
    ItemPage.objects.update(creator="别的机关")
    confirm(client, django_capture_on_commit_callbacks, check)
    job = Job.objects.get(kind="import_catalogue")
    assert (job.state, "has changed" in job.error) == ("failed", True)
    assert ItemPage.objects.get().title == "关于印发第1号工作要点的通知"


def test_a_second_confirmation_imports_nothing_twice(
    client, editor, upload, row, write_xlsx, django_capture_on_commit_callbacks
):
    upload(write_xlsx([row(1)]))
    check = Job.objects.get()
    first = confirm(client, django_capture_on_commit_callbacks, check)
    assert confirm(client, django_capture_on_commit_callbacks, check)["Location"] == first["Location"]
    assert ItemPage.objects.count() == 1


def test_the_same_list_again_says_that_nothing_changes(client, editor, upload, bring_in, row, write_xlsx):
    path = write_xlsx([row(1)])
    bring_in(path)
    upload(path)
    page = client.get(reverse("job", args=[Job.objects.get().pk])).content.decode()
    assert "The list changes nothing" in page
    assert "Import now" not in page


def test_old_uploads_go(editor, settings):
    import os

    old = intake.intake_folder() / ("0" * 32)
    old.mkdir(parents=True)
    os.utime(old, (1, 1))
    intake.remove_old()
    assert not old.exists()


def test_paths_of_a_dropped_folder_cannot_leave_it():
    assert intake.read_paths("a/../../b/1.jpg\r\n/etc/2.jpg\n\n") == ["a/b/1.jpg", "etc/2.jpg"]
