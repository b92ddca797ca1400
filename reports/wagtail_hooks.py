"""What this room adds to the admin: the pages of jobs."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import job_views
from .jobs import may_have_jobs


class JobMenuItem(MenuItem):
    """Shown to those whose work has jobs."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_have_jobs(request.user)


@hooks.register("register_admin_urls")
def register_job_urls() -> list:
    return [
        path("jobs/", job_views.JobListView.as_view(), name="jobs"),
        path("jobs/<int:pk>/", job_views.JobView.as_view(), name="job"),
        path("jobs/<int:pk>/state/", job_views.job_state, name="job_state"),
        path("jobs/<int:pk>/output/", job_views.job_output, name="job_output"),
        path("jobs/<int:pk>/cancel/", job_views.cancel_job, name="job_cancel"),
        path("jobs/<int:pk>/again/", job_views.run_job_again, name="job_again"),
    ]


@hooks.register("register_admin_menu_item")
def register_job_menu_item() -> MenuItem:
    return JobMenuItem(_("Jobs"), reverse("jobs"), name="jobs", icon_name="tasks", order=850)


@hooks.register("insert_global_admin_js")
def job_script() -> str:
    return format_html('<script src="{}" defer></script>', static("admin/jobs.js"))


@hooks.register("register_log_actions")
def register_job_log_actions(actions) -> None:
    actions.register_action("fonds.job.cancel", _("Cancel job"), _("Asked the job to stop"))
    actions.register_action("fonds.job.run_again", _("Run job again"), _("Queued the job again"))
