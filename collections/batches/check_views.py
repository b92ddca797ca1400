"""The quality check on the screen, the pictures of a batch, and the list of what is to be scanned again."""

from django.core.files.storage import storages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages

from fonds.access.doors import door
from fonds.access.roles import IMPORT_PERMISSION
from fonds.reports.tables import Column, ListReport, list_xlsx

from ..delivery.sending import deliver_bytes
from ..derivatives import PREVIEW_LONGEST, THUMBNAIL_LONGEST, derivative_key
from ..enums import BatchState, Verdict
from ..faults import ScanFault
from ..models import BatchPage, ScanBatch
from ..page_images import UNREADABLE, open_page, scaled_jpeg
from ..storage import local_path, put_bytes
from . import arranging, checking
from .findings import sentence
from .forms import AdjustForm, VerdictForm
from .seeing import seen, seen_batches, seen_pages
from .states import BatchFault
from .taking import check_permission
from .views import BatchMixin

SIZES = {"t": THUMBNAIL_LONGEST, "p": PREVIEW_LONGEST}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@door(permission=IMPORT_PERMISSION, pk="batch")
class CheckView(BatchMixin, TemplateView):
    """One page of the sample after the other: a key for each verdict."""

    template_name = "collections/batches/check.html"

    def get_context_data(self, **kwargs) -> dict:
        sample = list(seen(checking.sample_of(self.batch), self.request.user))
        keys = [page.pk for page in sample]
        wanted = self.request.GET.get("page", "")
        place = keys.index(int(wanted)) if wanted.isdecimal() and int(wanted) in keys else _first_open(sample)
        page = sample[place] if sample else None
        return {
            **super().get_context_data(**kwargs),
            "batch": self.batch,
            "page": page,
            "findings": [sentence(finding) for finding in page.findings] if page else [],
            "number": place + 1,
            "total": len(sample),
            "before": sample[place - 1] if place else None,
            "after": sample[place + 1] if place + 1 < len(sample) else None,
            "verdicts": list(enumerate(Verdict.choices, 1)),
            "rate": checking.rate_of(seen_pages(self.batch, self.request.user)),
            "is_open": self.batch.state == BatchState.CHECKING,
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = VerdictForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Choose a verdict."))
            return redirect("scan_batch_check", pk)
        given = form.cleaned_data
        page = get_object_or_404(seen_pages(self.batch, request.user), pk=given["page"])
        try:
            checking.judge(page, given["verdict"], request.user, given["remark"])
        except BatchFault as fault:
            messages.error(request, str(fault))
        return redirect("scan_batch_check", pk)


def _first_open(sample: list[BatchPage]) -> int:
    return next((place for place, page in enumerate(sample) if not page.verdict), 0)


@door(permission=IMPORT_PERMISSION, pk="batch_page")
class AdjustView(BatchMixin, FormView):
    """Adjust one page, with the picture as it was delivered beside the picture as it will be shown."""

    template_name = "collections/batches/adjust.html"
    form_class = AdjustForm

    @cached_property
    def row(self) -> BatchPage:
        user = self.request.user
        rows = seen(BatchPage.objects.filter(batch__in=seen_batches(user)).exclude(master=None), user)
        return get_object_or_404(rows.select_related("batch", "unit"), pk=self.kwargs["pk"])

    @cached_property
    def batch(self) -> ScanBatch:
        return self.row.batch

    def get_initial(self) -> dict:
        return AdjustForm.values_of(self.row.steps)

    def get_context_data(self, **kwargs) -> dict:
        return {**super().get_context_data(**kwargs), "row": self.row, "batch": self.batch}

    def form_valid(self, form: AdjustForm) -> HttpResponse:
        try:
            arranging.set_adjustments(self.batch, self.row.pk, form.steps(), self.request.user)
        except (BatchFault, ScanFault) as fault:
            form.add_error(None, str(fault))
            return self.form_invalid(form)
        return redirect("batch_page_adjust", self.row.pk)


@door(permission=IMPORT_PERMISSION, pk="batch_page")
@require_safe
def thumbnail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The page, 240 pixels at its longest side."""
    return _picture(request, pk, "t")


@door(permission=IMPORT_PERMISSION, pk="batch_page")
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The page, 1280 pixels at its longest side; ``?delivered``: without its adjustments."""
    return _picture(request, pk, "p")


def _picture(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """A picture of a page as it is adjusted now, kept once it is made."""
    check_permission(request.user)
    page = get_object_or_404(seen(BatchPage.objects.exclude(master=None).select_related("master"), request.user), pk=pk)
    if "delivered" in request.GET:
        page.steps = []
    key = derivative_key(page, kind, "jpg")
    store = storages["derivatives"]
    if store.exists(key):
        with store.open(key) as file:
            data = file.read()
    else:
        data = _made(page, kind)
        put_bytes(store, key, data, "image/jpeg")
    name = f"{page.pk}.jpg"
    return deliver_bytes(request, data, mime_type="image/jpeg", name=name, etag=key.rsplit("/", 1)[-1], public=False)


def _made(page: BatchPage, kind: str) -> bytes:
    try:
        with local_path(storages["masters"], page.master.key) as path:
            return scaled_jpeg(open_page(page, path).copy_memory(), SIZES[kind])
    except UNREADABLE as error:
        raise Http404 from error


@door(permission=IMPORT_PERMISSION, pk="batch")
@require_safe
def scan_again(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be scanned again, as a spreadsheet for whoever scans."""
    check_permission(request.user)
    batch = get_object_or_404(seen_batches(request.user), pk=pk)
    rows = seen(checking.to_scan_again(batch), request.user)
    report = ListReport(
        title=_("To be scanned again: %(batch)s") % {"batch": batch.title},
        columns=[
            Column(_("No."), 12, "right"),
            Column(_("Reference code"), 60, code=True),
            Column(_("Page"), 15, "right"),
            Column(_("File name"), 80),
            Column(_("Reason"), 90),
        ],
        rows=[
            (number, page.unit.reference_code if page.unit else "", page.page or "", page.name, _reason(page))
            for number, page in enumerate(rows, 1)
        ],
    )
    answer = HttpResponse(list_xlsx(report), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="scan-again-{batch.pk}.xlsx"'
    return answer


def _reason(page: BatchPage) -> str:
    said = page.fault or page.get_verdict_display()
    found = [sentence(finding) for finding in page.findings]
    return "；".join(filter(None, [said, page.remark, *found]))
