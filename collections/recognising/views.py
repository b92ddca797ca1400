"""The screen that has pages recognised, the one where a text is corrected by hand, and the marks in the viewer."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.utils import get_breadcrumbs_items_for_page
from wagtail.log_actions import log

from fonds.access.decisions import require
from fonds.access.doors import door
from fonds.access.enums import Right
from fonds.archive_pages.folding import fold
from fonds.archive_pages.models import ArchivePage

from ..delivery.scan_views import scan_for
from ..models import PageScan
from ..scan_log import CORRECT_TEXT
from ..scans import set_texts
from .actions import below, to_recognise
from .boxes import marked_boxes
from .jobs import queue_recognition

WORDS, LONGEST = 8, 64


@door(decides_itself="scan_for", pk="scan")
@require_safe
def marks(request: HttpRequest, pk: int) -> JsonResponse:
    """``?mark=…&mark=…`` → ``{"boxes": [[x, y, width, height], …]}``, fractions of the picture of the page."""
    scan = scan_for(request, pk)
    words = [fold(word[:LONGEST]) for word in request.GET.getlist("mark")[:WORDS]]
    answer = JsonResponse({"boxes": [[round(side, 4) for side in box] for box in marked_boxes(scan, words)]})
    answer["Cache-Control"] = "private, no-store"
    return answer


class RecogniseForm(forms.Form):
    """Whether pages that were read before are read once more."""

    again = forms.BooleanField(
        label=gettext_lazy("Read pages once more that were read before"),
        required=False,
        help_text=gettext_lazy("What was corrected by hand, or came with a delivery, stays as it is."),
    )


class UnitView(WagtailAdminTemplateMixin, FormView):
    """A screen about the scans of one unit, for whoever may edit it."""

    header_icon = "doc-full"

    def find_unit(self) -> ArchivePage:
        """The unit that the address names."""
        return get_object_or_404(ArchivePage.objects.exclude(level=""), pk=self.kwargs["pk"])

    @cached_property
    def unit(self) -> ArchivePage:
        return self.find_unit()

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        require(request.user, Right.VIEW, self.unit)  # before anything else: what may not be seen is not there
        if not self.unit.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.unit.title

    def get_breadcrumbs_items(self) -> list[dict]:
        above = get_breadcrumbs_items_for_page(self.unit, self.request.user)
        return [*self.breadcrumbs_items, *above, {"url": "", "label": self.page_title}]


@door(admin=True, pk="unit", right=Right.VIEW)
class RecogniseView(UnitView):
    """Have the pages of a unit, and of all below it, read by the recogniser in a job."""

    template_name = "collections/admin/recognise.html"
    form_class = RecogniseForm
    page_title = gettext_lazy("Recognise text")

    def get_context_data(self, **kwargs) -> dict:
        units = below([self.unit])
        counts = {"all": to_recognise(units, again=True).count(), "missing": to_recognise(units).count()}
        first = PageScan.objects.filter(unit=self.unit.pk).order_by("number").first()
        return {**super().get_context_data(**kwargs), "unit": self.unit, "counts": counts, "first": first}

    def form_valid(self, form: RecogniseForm) -> HttpResponse:
        job = queue_recognition(self.unit, self.request.user, again=form.cleaned_data["again"])
        if job is None:
            messages.warning(self.request, _("There is no page that is still to be read."))
            return redirect("unit_recognise", self.unit.pk)
        return redirect("job", job.pk)


class TextForm(forms.Form):
    """The text of one page."""

    text = forms.CharField(
        label=gettext_lazy("Text of the page"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"}),
    )


@door(admin=True, pk="scan", right=Right.VIEW)
class TextView(UnitView):
    """Correct the text of one page beside its picture; what is written here is never overwritten by a recogniser."""

    template_name = "collections/admin/page_text.html"
    form_class = TextForm
    page_title = gettext_lazy("Text of the page")

    @cached_property
    def scan(self) -> PageScan:
        return get_object_or_404(PageScan.objects.select_related("unit"), pk=self.kwargs["pk"])

    def find_unit(self) -> ArchivePage:
        return self.scan.unit

    def get_initial(self) -> dict:
        return {"text": self.scan.text}

    def get_context_data(self, **kwargs) -> dict:
        scans = PageScan.objects.filter(unit=self.unit.pk)
        beside = {
            "before": scans.filter(number__lt=self.scan.number).order_by("-number").first(),
            "after": scans.filter(number__gt=self.scan.number).order_by("number").first(),
        }
        return {**super().get_context_data(**kwargs), "unit": self.unit, "scan": self.scan, **beside}

    def form_valid(self, form: TextForm) -> HttpResponse:
        text = form.cleaned_data["text"].replace("\r\n", "\n").strip()
        if text != self.scan.text:
            set_texts({self.scan.pk: text})
            log(self.unit, CORRECT_TEXT, user=self.request.user, data={"page": self.scan.number})
            messages.success(self.request, _("The text of page %(page)s is saved.") % {"page": self.scan.number})
        return redirect("page_text", self.scan.pk)
