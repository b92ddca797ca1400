"""Views of the admin that a unit has besides Wagtail's own: create and edit with codes and doubles, the live check of
a form, renumbering, and the numbers left out."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.utils import get_breadcrumbs_items_for_page

from fonds.access.decisions import visible
from fonds.access.doors import door
from fonds.access.models import Department

from . import actions, codes
from .forms import RenumberForm, UnitForm
from .models import ArchivePage, Category, FondsPage, RetentionPeriod


class PageCreateView(CreateView):
    """A new page. A unit is saved with its code in one transaction, and only when someone presses a button."""

    def post(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            return super().post(request)

    def form_valid(self, form) -> HttpResponse:
        if not isinstance(form, UnitForm):
            return super().form_valid(form)
        form.take_code()
        response = super().form_valid(form)
        if self.page.reference_code:
            messages.info(self.request, _("Reference code: %(code)s") % {"code": self.page.reference_code})
        warn_of_doubles(self.request, self.page)
        return response

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        return {**context, "autosave_enabled": context["autosave_enabled"] and not isinstance(self.form, UnitForm)}


class PageEditView(EditView):
    """Changes to a page; of a unit, doubles are told."""

    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        if isinstance(form, UnitForm) and not self.expects_json_response:
            warn_of_doubles(self.request, self.page)
        return response

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        return {**context, "autosave_enabled": context["autosave_enabled"] and not isinstance(self.form, UnitForm)}


def warn_of_doubles(request: HttpRequest, unit: ArchivePage) -> None:
    """Tell, without standing in the way, that the fonds has units that look like ``unit``."""
    fonds = codes.fonds_of(unit)
    if fonds is None or not unit.level or unit.pk == fonds.pk:
        return
    found = actions.find_doubles(fonds, unit.title, unit.date_text, unit.document_number, unit.pk, request.user)
    if found:
        buttons = [messages.button(_edit_url(double), double.shown_code or double.title, True) for double in found]
        messages.warning(request, DOUBLES % {"title": unit.title}, buttons=buttons)


DOUBLES = gettext_lazy("“%(title)s” may be described already: same title and date, or same document number.")


def _edit_url(page: ArchivePage) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


@door(admin=True, queries={"unit": "unit", "parent": "unit"})
def check_unit(request: HttpRequest) -> JsonResponse:
    """For the script of a unit's form: the code its fields would give now, and the doubles of what is written.

    Reserves nothing. ``parent`` (new unit, with ``level``) or ``unit`` says where; the person must be allowed to add
    there or to edit it.
    """
    asked = request.GET
    unit = _page(asked.get("unit"))
    parent = unit.get_parent() if unit else _page(asked.get("parent"))
    if parent is None:
        raise PermissionDenied
    right = unit.permissions_for_user(request.user).can_edit if unit else None
    if not (right or parent.permissions_for_user(request.user).can_add_subpage)():
        raise PermissionDenied
    wanted = actions.CodeValues(parent, asked.get("level", ""), _values(asked))
    answer: dict = {"code": "", "message": "", "doubles": [], "warning": ""}
    if unit is None:
        try:
            answer["code"] = actions.propose_code(wanted)
        except ValidationError as error:
            answer["message"] = " ".join(error.messages)
    fonds = wanted.fonds
    if fonds is not None:
        title = asked.get("title", "").strip()
        found = actions.find_doubles(
            fonds, title, asked.get("date_text", "").strip(), asked.get("document_number", "").strip(),
            unit and unit.pk, request.user,
        )  # fmt: skip
        answer["warning"] = str(DOUBLES % {"title": title}) if found else ""
        answer["doubles"] = [
            {"code": page.shown_code, "title": page.title, "date": page.date_text, "url": _edit_url(page)}
            for page in found
        ]
    return JsonResponse(answer)


def _page(number: str | None) -> ArchivePage | None:
    return get_object_or_404(ArchivePage, pk=number) if number and number.isdigit() else None


def _values(asked) -> dict:
    tables = {"category": Category, "retention": RetentionPeriod, "department": Department}
    chosen = {
        name: model.objects.filter(pk=asked[name]).first()
        for name, model in tables.items()
        if asked.get(name, "").isdigit()
    }
    year = asked.get("year", "")
    return {**chosen, "year": int(year) if year.isdigit() else None}


@door(admin=True, pk="unit")
class RenumberView(WagtailAdminTemplateMixin, FormView):
    """Give a unit another code, with the reason; the old one goes on finding it."""

    template_name = "archive_pages/admin/renumber.html"
    form_class = RenumberForm
    page_title = gettext_lazy("Renumber")
    header_icon = "fonds-code"

    @cached_property
    def unit(self) -> ArchivePage:
        unit = get_object_or_404(ArchivePage.objects.exclude(level=""), pk=self.kwargs["pk"])
        if not unit.permissions_for_user(self.request.user).can_edit():
            raise PermissionDenied
        return unit

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if self.unit.live and not self.unit.permissions_for_user(request.user).can_publish():
            raise PermissionDenied  # a published code changes at once
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.unit.title

    def get_breadcrumbs_items(self) -> list[dict]:
        above = get_breadcrumbs_items_for_page(self.unit, self.request.user)
        return [*self.breadcrumbs_items, *above, {"url": "", "label": _("Renumber")}]

    def get_context_data(self, **kwargs) -> dict:
        return {**super().get_context_data(**kwargs), "unit": self.unit}

    def form_valid(self, form: RenumberForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            unit = codes.renumber(self.unit, data["new_code"], data["reason"], self.request.user)
        except ValidationError as error:
            form.add_error("new_code", error)
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("The unit is now %(new)s; %(old)s goes on finding it.")
            % {"new": unit.reference_code, "old": self.unit.reference_code},
        )
        return redirect("wagtailadmin_pages:edit", unit.pk)


@door(permission="archive_pages.view_coderecord")
class GapsView(WagtailAdminTemplateMixin, TemplateView):
    """The numbers never given in the runs of a fonds (DA/T 70-2018, 2-6)."""

    template_name = "archive_pages/admin/gaps.html"
    page_title = gettext_lazy("Numbers left out")
    header_icon = "fonds-code"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.has_perm("archive_pages.view_coderecord"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs) -> dict:
        every = list(visible(FondsPage.objects.all(), self.request.user).order_by("sort_key"))
        asked = self.request.GET.get("fonds", "")
        chosen = next((fonds for fonds in every if str(fonds.pk) == asked), every[0] if every else None)
        gaps = codes.known_gaps(chosen, self.request.user) if chosen else []
        return {**super().get_context_data(**kwargs), "every_fonds": every, "fonds": chosen, "gaps": gaps}
