"""The pages of jobs in the admin: the list, one job, its state as JSON, its file, cancel and run again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template import TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from fonds.access.doors import door
from fonds.audit import names
from fonds.audit.events import record

from . import jobs
from .models import Job, JobState


class JobStateColumn(Column):
    """State and progress of a job in one cell."""

    cell_template_name = "reports/jobs/state_cell.html"


class JobTitleColumn(TitleColumn):
    """What the job is about; only its kind for who may not read that."""

    def get_cell_context_data(self, instance: Job, parent_context: dict) -> dict:
        context = super().get_cell_context_data(instance, parent_context)
        return {**context, "value": _subject(instance, parent_context["request"])}


@door(decides_itself="reports.jobs.visible_jobs")
class JobListView(IndexView):
    """The jobs that the person may see, newest first; ``?state=failed`` shows one state."""

    model = Job
    page_title = gettext_lazy("Jobs")
    header_icon = "tasks"
    index_url_name = "jobs"
    paginate_by = 30
    default_ordering = "-created_at"
    is_searchable = False
    any_permission_required = None
    permission_required = None
    template_name = "wagtailadmin/generic/listing.html"
    results_template_name = "reports/jobs/list_results.html"
    columns = [
        JobTitleColumn("title", label=gettext_lazy("Title"), url_name="job"),
        JobStateColumn("state", label=gettext_lazy("State"), width="22%"),
        Column("started_by", label=gettext_lazy("Started by"), width="14%"),
        DateColumn("created_at", label=gettext_lazy("Asked for at"), width="14%"),
    ]

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not jobs.may_have_jobs(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self):
        jobs.release_lost_jobs()
        found = jobs.visible_jobs(self.request.user).defer("log", "result", "arguments")
        state = self.request.GET.get("state")
        return found.filter(state=state) if state in JobState.values else found

    def get_context_data(self, **kwargs) -> dict:
        states = [("", _("All"))] + list(JobState.choices)
        return {**super().get_context_data(**kwargs), "states": states, "state": self.request.GET.get("state", "")}


@door(decides_itself="reports.jobs.visible_jobs", pk="job")
class JobView(WagtailAdminTemplateMixin, TemplateView):
    """One job: what, who, progress, log, result; it refreshes itself while the job is not over."""

    template_name = "reports/jobs/job.html"
    page_title = gettext_lazy("Job")
    header_icon = "tasks"

    @cached_property
    def job(self) -> Job:
        jobs.release_lost_jobs()
        return get_object_or_404(jobs.visible_jobs(self.request.user), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return _subject(self.job, self.request)

    def get_breadcrumbs_items(self) -> list[dict]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("jobs"), "label": _("Jobs")},
            {"url": "", "label": _("Job"), "sublabel": self.get_page_subtitle()},
        ]

    def get_context_data(self, **kwargs) -> dict:
        return {**super().get_context_data(**kwargs), **job_context(self.job, self.request)}


def job_context(job: Job, request: HttpRequest) -> dict:
    """What the templates of a job need, no more than the person may read; ``result_html`` is made by ``reports/jobs/result_<kind>.html`` if there is
    one, with ``job`` and ``result``."""
    readable = jobs.may_read(job, request.user)
    return {
        "job": job,
        "time_left": spoken_seconds(job.seconds_left()),
        "time_spent": spoken_seconds(_seconds_spent(job)),
        "may_read": readable,
        "result_html": _result_html(job, request) if readable else "",
        "can_cancel": not job.is_over and not job.cancel_asked,
        "can_run_again": job.state in (JobState.FAILED, JobState.CANCELLED),
    }


def _subject(job: Job, request: HttpRequest) -> str:
    return job.title if jobs.may_read(job, request.user) else job.kind


def spoken_seconds(seconds: int | None) -> str:
    """``seconds`` in words a person waits by: seconds below two minutes, then minutes; empty for ``None``."""
    if seconds is None:
        return ""
    if seconds < 120:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    minutes = round(seconds / 60)
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}


def _seconds_spent(job: Job) -> int | None:
    if not job.started_at:
        return None
    return round(((job.finished_at or timezone.now()) - job.started_at).total_seconds())


def _result_html(job: Job, request: HttpRequest) -> str:
    if not job.result:
        return ""
    try:
        template = get_template(f"reports/jobs/result_{job.kind}.html")
    except TemplateDoesNotExist:
        template = get_template("reports/jobs/result.html")
    return template.render({"job": job, "result": job.result}, request)


@door(decides_itself="reports.jobs.visible_jobs", pk="job")
def job_state(request: HttpRequest, pk: int) -> JsonResponse:
    """The changing part of a job's page, for the script that refreshes it."""
    jobs.release_lost_jobs()
    job = get_object_or_404(jobs.visible_jobs(request.user), pk=pk)
    html = render_to_string("reports/jobs/job_body.html", job_context(job, request), request)
    return JsonResponse({"state": job.state, "over": job.is_over, "html": html})


@door(decides_itself="reports.jobs.visible_jobs", pk="job")
def job_output(request: HttpRequest, pk: int) -> FileResponse:
    """The file that a job made."""
    job = get_object_or_404(jobs.visible_jobs(request.user), pk=pk)
    if not (job.output and jobs.may_read(job, request.user)):
        raise Http404
    record(names.JOB_FILE, unit=job, user=request.user, request=request, detail={"file": job.output.name})
    return FileResponse(job.output.open("rb"), as_attachment=True, filename=job.output.name.rsplit("/", 1)[-1])


@door(decides_itself="reports.jobs.visible_jobs", pk="job")
@require_POST
def cancel_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a job on the wish of who started it or who may change jobs."""
    job = _own_job(request, pk)
    with transaction.atomic():
        cancelled = jobs.cancel(job)
        if cancelled:
            log(instance=job, action="fonds.job.cancel", user=request.user)
    if cancelled:
        messages.success(request, _("The job was asked to stop."))
    else:
        messages.warning(request, _("The job is over already."))
    return redirect("job", pk)


@door(decides_itself="reports.jobs.visible_jobs", pk="job")
@require_POST
def run_job_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a failed or cancelled job once more."""
    job = _own_job(request, pk)
    with transaction.atomic():
        queued = jobs.run_again(job)
        if queued:
            log(instance=job, action="fonds.job.run_again", user=request.user)
    if queued:
        messages.success(request, _("The job was queued again."))
    else:
        messages.warning(request, _("Only a failed or cancelled job can be run again."))
    return redirect("job", pk)


def _own_job(request: HttpRequest, pk: int) -> Job:
    job = get_object_or_404(jobs.visible_jobs(request.user), pk=pk)
    if job.started_by_id != request.user.pk and not request.user.has_perm("reports.change_job"):
        raise PermissionDenied
    return job
