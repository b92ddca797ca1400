"""Actions on many units chosen in the tree."""

import swapper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction

from fonds.access.decisions import visible
from fonds.access.enums import OpeningStatus

from . import actions
from .admin_listing import UnitFilterSet, find_by_words
from .models import ArchivePage

SHOWN = 20


class OpeningStatusForm(forms.Form):
    opening_status = forms.ChoiceField(label=_("Opening status"), choices=OpeningStatus.choices)


class SetOpeningStatus(PageBulkAction):
    """Set the opening status of the chosen units; each change stands in the unit's history."""

    display_name = _("Set opening status")
    action_type = "set_opening_status"
    aria_label = _("Set the opening status of the chosen units")
    template_name = "archive_pages/admin/set_opening_status.html"
    action_priority = 15
    form_class = OpeningStatusForm
    models = [swapper.load_model("wagtailcore", "Page")]

    def check_perm(self, page: ArchivePage) -> bool:
        return bool(page.level) and page.permissions_for_user(self.request.user).can_publish()

    @classmethod
    def get_queryset(cls, model, object_ids) -> list[ArchivePage]:
        return list(ArchivePage.objects.filter(pk__in=list(object_ids)).select_related("latest_revision"))

    def get_all_objects_in_listing_query(self, parent_id: str | None):
        """What the listing shows with its filters and words: Wagtail's own way knows the words only."""
        asked = self.request.GET
        rows = visible(ArchivePage.objects.exclude(level=""), self.request.user)
        filters = UnitFilterSet(asked, queryset=rows, request=self.request)
        narrowed = bool(asked.get("q")) or (filters.is_valid() and filters.form.has_changed())
        if parent_id:
            parent = ArchivePage.objects.get(pk=parent_id)
            rows = rows.descendant_of(parent) if narrowed else rows.child_of(parent)
        if filters.is_valid():
            rows = filters.filter_queryset(rows)
        return find_by_words(rows, asked.get("q", ""), drafts=True).values_list("pk", flat=True)

    def object_context(self, obj: ArchivePage) -> dict:
        return {"item": obj}

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        return {**context, "shown": context["items"][:SHOWN], "more": max(0, len(context["items"]) - SHOWN)}

    def get_execution_context(self) -> dict:
        return {"user": self.request.user, "status": self.cleaned_form.cleaned_data["opening_status"]}

    @classmethod
    def execute_action(cls, objects, user=None, status="", **kwargs) -> tuple[int, int]:
        return actions.set_opening_status(objects, status, user), 0

    def form_valid(self, form: OpeningStatusForm):
        try:
            return super().form_valid(form)
        except ValidationError as error:
            form.add_error("opening_status", error)
            return self.form_invalid(form)

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return ngettext(
            "%(count)s unit changed its opening status.", "%(count)s units changed their opening status.",
            num_parent_objects,
        ) % {"count": num_parent_objects}  # fmt: skip
