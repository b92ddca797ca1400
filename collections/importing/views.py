"""The pages of an import in the admin: the form, and the confirmation on the page of the check."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from fonds.access.doors import door
from fonds.access.roles import IMPORT_PERMISSION
from fonds.reports.jobs import visible_jobs
from fonds.reports.models import Job, JobState

from .forms import ImportForm
from .intake import keep
from .jobs import ANALYSE, IMPORT, start_analysis, start_import


@door(permission=IMPORT_PERMISSION)
class ImportView(WagtailAdminTemplateMixin, FormView):
    """Give a list and its scans; they are checked by a job, and nothing is written before someone confirms."""

    form_class = ImportForm
    template_name = "collections/importing/form.html"
    page_title = gettext_lazy("Import a catalogue")
    header_icon = "upload"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.has_perm(IMPORT_PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_form_kwargs(self) -> dict:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: ImportForm) -> HttpResponse:
        given = form.cleaned_data
        arguments = keep(given["table"], given["archive"], given["files"], given["names"])
        arguments |= {
            "fonds": given["fonds"].pk,
            "category": given["category"].pk,
            "update": given["update"],
            "skip_faulty": given["skip_faulty"],
        }
        job = start_analysis(arguments, given["fonds"].reference_code, self.request.user)
        return redirect("job", job.pk)


@door(permission=IMPORT_PERMISSION, pk="job")
@require_POST
def confirm_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what the check ``pk`` showed."""
    if not request.user.has_perm(IMPORT_PERMISSION):
        raise PermissionDenied
    analysis = get_object_or_404(visible_jobs(request.user), pk=pk, kind=ANALYSE, state=JobState.DONE)
    if not analysis.result.get("may_import") or analysis.result.get("changes_nothing"):
        messages.error(request, _("There is nothing to import here."))
        return redirect("job", pk)
    before = Job.objects.filter(kind=IMPORT, arguments__analysis=pk).exclude(
        state__in=[JobState.FAILED, JobState.CANCELLED]
    )
    job = before.first() or start_import(analysis, request.user)
    return redirect("job", job.pk)
