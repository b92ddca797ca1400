"""Jobs: progress, cancel, fault, crash, run again, double start, a lost worker, and their pages in the admin."""

import os
import socket
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from fonds.access.models import User
from fonds.reports import jobs
from fonds.reports.models import Job, JobState
from tests.clearances import cleared

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(django_capture_on_commit_callbacks):
    """Start a job as a request does: it is run when the transaction commits."""

    def start(function, arguments=None, user=None):
        jobs.RUNNERS["test"] = function
        with django_capture_on_commit_callbacks(execute=True):
            job = jobs.start("test", "试验", arguments or {}, user)
        job.refresh_from_db()
        return job

    yield start
    jobs.RUNNERS.pop("test", None)


def member(name: str, *permissions: str) -> User:
    user = User.objects.create_user(name, password="x")
    group = Group.objects.create(name=f"group of {name}")
    for permission in ("access_admin", *permissions):
        group.permissions.add(Permission.objects.get(codename=permission))
    user.groups.add(cleared(group))
    return user


def test_a_job_leaves_progress_log_result_and_a_file(run):
    def work(handle):
        for number in range(1, 4):
            handle.progress(number, 3)
        handle.log("三行已读")
        handle.keep_output("list.txt", ContentFile("件".encode()))
        return {"rows": handle.arguments["rows"]}

    job = run(work, {"rows": 3})
    assert (job.state, job.done, job.total, job.result) == (JobState.DONE, 3, 3, {"rows": 3})
    assert job.log.endswith("三行已读\n")
    assert job.output.read().decode() == "件"
    assert job.worker == f"{socket.gethostname()}:{os.getpid()}"
    assert job.finished_at >= job.started_at


def test_a_fault_is_told_in_its_own_words_and_a_crash_is_not(run, caplog):
    def fault(handle):
        raise jobs.JobFault("第3行没有题名。")

    def crash(handle):
        raise ZeroDivisionError("secret of the server")

    assert run(fault).error == "第3行没有题名。"
    job = run(crash)
    assert job.state == JobState.FAILED
    assert "secret" not in job.error
    assert "secret of the server" in caplog.text


def test_a_running_job_stops_at_its_next_step_and_can_be_run_again(run, django_capture_on_commit_callbacks):
    def work(handle):
        if handle.arguments.get("stop") and not Job.objects.filter(pk=handle.job.pk, log="stopped once\n").exists():
            Job.objects.filter(pk=handle.job.pk).update(log="stopped once\n")
            assert jobs.cancel(handle.job)
        handle.progress(1, 1)
        return {"finished": True}

    job = run(work, {"stop": True})
    assert job.state == JobState.CANCELLED
    assert job.result == {}
    with django_capture_on_commit_callbacks(execute=True):
        assert jobs.run_again(job)
    job.refresh_from_db()
    assert (job.state, job.result, job.cancel_asked) == (JobState.DONE, {"finished": True}, False)


def test_a_waiting_job_is_cancelled_at_once_and_never_runs():
    jobs.RUNNERS["test"] = lambda handle: {"ran": True}
    job = Job.objects.create(kind="test", title="等待")
    assert jobs.cancel(job)
    jobs.run_job.func(job.pk, "zh-hans")
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.CANCELLED, {})
    assert not jobs.cancel(job)


def test_a_job_handed_to_two_workers_runs_once():
    runs = []
    jobs.RUNNERS["test"] = lambda handle: runs.append(1)
    job = Job.objects.create(kind="test", title="两次")
    jobs.run_job.func(job.pk, None)
    jobs.run_job.func(job.pk, None)
    assert runs == [1]


def test_a_done_job_is_not_run_again(run):
    job = run(lambda handle: {"rows": 1})
    assert not jobs.run_again(job)


def test_an_unknown_kind_is_refused():
    with pytest.raises(LookupError):
        jobs.start("never registered", "x", {})


@pytest.mark.parametrize(
    ("worker", "minutes", "lost"),
    [
        pytest.param(f"{socket.gethostname()}:{os.getpid()}", 60, False, id="this process"),
        pytest.param(f"{socket.gethostname()}:4194305", 0, True, id="dead here"),
        pytest.param("elsewhere:17", 1, False, id="elsewhere, just now"),
        pytest.param("elsewhere:17", 60, True, id="elsewhere, silent"),
    ],
)
def test_a_job_whose_worker_is_gone_is_ended(worker, minutes, lost):
    beat = timezone.now() - timedelta(minutes=minutes)
    job = Job.objects.create(
        kind="test", title="失联", state=JobState.RUNNING, worker=worker, beat_at=beat, started_at=beat
    )
    assert jobs.release_lost_jobs() == int(lost)
    job.refresh_from_db()
    assert (job.state == JobState.FAILED) is lost
    assert bool(job.error) is lost


