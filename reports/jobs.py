"""Long work as jobs: a registered runner, a record of progress, a result; started in the web, run by a worker.

A room registers its runners in ``AppConfig.ready()`` (by importing its ``jobs`` module)::

    @runner("import_catalogue")
    def run(handle: JobHandle) -> dict: ...

The runner's return value (JSON) becomes the job's ``result``. A ``JobFault`` ends the job as failed with that
sentence; any other exception ends it as failed too and is logged.
"""

import logging
import os
import socket
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from fonds.access.decisions import is_archive_staff
from fonds.audit import names
from fonds.audit.context import job_of
from fonds.audit.events import record

from .models import Job, JobState

logger = logging.getLogger(__name__)
RUNNERS: dict[str, Callable] = {}
URGENCY: dict[str, Callable[[dict], int]] = {}
LOST_AFTER = timedelta(seconds=getattr(settings, "FONDS_JOB_LOST_AFTER", 15 * 60))


class JobFault(Exception):
    """The work cannot be done; the message is a sentence for the person who asked."""


class JobCancelled(Exception):
    """Someone asked for the job to stop."""


class JobHandle:
    """What a runner sees of its job."""

    def __init__(self, job: Job, min_interval: float = 0.5) -> None:
        self.job = job
        self._interval = min_interval
        self._last = 0.0

    @property
    def arguments(self) -> dict:
        return self.job.arguments

    def progress(self, done: int, total: int | None = None) -> None:
        """Note that ``done`` units of ``total`` are finished (written at most twice a second); raises
        ``JobCancelled`` where someone asked to stop, or the account it runs for was made inactive. Must not be called inside a transaction that may roll back."""
        self.job.done = done
        if total is not None:
            self.job.total = total
        now = time.monotonic()
        if now - self._last < self._interval and done != self.job.total:
            return
        self._last = now
        self._note(done=self.job.done, total=self.job.total)
        to_stop = Q(cancel_asked=True) | Q(started_by__is_active=False)
        if Job.objects.filter(to_stop, pk=self.job.pk).exists():
            raise JobCancelled

    def log(self, line: str) -> None:
        """Add a line to the job's log, with the time."""
        stamp = timezone.localtime().strftime("%H:%M:%S")
        self.job.log += f"{stamp} {line}\n"
        self._note(log=self.job.log)

    def keep_output(self, name: str, content: File) -> None:
        """Keep a file that the job made; it is offered on the job's page under the end of ``name``."""
        self.job.output.save(name, content, save=False)
        self._note(output=self.job.output.name)

    def _note(self, **values) -> None:
        Job.objects.filter(pk=self.job.pk).update(beat_at=timezone.now(), **values)


def runner(kind: str, urgency: Callable[[dict], int] | None = None) -> Callable:
    """Register a function as the runner of jobs of ``kind``. ``urgency`` tells from a job's arguments which of several
    waiting jobs goes first: -100 to 100, the highest; 0 unless said."""

    def register(function: Callable) -> Callable:
        RUNNERS[kind] = function
        if urgency:
            URGENCY[kind] = urgency
        return function

    return register


def start(kind: str, title: str, arguments: dict, user=None) -> Job:
    """Record a job and hand it to the worker when the current transaction commits."""
    if kind not in RUNNERS:
        raise LookupError(kind)
    with transaction.atomic():
        job = Job.objects.create(kind=kind, title=title[:255], arguments=arguments, started_by=user)
        record(names.JOB_START, unit=job, user=user, detail={"kind": kind})
        _enqueue(job)
    return job


def run_again(job: Job) -> bool:
    """Queue a failed or cancelled job once more, with the same arguments; whether it was queued."""
    changed = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED]).update(
        state=JobState.QUEUED, done=0, error="", result={}, cancel_asked=False, started_at=None, finished_at=None
    )
    if changed:
        _enqueue(job)
    return bool(changed)


def cancel(job: Job) -> bool:
    """Ask a job to stop: at once where it waits, at its next step where it runs; whether there was a job to stop."""
    now = timezone.now()
    waiting = Job.objects.filter(pk=job.pk, state=JobState.QUEUED)
    running = Job.objects.filter(pk=job.pk, state=JobState.RUNNING)
    return bool(waiting.update(state=JobState.CANCELLED, finished_at=now) or running.update(cancel_asked=True))


def may_have_jobs(user) -> bool:
    """Whether jobs are part of this person's work: of the archive room's, and of the system administrator's."""
    return is_archive_staff(user) or user.has_perm("reports.view_job")


def may_read(job: Job, user) -> bool:
    """Whether ``user`` may see what the job is about: title, log, result and file name records. Who looks after jobs
    without being of the archive room sees state and times only, and of his own jobs too once they are no longer his
    work: what he could see when he asked is in them."""
    return is_archive_staff(user) or (job.started_by_id == user.pk and may_have_jobs(user))


def visible_jobs(user) -> QuerySet[Job]:
    """All jobs for who may view jobs, the user's own for everyone else."""
    jobs = Job.objects.select_related("started_by")
    return jobs if user.has_perm("reports.view_job") else jobs.filter(started_by=user)


def release_lost_jobs() -> int:
    """End the jobs whose worker is gone, so that they can be run again; how many there were.

    A worker of this machine is gone when its process is; one of another machine when it gave no sign for
    ``FONDS_JOB_LOST_AFTER`` seconds (15 minutes).
    """
    running = Job.objects.filter(state=JobState.RUNNING).exclude(worker="").only("worker", "beat_at")
    lost = [job.pk for job in running if _is_lost(job)]
    if not lost:
        return 0
    return Job.objects.filter(pk__in=lost, state=JobState.RUNNING).update(
        state=JobState.FAILED,
        error=_("The worker stopped before the job was finished. The job can be run again."),
        finished_at=timezone.now(),
    )


def _is_lost(job: Job) -> bool:
    host, _colon, process = job.worker.rpartition(":")
    if host == socket.gethostname():
        return not _is_alive(int(process))
    return job.beat_at is None or timezone.now() - job.beat_at > LOST_AFTER


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _worker() -> str:
    return f"{socket.gethostname()[:100]}:{os.getpid()}"


def _enqueue(job: Job) -> None:
    language = translation.get_language()
    waiting = run_job.using(priority=URGENCY[job.kind](job.arguments)) if job.kind in URGENCY else run_job
    transaction.on_commit(lambda: waiting.enqueue(job.pk, language))


@task()
def run_job(job_id: int, language: str | None) -> None:
    """Run one job; a job that is no longer waiting is left alone."""
    release_lost_jobs()
    now = timezone.now()
    taken = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.RUNNING, started_at=now, beat_at=now, worker=_worker()
    )
    if not taken:
        return
    job = Job.objects.select_related("started_by").get(pk=job_id)
    with translation.override(language), job_of(job.started_by):
        state, error = _run(job)
    Job.objects.filter(pk=job_id, state=JobState.RUNNING).update(
        state=state, error=error, result=job.result, done=job.done, total=job.total, finished_at=timezone.now()
    )


def _run(job: Job) -> tuple[JobState, str]:
    try:
        job.result = RUNNERS[job.kind](JobHandle(job)) or {}
    except JobCancelled:
        return JobState.CANCELLED, ""
    except JobFault as fault:
        return JobState.FAILED, str(fault)
    except Exception:
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        return JobState.FAILED, _(
            "The job ended with an error that is not its input's. The log of the server names it."
        )
    return JobState.DONE, ""
