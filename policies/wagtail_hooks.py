"""What this room adds to the admin: entries of the log, and replacing and repealing a policy."""

from collections.abc import Iterator

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.log_actions import LogFormatter

from .actions import may_change
from .admin_views import RepealView, ReplaceView
from .enums import PolicyStatus
from .models import PolicyPage


@hooks.register("register_log_actions")
def register_log_actions(actions) -> None:
    @actions.register_action("policies.put_in_force")
    class PutInForce(LogFormatter):
        label = _("Put in force")

        def format_message(self, entry) -> str:
            return _("%(number)s put in force") % entry.data

    @actions.register_action("policies.replace")
    class Replace(LogFormatter):
        label = _("Replace a policy")

        def format_message(self, entry) -> str:
            return _("%(old)s replaced by %(new)s") % entry.data

    @actions.register_action("policies.repeal")
    class Repeal(LogFormatter):
        label = _("Repeal a policy")

        def format_message(self, entry) -> str:
            return _("Repealed from %(date)s: %(reason)s") % entry.data


@hooks.register("register_admin_urls")
def register_admin_urls() -> list:
    return [
        path("policies/<int:pk>/replace/", ReplaceView.as_view(), name="policy_replace"),
        path("policies/<int:pk>/repeal/", RepealView.as_view(), name="policy_repeal"),
    ]


@hooks.register("register_page_header_buttons")
def page_header_buttons(page, user, **kwargs) -> Iterator[Button]:
    """Replace and repeal, on a policy in force, for who may publish it."""
    policy = page.specific
    if not isinstance(policy, PolicyPage) or policy.status != PolicyStatus.IN_FORCE or not may_change(policy, user):
        return
    yield Button(_("Replace …"), url=reverse("policy_replace", args=[policy.pk]), icon_name="redirect", priority=62)
    yield Button(_("Repeal …"), url=reverse("policy_repeal", args=[policy.pk]), icon_name="cross", priority=63)
