"""The register of certificates in the admin, and its actions in the log."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from .register import CertificateAdmin
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
