"""Who may see the unit, on its form: in words, with the ways to the reasons and to the setting."""

from wagtail.admin.panels import Panel

from fonds.access.grants.actions import OVERSEE_PERMISSION
from fonds.access.roles import RANK_PERMISSION


class RankPanel(Panel):
    """What is in force; a form changes it nowhere, so a draft never carries it."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "archive_pages/admin/rank_panel.html"

        def is_shown(self) -> bool:
            return not self.instance._state.adding

        def get_context_data(self, parent_context=None) -> dict:
            user = self.request.user
            return {
                **super().get_context_data(parent_context),
                "unit": self.instance,
                "may_set": user.has_perm(RANK_PERMISSION),
                "may_oversee": user.has_perm(OVERSEE_PERMISSION),
            }
