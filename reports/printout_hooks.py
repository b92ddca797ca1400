"""Printed lists in the admin's menu and addresses."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import printout_views
from .registry import offered


class PrintoutsMenuItem(MenuItem):
    """Shown to those who may print something."""

    def is_shown(self, request) -> bool:
        return bool(offered(request.user))


@hooks.register("register_admin_urls")
def register_printout_urls() -> list:
    return [
        path("printouts/", printout_views.PrintoutListView.as_view(), name="printouts"),
        path("printouts/<slug:name>/", printout_views.PrintoutView.as_view(), name="printout"),
    ]


@hooks.register("register_admin_menu_item")
def register_printout_menu_item() -> MenuItem:
    return PrintoutsMenuItem(_("Printouts"), reverse("printouts"), name="printouts", icon_name="list-ul", order=430)
