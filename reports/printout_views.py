"""Printed lists in the admin: choose one, say which part, have it as PDF or spreadsheet."""

from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from fonds.access.doors import door

from . import jobs
from .printout_jobs import KIND, MIME_TYPES, print_list
from .registry import Printout, find, offered

#: Rows that are printed while the person waits (about 2 s each); more become a job.
AT_ONCE = {"pdf": 500, "xlsx": 5_000}


@door(admin=True)
class PrintoutListView(WagtailAdminTemplateMixin, TemplateView):
    """What can be printed."""

    template_name = "reports/printouts/index.html"
    page_title = gettext_lazy("Printouts")
    header_icon = "list-ul"

    def get_breadcrumbs_items(self) -> list[dict]:
        return [*self.breadcrumbs_items, {"url": "", "label": _("Printouts")}]

    def get_context_data(self, **kwargs) -> dict:
        printouts = offered(self.request.user)
        if not printouts:
            raise PermissionDenied
        return {**super().get_context_data(**kwargs), "printouts": printouts}


@door(decides_itself="each printout, of its own rows", name="printout")
class PrintoutView(WagtailAdminTemplateMixin, TemplateView):
    """One printed list: its parameters, and the list itself. Parameters in the address fill the form."""

    template_name = "reports/printouts/printout.html"
    page_title = gettext_lazy("Printouts")
    header_icon = "list-ul"

    @cached_property
    def printout(self) -> Printout:
        try:
            return find(self.kwargs["name"], self.request.user)
        except LookupError as error:
            raise Http404 from error

    def get_page_subtitle(self) -> str:
        return self.printout.title

    def get_breadcrumbs_items(self) -> list[dict]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("printouts"), "label": _("Printouts")},
            {"url": "", "label": self.printout.title},
        ]

    def get_context_data(self, **kwargs) -> dict:
        kwargs.setdefault("form", self.printout.form(initial=self.request.GET.dict(), user=self.request.user))
        return {**super().get_context_data(**kwargs), "printout": self.printout, "at_once": AT_ONCE}

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        kind = request.POST.get("kind", "pdf")
        if kind not in MIME_TYPES:
            raise Http404
        form = self.printout.form(request.POST, user=request.user)
        if not form.is_valid():
            context = self.get_context_data(form=form)
            return TemplateResponse(request, self.template_name, context, status=422)
        if self.printout.count(form.cleaned_data, request.user) > AT_ONCE[kind]:
            return self._as_job(request, kind)
        name, content = print_list(self.printout, kind, form.cleaned_data, request.user)
        return file_response(name, content, MIME_TYPES[kind], inline=kind == "pdf")

    def _as_job(self, request: HttpRequest, kind: str) -> HttpResponse:
        data = {name: request.POST.get(name, "") for name in self.printout.form.base_fields}
        arguments = {"printout": self.printout.name, "kind": kind, "data": data}
        job = jobs.start(KIND, f"{self.printout.title} ({kind})", arguments, request.user)
        return redirect("job", job.pk)


def file_response(name: str, content: bytes, mime_type: str, *, inline: bool) -> HttpResponse:
    """``content`` as a download (or shown in the browser) that is stored nowhere on the way."""
    response = HttpResponse(content, content_type=mime_type)
    manner = "inline" if inline else "attachment"
    response["Content-Disposition"] = f"{manner}; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response
