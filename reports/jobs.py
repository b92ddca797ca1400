"""Long work as jobs: a registered runner, a record of progress, a result; started in the web, run by a worker.

A room registers its runners in ``AppConfig.ready()`` (by importing its ``jobs`` module)::

    @runner("import_catalogue")
    def run(handle: JobHandle) -> dict: ...

The runner's return value (JSON) becomes the job's ``result``. A ``JobFault`` ends the job as failed with that
sentence; any other exception ends it as failed too and is logged.
"""

import logging
import time
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from .models import Job, JobState

logger = logging.getLogger(__name__)
RUNNERS: dict[str, Callable] = {}


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
        ``JobCancelled`` where someone asked to stop. Must not be called inside a transaction that may roll back."""
        self.job.done = done
        if total is not None:
            self.job.total = total
        now = time.monotonic()
        if now - self._last < self._interval and done != self.job.total:
            return
        self._last = now
        Job.objects.filter(pk=self.job.pk).update(done=self.job.done, total=self.job.total)
        if Job.objects.filter(pk=self.job.pk, cancel_asked=True).exists():
            raise JobCancelled

    def log(self, line: str) -> None:
        """Add a line to the job's log, with the time."""
        stamp = timezone.localtime().strftime("%H:%M:%S")
        self.job.log += f"{stamp} {line}\n"
        Job.objects.filter(pk=self.job.pk).update(log=self.job.log)


def runner(kind: str) -> Callable[[Callable], Callable]:
    """Register a function as the runner of jobs of ``kind``."""

    def register(function: Callable) -> Callable:
        RUNNERS[kind] = function
        return function

    return register


def start(kind: str, title: str, arguments: dict, user=None) -> Job:
    """Record a job and hand it to the worker when the current transaction commits."""
    if kind not in RUNNERS:
        raise LookupError(kind)
    job = Job.objects.create(kind=kind, title=title[:255], arguments=arguments, started_by=user)
    _enqueue(job)
    return job


def run_again(job: Job) -> None:
    """Queue a failed or cancelled job once more, with the same arguments."""
    changed = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED]).update(
        state=JobState.QUEUED, done=0, error="", result={}, cancel_asked=False, started_at=None, finished_at=None
    )
    if changed:
        _enqueue(job)


def cancel(job: Job) -> None:
    """Ask a job to stop: at once where it waits, at its next step where it runs."""
    Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(state=JobState.CANCELLED, finished_at=timezone.now())
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_asked=True)


def _enqueue(job: Job) -> None:
    language = translation.get_language()
    transaction.on_commit(lambda: run_job.enqueue(job.pk, language))


@task()
def run_job(job_id: int, language: str | None) -> None:
    """Run one job; a job that is no longer waiting is left alone."""
    taken = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.RUNNING, started_at=timezone.now()
    )
    if not taken:
        return
    job = Job.objects.select_related("started_by").get(pk=job_id)
    with translation.override(language):
        state, error = _run(job)
    Job.objects.filter(pk=job_id).update(
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
