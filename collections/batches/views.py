"""The screens of batches: the list, a new one, arranging its pages, and its state."""

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from fonds.access.decisions import require
from fonds.access.doors import door
from fonds.access.enums import Right
from fonds.access.roles import IMPORT_PERMISSION
from fonds.archive_pages.models import ArchivePage

from ..enums import BatchState
from ..faults import ScanFault
from ..importing.intake import keep
from ..models import BatchPage, ScanBatch
from . import arranging, checking
from .findings import is_serious, missing_numbers, sentence
from .forms import BatchForm, ChangeForm, FilesForm
from .jobs import queue_closing, queue_files
from .matching import load_pages
from .seeing import seen, seen_batches, seen_pages
from .states import BatchFault
from .taking import check_permission

UNITS_SHOWN, UNSORTED_SHOWN = 20, 200


class BatchMixin(WagtailAdminTemplateMixin):
    """A screen about batches, for whoever may take in scans."""

    header_icon = "upload"
    page_title = gettext_lazy("Batches of scans")

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        check_permission(request.user)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def batch(self) -> ScanBatch:
        return get_object_or_404(seen_batches(self.request.user), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.batch.title if "pk" in self.kwargs else ""

    def get_breadcrumbs_items(self) -> list[dict]:
        items = [*self.breadcrumbs_items, {"url": reverse("scan_batches"), "label": _("Batches of scans")}]
        return items + ([{"url": "", "label": self.batch.title}] if "pk" in self.kwargs else [])


@door(permission=IMPORT_PERMISSION)
class BatchListView(BatchMixin, TemplateView):
    """All batches, the newest first, with what waits in each."""

    template_name = "collections/batches/list.html"

    def get_context_data(self, **kwargs) -> dict:
        user = self.request.user
        batches = seen_batches(user).select_related("created_by").order_by("-pk")
        state = self.request.GET.get("state", "")
        if state in BatchState.values:
            batches = batches.filter(state=state)
        page = Paginator(batches, 50).get_page(self.request.GET.get("p"))
        pages = seen(BatchPage.objects.filter(batch__in=list(page), is_removed=False), user)
        counts = {row["batch"]: row for row in _counts(pages)}
        for batch in page:
            batch.counts = counts.get(batch.pk, {})
        return {**super().get_context_data(**kwargs), "batches": page, "states": BatchState.choices, "state": state}


def _counts(pages: QuerySet[BatchPage]) -> QuerySet:
    """Units, pages, pages without a unit and faulty files of each batch."""
    return pages.order_by().values("batch").annotate(**checking.COUNTS)


@door(permission=IMPORT_PERMISSION)
class BatchNewView(BatchMixin, FormView):
    """A new batch with its first files."""

    template_name = "collections/batches/new.html"
    form_class = BatchForm

    def get_initial(self) -> dict:
        """The rules of the last batch are those of the next."""
        last = ScanBatch.objects.filter(corrects=None).first()
        fields = BatchForm._meta.fields[1:]
        return {field: getattr(last, field) for field in fields} if last else {}

    def get_context_data(self, **kwargs) -> dict:
        kwargs.setdefault("files_form", FilesForm())
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form, files_form = self.get_form(), FilesForm(request.POST, request.FILES)
        if not form.is_valid() or not files_form.is_valid():
            return self.render_to_response(self.get_context_data(form=form, files_form=files_form))
        form.instance.created_by = request.user
        return redirect("job", _take(form.save(), files_form, request.user).pk)


def _take(batch: ScanBatch, form: FilesForm, user):
    given = form.cleaned_data
    return queue_files(batch, keep(None, given["archive"], given["files"], given["names"]), user)


@door(permission=IMPORT_PERMISSION, pk="batch")
class BatchFilesView(BatchMixin, FormView):
    """More files for a batch: pages that were missing, or were scanned again."""

    template_name = "collections/batches/files.html"
    form_class = FilesForm

    def form_valid(self, form: FilesForm) -> HttpResponse:
        return redirect("job", _take(self.batch, form, self.request.user).pk)

    def get_context_data(self, **kwargs) -> dict:
        return {
            **super().get_context_data(**kwargs),
            "batch": self.batch,
            "files_form": kwargs.get("form") or self.get_form(),
        }


@door(permission=IMPORT_PERMISSION, pk="batch")
class BatchView(BatchMixin, TemplateView):
    """The pages of a batch, by unit: sorted, moved, turned, cut, left out; and what the rules found."""

    template_name = "collections/batches/batch.html"

    def get_context_data(self, **kwargs) -> dict:
        batch, user = self.batch, self.request.user
        pages = seen_pages(batch, user)
        units = ArchivePage.objects.filter(pages_in_batches__in=pages).distinct().order_by("sort_key", "pk")
        shown = Paginator(units, UNITS_SHOWN).get_page(self.request.GET.get("p"))
        unsorted = pages.filter(unit=None, is_removed=False).order_by("name", "frame")
        removed = list(pages.filter(is_removed=True).order_by("-pk")[: UNSORTED_SHOWN + 1])
        return {
            **super().get_context_data(**kwargs),
            "batch": batch,
            "units": shown,
            "groups": _groups(pages, list(shown)),
            "unsorted": [_shown(page) for page in unsorted.exclude(master=None)[:UNSORTED_SHOWN]],
            "faulty": list(unsorted.filter(master=None)[:UNSORTED_SHOWN]),
            "removed": [_shown(page) for page in removed[:UNSORTED_SHOWN]],
            "counts": pages.filter(is_removed=False).aggregate(
                **checking.COUNTS, found=Count("pk", filter=~Q(findings=[]))
            ),
            "undo": batch.changes.filter(is_undone=False).exists(),
            "again": seen(checking.to_scan_again(batch), user).exists() if batch.state != BatchState.CLOSED else False,
        }


def _groups(rows: QuerySet[BatchPage], units: list[ArchivePage]) -> list[dict]:
    """Each unit with its pages as shown, and what does not agree with its entry."""
    pages: dict[int, list[BatchPage]] = {unit.pk: [] for unit in units}
    for page in rows.filter(unit__in=list(pages), is_removed=False).order_by("position", "pk"):
        pages[page.unit_id].append(page)
    groups = []
    for unit in units:
        rows, remarks = pages[unit.pk], []
        missing = missing_numbers(rows)
        if missing:
            numbers = "、".join(map(str, missing[:10])) + ("…" if len(missing) > 10 else "")
            remarks.append(_("Numbers missing: %(numbers)s") % {"numbers": numbers})
        if unit.page_count is not None and unit.page_count != len(rows):
            words = {"stated": unit.page_count, "found": len(rows)}
            remarks.append(_("The entry says %(stated)s pages, here are %(found)s.") % words)
        groups.append({"unit": unit, "pages": [_shown(page) for page in rows], "remarks": remarks})
    return groups


def _shown(page: BatchPage) -> dict:
    is_straight = any("straighten" in step for step in page.steps)
    found = [
        {"text": sentence(finding), "is_serious": is_serious(finding)}
        for finding in page.findings
        if not (is_straight and finding["rule"] == "skew")
    ]
    return {"page": page, "findings": found}


@door(permission=IMPORT_PERMISSION, pk="batch")
@require_POST
def change_pages(request: HttpRequest, pk: int) -> HttpResponse:
    """One change of the arrangement; then back to the screen, with the fault if there is one."""
    check_permission(request.user)
    batch = get_object_or_404(seen_batches(request.user), pk=pk)
    form = ChangeForm(request.POST, user=request.user)
    fault = ""
    if form.is_valid():
        known = set(
            seen_pages(batch, request.user).filter(pk__in=form.cleaned_data["pages"]).values_list("pk", flat=True)
        )
        form.cleaned_data["pages"] = [key for key in form.cleaned_data["pages"] if key in known]
        try:
            _perform(batch, form.cleaned_data, request.user)
        except (BatchFault, ScanFault) as error:
            fault = str(error)
    else:
        fault = " ".join(text for texts in form.errors.values() for text in texts)
    if fault:
        messages.error(request, fault)
    page = request.POST.get("p", "")
    return redirect(reverse("scan_batch", args=[pk]) + (f"?p={page}" if page.isdecimal() else ""))


def _perform(batch: ScanBatch, wanted: dict, user) -> None:
    kind, pages, unit, value = wanted["kind"], wanted["pages"], wanted["unit"], wanted["value"]
    match kind:
        case "move":
            arranging.move_pages(batch, pages, unit, user, before=wanted["before"])
        case "split" if unit and pages:
            arranging.split_unit(batch, pages[0], unit, user)
        case "split":
            raise BatchFault(_("Choose a page, and give the code of the unit that begins with it."))
        case "straighten":
            arranging.straighten_pages(batch, pages, user)
        case "turn":
            arranging.adjust_pages(batch, pages, {"turn": int(value or 0)}, user)
        case "clear":
            arranging.clear_adjustments(batch, pages, user)
        case "halve":
            arranging.halve_page(batch, (pages or [0])[0], user, at=value or 0.5)
        case "join":
            arranging.join_pages(batch, pages, user)
        case "replace":
            arranging.replace_page(batch, *(pages + [0, 0])[:2], user)
        case "remove" | "restore":
            arranging.remove_pages(batch, pages, user, back=kind == "restore")
        case "dismiss":
            arranging.dismiss_faulty(batch, user)
        case "undo":
            arranging.undo(batch, user)


@door(permission=IMPORT_PERMISSION, pk="batch")
@require_POST
def change_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin or end the check, go back to arranging, take the batch over."""
    check_permission(request.user)
    batch = get_object_or_404(seen_batches(request.user), pk=pk)
    try:
        match request.POST.get("to"):
            case "check":
                checking.begin_check(batch, request.user)
                return redirect("scan_batch_check", pk)
            case "finish":
                checking.finish_check(batch, request.user)
            case "reopen":
                checking.reopen(batch, request.user)
            case "close":
                checking.refuse_unready(batch)
                hidden = (
                    checking.pages_of(batch).count() - seen_pages(batch, request.user).filter(is_removed=False).count()
                )
                if hidden:
                    raise BatchFault(_("Some pages belong to units whose pages you may not see."))
                return redirect("job", queue_closing(batch, request.user).pk)
    except BatchFault as fault:
        messages.error(request, str(fault))
    return redirect("scan_batch", pk)


@door(admin=True, pk="unit", right=Right.VIEW)
class ArrangeView(WagtailAdminTemplateMixin, TemplateView):
    """Begin a batch with the pages that a unit has, to put them in order."""

    template_name = "collections/batches/arrange_unit.html"
    page_title = gettext_lazy("Arrange pages")
    header_icon = "copy"

    @cached_property
    def unit(self) -> ArchivePage:
        return get_object_or_404(ArchivePage.objects.exclude(level=""), pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        require(request.user, Right.VIEW, self.unit)  # before anything else: what may not be seen is not there
        check_permission(request.user)
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.unit.title

    def get_context_data(self, **kwargs) -> dict:
        begun = ScanBatch.objects.filter(pages__unit=self.unit.pk).exclude(state=BatchState.CLOSED).distinct()
        return {**super().get_context_data(**kwargs), "unit": self.unit, "begun": begun}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        title = _("Pages of %(unit)s") % {"unit": self.unit.reference_code or self.unit.title}
        batch = ScanBatch.objects.create(title=title[:200], corrects=self.unit, created_by=request.user)
        load_pages(batch, self.unit)
        return redirect("scan_batch", batch.pk)
