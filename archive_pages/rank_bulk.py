"""Setting the access ranks of many units chosen in the tree."""

import swapper
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from . import ranks
from .bulk_actions import SetOpeningStatus
from .models import ArchivePage
from .rank_forms import RankForm


class SetRanks(SetOpeningStatus):
    """Set who may see the chosen units and all below them; all of them or none."""

    display_name = _("Set access ranks")
    action_type = "set_ranks"
    aria_label = _("Set the access ranks of the chosen units")
    template_name = "archive_pages/admin/bulk_ranks.html"
    action_priority = 16
    form_class = RankForm
    models = [swapper.load_model("wagtailcore", "Page")]

    def check_perm(self, page: ArchivePage) -> bool:
        return ranks.may_set_ranks(self.request.user, page)

    def get_execution_context(self) -> dict:
        return {"user": self.request.user, **self.cleaned_form.cleaned_data}

    @classmethod
    def execute_action(cls, objects, user=None, **kwargs) -> tuple[int, int]:
        values = {name: kwargs[name] for name in ("catalogue_rank", "content_rank", "closed_until", "reason")}
        return len(ranks.set_ranks_of(objects, user=user, **values)), 0

    def form_valid(self, form: RankForm):
        try:
            return super(SetOpeningStatus, self).form_valid(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return ngettext(
            "Access is set for %(count)s unit and all below it.", "Access is set for %(count)s units and all below them.",
            num_parent_objects,
        ) % {"count": num_parent_objects}  # fmt: skip