def test_time_left_follows_the_pace_so_far():
    job = Job(
        state=JobState.RUNNING, done=25, total=100, started_at=timezone.now() - timedelta(seconds=10), title="进度"
    )
    assert job.percent == 25
    assert 29 <= job.seconds_left() <= 31
    assert Job(state=JobState.RUNNING, done=0, total=0).seconds_left() is None


def test_each_sees_the_own_jobs_and_managers_see_all(client):
    editor, other, manager = member("editor"), member("other"), member("manager", "view_job", "change_job")
    job = Job.objects.create(
        kind="test", title="导入 2008 年目录", started_by=editor, state=JobState.FAILED, error="缺列"
    )
    for user, status in ((editor, 200), (other, 404), (manager, 200)):
        client.force_login(user)
        assert client.get(reverse("job", args=[job.pk])).status_code == status
        assert client.get(reverse("job_state", args=[job.pk])).status_code == status
        assert ("导入 2008 年目录" in client.get(reverse("jobs")).content.decode()) is (status == 200)
    client.force_login(other)
    assert client.post(reverse("job_again", args=[job.pk])).status_code == 404


def test_cancel_and_run_again_from_the_page_are_logged(client):
    editor = member("editor")
    client.force_login(editor)
    job = Job.objects.create(kind="test", title="等待", started_by=editor)
    assert client.get(reverse("job_cancel", args=[job.pk])).status_code == 405
    client.post(reverse("job_cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    client.post(reverse("job_again", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    actions = ModelLogEntry.objects.for_instance(job).values_list("action", "user")
    assert set(actions) == {("fonds.job.cancel", editor.pk), ("fonds.job.run_again", editor.pk)}


def test_who_may_see_all_jobs_may_not_stop_them_without_the_right_to_change(client):
    client.force_login(member("auditor", "view_job"))
    job = Job.objects.create(kind="test", title="等待", started_by=member("editor"))
    client.post(reverse("job_cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_the_file_of_a_job_is_given_to_those_who_may_see_the_job(client):
    editor = member("editor")
    job = Job.objects.create(kind="test", title="清单", started_by=editor, state=JobState.DONE)
    job.output.save("归档文件目录.csv", ContentFile(b"1,2"))
    client.force_login(editor)
    answer = client.get(reverse("job_output", args=[job.pk]))
    assert b"".join(answer.streaming_content) == b"1,2"
    client.force_login(member("other"))
    assert client.get(reverse("job_output", args=[job.pk])).status_code == 404


@pytest.mark.parametrize("name", ["jobs", "job", "job_state", "job_output"])
def test_readers_are_sent_to_sign_in(client, name):
    job = Job.objects.create(kind="test", title="等待")
    address = reverse(name, args=[] if name == "jobs" else [job.pk])
    assert client.get(address).url.startswith(reverse("account_login"))
    client.force_login(User.objects.create_user("reader", password="x"))
    assert client.get(address).url.startswith(reverse("account_login"))


def test_the_list_of_jobs_costs_the_same_whatever_its_length(client, django_assert_max_num_queries):
    editor = member("editor")
    client.force_login(editor)
    Job.objects.bulk_create(
        Job(kind="test", title=f"任务 {number}", started_by=editor, state=JobState.DONE) for number in range(60)
    )
    client.get(reverse("jobs"))
    with django_assert_max_num_queries(12):
        answer = client.get(reverse("jobs"))
    assert "任务 59" in answer.content.decode()


def test_a_failed_job_is_found_by_its_state(client):
    editor = member("editor")
    client.force_login(editor)
    Job.objects.create(kind="test", title="失败的任务", started_by=editor, state=JobState.FAILED)
    Job.objects.create(kind="test", title="完成的任务", started_by=editor, state=JobState.DONE)
    page = client.get(reverse("jobs") + "?state=failed").content.decode()
    assert "失败的任务" in page
    assert "完成的任务" not in page


def test_the_page_of_a_job_without_a_template_of_its_kind_shows_its_result(client):
    editor = member("editor")
    client.force_login(editor)
    job = Job.objects.create(
        kind="test", title="导入", started_by=editor, state=JobState.DONE, result={"units": 600}, done=6, total=6
    )
    page = client.get(reverse("job", args=[job.pk])).content.decode()
    assert "600" in page
    assert "units" in page
