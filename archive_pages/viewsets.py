"""What the admin does with pages and with the tables of the archive."""

from collections.abc import Callable

from django.contrib.admin import display
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import IndexView

from fonds.access.viewsets import department_viewset

from .admin_listing import ArchiveExplorerView, TreeSearchView, UnitFilterSet
from .codes import known_records
from .models import ArchivePage, Category, CodeRecord, ReferenceCodeTemplate, RetentionPeriod
from .unit_views import PageCreateView, PageEditView


class ArchivePageViewSet(PageViewSet):
    """The views of all pages of the tree; units get their own forms, everything its place in one tree."""

    model = ArchivePage
    list_per_page = 50
    add_view_class = PageCreateView
    edit_view_class = PageEditView
    search_view_class = TreeSearchView

    @cached_property
    def index_view(self) -> Callable:
        return self.construct_view(ArchiveExplorerView, **self._tree_kwargs())

    @cached_property
    def index_results_view(self) -> Callable:
        return self.construct_view(ArchiveExplorerView, **self._tree_kwargs(), results_only=True)

    def _tree_kwargs(self) -> dict:
        own = {"columns": ArchiveExplorerView.base_columns, "filterset_class": UnitFilterSet, "list_display": None}
        return {**self.get_index_view_kwargs(), **own}


class TableViewSet(ModelViewSet):
    """A table of codes that an archive edits."""

    ordering = "code"
    search_fields = ["code", "name", "name_en"]
    search_backend_name = None
    list_per_page = 50
    copy_view_enabled = False


class CategoryViewSet(TableViewSet):
    model = Category
    name = "categories"
    menu_label = _("Categories")
    icon = "folder-open-1"
    list_display = ["code", "name", "name_en"]
    panels = [FieldRowPanel([FieldPanel("code"), FieldPanel("name"), FieldPanel("name_en")])]


class RetentionPeriodViewSet(TableViewSet):
    model = RetentionPeriod
    name = "retention_periods"
    menu_label = _("Retention periods")
    icon = "time"
    list_display = ["code", "name", "name_en", "years"]
    panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("name"), FieldPanel("name_en")]),
        FieldPanel("years", help_text=_("Empty for permanent.")),
        FieldPanel("aliases"),
    ]


class CodeTemplateViewSet(TableViewSet):
    """The grammars of reference codes, per fonds, category and level."""

    model = ReferenceCodeTemplate
    name = "code_templates"
    menu_label = _("Reference code templates")
    icon = "fonds-code"
    list_display = ["pattern", "level", "fonds", "category"]
    list_filter = ["level", "category"]
    search_fields = ["pattern"]
    ordering = "pattern"
    panels = [
        FieldPanel("pattern"),
        FieldRowPanel([FieldPanel("level"), FieldPanel("category")]),
        FieldPanel("fonds"),
    ]


class RegisterPermissions(PermissionHelper):
    """The register is written by the system alone: nobody adds, changes or deletes a row."""

    def user_can_create(self, user) -> bool:
        return False

    def user_can_edit_obj(self, user, obj) -> bool:
        return False

    def user_can_delete_obj(self, user, obj) -> bool:
        return False

    def user_can_list(self, user) -> bool:
        return self.user_has_specific_permission(user, "view_coderecord")

    def user_can_inspect_obj(self, user, obj) -> bool:
        return self.inspect_view_enabled and self.user_can_list(user)


class RegisterIndexView(IndexView):
    """The list of a register. An address that asks for what no row can have leads to the whole list."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        except IncorrectLookupParameters:
            return redirect(request.path)


class CodeRecordAdmin(ModelAdmin):
    """The register of codes: every code ever given, with the unit it finds."""

    model = CodeRecord
    base_url_path = "codes"
    menu_label = _("Register of codes")
    menu_icon = "list-ul"
    add_to_admin_menu = False
    permission_helper_class = RegisterPermissions
    index_view_class = RegisterIndexView
    inspect_view_enabled = True
    history_view_enabled = False
    list_display = ["code", "unit_title", "standing", "reason", "given_at"]
    list_filter = ["is_current", "given_at"]
    list_select_related = ["page"]
    list_per_page = 50
    search_fields = ["code", "page__title"]
    inspect_view_fields = ["code", "is_current", "reason", "given_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CodeRecord]:
        return known_records(request.user)

    @display(description=_("Unit"))
    def unit_title(self, record: CodeRecord) -> str:
        if record.page is None:
            return gettext("(unit removed)")
        address = reverse("wagtailadmin_pages:edit", args=[record.page_id])
        return format_html('<a href="{}">{}</a>', address, record.page.title)

    @display(description=_("Standing"), ordering="is_current")
    def standing(self, record: CodeRecord) -> str:
        return gettext("Current") if record.is_current else gettext("Former code")

    def get_extra_class_names_for_field_col(self, obj: CodeRecord, field_name: str) -> list[str]:
        return ["fonds-code"] if field_name in ("code", "given_at") else []


class GapsMenuItem(MenuItem):
    def is_shown(self, request) -> bool:
        return request.user.has_perm("archive_pages.view_coderecord")


class TablesGroup(ModelViewSetGroup):
    """The menu 分类与代码表."""

    menu_label = _("Tables and codes")
    menu_name = "tables"
    menu_icon = "table"
    menu_order = 800
    items = (CategoryViewSet("categories"), RetentionPeriodViewSet("retention_periods"), department_viewset,
             CodeTemplateViewSet("code_templates"))  # fmt: skip

    def __init__(self, register: CodeRecordAdmin) -> None:
        super().__init__()
        self.register = register

    def get_submenu_items(self) -> list[MenuItem]:
        gaps = GapsMenuItem(_("Numbers left out"), reverse("code_gaps"), name="gaps", icon_name="warning", order=900)
        return [*super().get_submenu_items(), self.register.get_menu_item(order=800), gaps]
