"""What this room adds to the admin: the tree, the forms, the tables, the home, the words and the looks."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.action_menu import PublishMenuItem
from wagtail.admin.ui.menus.pages import PageMenuItem
from wagtail.log_actions import LogFormatter
from wagtail_modeladmin.options import modeladmin_register

from fonds.access.decisions import visible

from . import rank_hooks, unit_views  # noqa: F401  (rank_hooks registers its own)
from .admin_home import WorkPanel
from .admin_listing import FragmentQuerySet
from .bulk_actions import SetOpeningStatus
from .models import FondsIndexPage
from .viewsets import ArchivePageViewSet, CodeRecordAdmin, TablesGroup

hooks.register("register_bulk_action", SetOpeningStatus)
modeladmin_register(CodeRecordAdmin)
archive_page_viewset = ArchivePageViewSet()
tables_group = TablesGroup(CodeRecordAdmin())

ICONS = ["fonds", "series", "file", "item", "code", "print"]
MENU_WORDS = {
    "explorer": gettext_lazy("Archive tree"),
    "images": gettext_lazy("Photo library"),
    "documents": gettext_lazy("File library"),
}
HIDDEN_MENU_ITEMS = {"help"}  # Wagtail's own documentation, on another host


@hooks.register("register_admin_viewset")
def register_viewsets() -> list:
    return [archive_page_viewset, tables_group]


@hooks.register("register_icons")
def register_level_icons(icons: list[str]) -> list[str]:
    return [*icons, *(f"archive_pages/icons/{name}.svg" for name in ICONS)]


@hooks.register("register_admin_urls")
def register_unit_urls() -> list:
    return [
        path("archive/check/", unit_views.check_unit, name="unit_check"),
        path("archive/<int:pk>/renumber/", unit_views.RenumberView.as_view(), name="unit_renumber"),
        path("archive/gaps/", unit_views.GapsView.as_view(), name="code_gaps"),
    ]


@hooks.register("register_permissions")
def register_register_permission():
    return Permission.objects.filter(content_type__app_label="archive_pages", codename="view_coderecord")


class RenumberMenuItem(PageMenuItem):
    label = gettext_lazy("Renumber")
    icon_name = "fonds-code"
    url_name = "unit_renumber"

    def is_shown(self, user) -> bool:
        rights = self.page.permissions_for_user(user)
        allowed = rights.can_publish() if self.page.live else rights.can_edit()
        return bool(getattr(self.page, "level", "") and self.page.reference_code and allowed)


@hooks.register("register_page_header_buttons")
def unit_header_buttons(page, user, view_name: str, next_url: str | None = None):
    yield RenumberMenuItem(page=page, priority=15)


@hooks.register("construct_page_action_menu")
def publish_units_first(menu_items: list, request: HttpRequest, context: dict) -> None:
    """Who may publish a unit finds that first; a draft stays a choice below it."""
    page = context.get("page") or context.get("parent_page")
    if isinstance(page, FondsIndexPage) or getattr(page, "level", ""):
        menu_items.sort(key=lambda item: not isinstance(item, PublishMenuItem))


@hooks.register("construct_main_menu", order=1000)
def speak_the_archivists_words(request: HttpRequest, menu_items: list) -> None:
    menu_items[:] = [item for item in menu_items if item.name not in HIDDEN_MENU_ITEMS]
    for item in menu_items:
        item.label = MENU_WORDS.get(item.name, item.label)


@hooks.register("construct_page_chooser_queryset")
def find_fragments(pages: QuerySet, request: HttpRequest) -> QuerySet:
    """The chooser of pages finds any fragment, as the tree does, among the pages the person may know of; what the rows
    show is read for all of them at once."""
    found = pages._chain()
    found.__class__ = FragmentQuerySet  # keeps what the view has asked for: pages of their own class, no long texts
    return visible(found, request.user).annotate_approved_schedule().prefetch_workflow_states()


@hooks.register("construct_homepage_panels")
def add_work_panel(request: HttpRequest, panels: list) -> None:
    panels.append(WorkPanel())


@hooks.register("construct_homepage_summary_items", order=1000)
def hide_summary(request: HttpRequest, items: list) -> None:
    """Counts of all pages and pictures say nothing about the work."""
    items.clear()


@hooks.register("insert_global_admin_css")
def admin_style() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("admin/fonds-admin.css"))


@hooks.register("insert_global_admin_js")
def admin_script() -> str:
    return format_html('<script src="{}" defer></script>', static("admin/unit-form.js"))


@hooks.register("register_log_actions")
def register_unit_log_actions(actions) -> None:
    @actions.register_action("archive_pages.set_opening_status")
    class SetOpeningStatusFormatter(LogFormatter):
        label = gettext_lazy("Set opening status")

        def format_message(self, entry) -> str:
            return _("Opening status changed from %(old)s to %(new)s") % entry.data
