"""The register of certificates in the admin, and its actions in the log."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from fonds.access.roles import DECIDE_PERMISSION
from fonds.archive_pages.admin_home import WorkItem, work_list

from .desk.approvals import waiting_for
from .desk.models import SERVE_PERMISSION
from .desk.viewsets import DeskViewSet, ListEntryViewSet, WindowMenuItem
from .offices.viewsets import IssuingOfficeViewSet
from .register import CertificateAdmin
from .remote.actions import waiting_for as copies_for
from .signing_panel import PERMISSIONS, SigningPanel, kept_states

modeladmin_register(CertificateAdmin)


@hooks.register("register_log_actions")
def register_log_actions(actions) -> None:
    """Name the changes of the register in Wagtail's log."""
    actions.register_action("reading_room.issue_certificate", _("Issue certified copy"), _("Certified copy issued"))
    actions.register_action("reading_room.revoke_certificate", _("Revoke certificate"), _("Certificate revoked"))


@hooks.register("construct_homepage_panels")
def add_signing_panel(request: HttpRequest, panels: list) -> None:
    """For those who look after the office and its keys, while a key needs them."""
    if any(request.user.has_perm(name) for name in PERMISSIONS):
        panel = SigningPanel(kept_states())
        if panel.sentences:
            panels.append(panel)


@hooks.register("register_admin_viewset")
def register_window_lists() -> list:
    """The lists of the window, its desks, and the offices that issue."""
    return [ListEntryViewSet(), DeskViewSet(), IssuingOfficeViewSet()]


@hooks.register("register_admin_menu_item")
def register_window_menu_item() -> WindowMenuItem:
    return WindowMenuItem(_("Query window"), reverse("desk"), name="query-window", icon_name="desktop", order=110)


@work_list
def approvals_at_the_window(request) -> WorkItem | None:
    if not request.user.has_perm(DECIDE_PERMISSION):
        return None
    count = waiting_for(request.user).count()
    return WorkItem(now("Approvals at the window"), count, reverse("desk_approvals"), "key", urgent=bool(count))


@work_list
def copies_asked_for(request) -> WorkItem | None:
    if not request.user.has_perm(SERVE_PERMISSION):
        return None
    waiting = copies_for(request.user)
    urgent = any(asked.is_overdue for asked in waiting[:1])
    return WorkItem(now("Copies asked for"), waiting.count(), reverse("desk_remote"), "doc-full", urgent=urgent)
