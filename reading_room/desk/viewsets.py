"""The lists of the window in the admin: kinds of documents and readers, purposes, desks."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.viewsets.model import ModelViewSet

from fonds.archive_pages.viewsets import TableViewSet

from ..readers.models import ListEntry
from .models import SERVE_PERMISSION, Desk


class ListEntryViewSet(TableViewSet):
    """Kinds of documents, kinds of readers, purposes of use."""

    model = ListEntry
    name = "window_lists"
    menu_label = _("Lists of the window")
    icon = "list-ul"
    ordering = ("list", "order")
    list_display = [
        "name",
        "name_en",
        "list",
        "check_rule",
        "order",
        BooleanColumn("is_used", label=_("can be chosen")),
    ]
    list_filter = ["list", "is_used"]
    search_fields = ["name", "name_en"]
    panels = [
        FieldPanel("list"),
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
        FieldPanel("check_rule"),
        FieldRowPanel([FieldPanel("order"), FieldPanel("is_used")]),
    ]
    add_to_settings_menu = True


class DeskViewSet(ModelViewSet):
    """The desks and their printers."""

    model = Desk
    name = "desks"
    menu_label = pgettext_lazy("of the query window", "Desks")
    icon = "desktop"
    list_display = [
        "name",
        "printer",
        Column("office", label=_("issuing office"), accessor=lambda desk: desk.office or _("main office")),
        BooleanColumn("is_used", label=_("in use")),
    ]
    list_select_related = ["office"]
    search_backend_name = None
    copy_view_enabled = False
    panels = [FieldPanel("name"), FieldPanel("printer"), FieldPanel("office"), FieldPanel("is_used")]
    add_to_settings_menu = True


class WindowMenuItem(MenuItem):
    """The way to the window, for its staff."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SERVE_PERMISSION)
