"""The tree of the archive in the admin: level, code, title, date, pages, opening status, at a cost that does not
grow with the number of siblings.

Wagtail's own explorer loads every row as its specific type, asks the permissions, workflow, privacy and schedule of
each and renders ten buttons for it. Here a row is one row of the base table with what a listing shows, and the
permissions are asked once, for the parent.
"""

import django_filters
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, QuerySet
from django.forms import CheckboxSelectMultiple, RadioSelect
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageTitleColumn, ParentPageColumn
from wagtail.admin.views.pages.listing import ExplorableIndexView
from wagtail.admin.views.pages.search import SearchView
from wagtail.admin.widgets.button import Button
from wagtail.query import PageQuerySet

from fonds.access.decisions import visible
from fonds.access.enums import OpeningStatus
from fonds.access.models import Department

from .enums import Level
from .finding import find_by_words
from .models import ArchivePage, Category, RetentionPeriod

LEVEL_ICONS = {
    Level.FONDS: "fonds-fonds",
    Level.SERIES: "fonds-series",
    Level.FILE: "fonds-file",
    Level.ITEM: "fonds-item",
    "": "doc-empty",
}
SHOWN = [
    "id", "path", "depth", "numchild", "title", "draft_title", "slug", "url_path", "live", "has_unpublished_changes",
    "level", "reference_code", "sort_key", "document_number", "creator", "date_text", "date_start", "page_count",
    "scan_count", "opening_status", "catalogue_class", "content_class", "content_type_id", "owner_id", "locked", "expired", "go_live_at",
    "latest_revision_created_at", "first_published_at", "locale_id",
]  # fmt: skip


UNIT_COLUMNS = {"reference_code", "date_text", "page_count", "opening_status"}


class ScansFilter(django_filters.ChoiceFilter):
    """Units with or without page scans."""

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        if value not in ("yes", "no"):
            return qs
        return qs.filter(scan_count__gt=0) if value == "yes" else qs.filter(scan_count=0, level=Level.ITEM)


class UnitFilterSet(WagtailFilterSet):
    """The filters of the tree; a filter looks in everything below the place where one stands."""

    level = django_filters.MultipleChoiceFilter(label=_("Level"), choices=Level.choices, widget=CheckboxSelectMultiple)
    year = django_filters.NumberFilter(label=_("Year"), min_value=1000, max_value=9999)
    opening_status = django_filters.MultipleChoiceFilter(
        label=_("Opening status"), choices=OpeningStatus.choices, widget=CheckboxSelectMultiple
    )
    retention = django_filters.ModelMultipleChoiceFilter(
        label=_("Retention period"), queryset=RetentionPeriod.objects.all(), widget=CheckboxSelectMultiple
    )
    department = django_filters.ModelMultipleChoiceFilter(
        label=_("Department"), queryset=Department.objects.all(), widget=CheckboxSelectMultiple
    )
    category = django_filters.ModelMultipleChoiceFilter(
        label=_("Category"), queryset=Category.objects.all(), widget=CheckboxSelectMultiple
    )
    scans = ScansFilter(
        label=_("Scans"), empty_label=_("Any"), choices=[("yes", _("With scans")), ("no", _("Without scans"))],
        widget=RadioSelect,
    )  # fmt: skip
    live = django_filters.ChoiceFilter(
        label=_("Publication"),
        empty_label=_("Any"),
        choices=[("True", _("Published")), ("False", _("Draft"))],
        widget=RadioSelect,
    )

    class Meta:
        model = ArchivePage
        fields = []


class FragmentQuerySet(PageQuerySet):
    """Pages whose search finds fragments; for the chooser of pages, which searches its query set itself."""

    def autocomplete(self, query: str, **options) -> "FragmentQuerySet":
        return find_by_words(self, query).order_by("sort_key")


class TreeColumn(Column):
    """A column of the tree, rendered by its own small template."""

    def __init__(self, name: str, template: str = "", **kwargs) -> None:
        super().__init__(name, **kwargs)
        if template:
            self.cell_template_name = f"archive_pages/admin/{template}.html"


class TitleColumn(PageTitleColumn):
    """Level icon and title, with the links that the person's rights on the parent allow."""

    cell_template_name = "archive_pages/admin/title_cell.html"

    def get_cell_context_data(self, instance: ArchivePage, parent_context: dict) -> dict:
        # Wagtail's own column asks the rights on every row; the table knows them for all.
        context = super(PageTitleColumn, self).get_cell_context_data(instance, parent_context)
        table = parent_context["table"]
        return {
            **context,
            "icon": LEVEL_ICONS.get(instance.level, "doc-empty"),
            "can_edit": table.may_change_all or instance.owner_id in table.edits_own,
            "can_add": table.may_add,
            "parent_title": table.parent_titles.get(instance.path[: -ArchivePage.steplen]),
        }


class ArchiveTable(ExplorableIndexView.table_class):
    """The table of the tree, with what the view found out once for all rows."""

    may_change_all = False
    may_add = False
    edits_own: tuple[int, ...] = ()
    parent_titles: dict[str, str] = {}


class TreePaginator(WagtailPaginator):
    """Counts entries: ``pages`` are something else in an archive."""

    verbose_name = _("entry")
    verbose_name_plural = _("entries")


class ArchiveExplorerView(ExplorableIndexView):
    """The children of one page of the tree, or what search and filters find below it."""

    table_class = ArchiveTable
    base_filterset_class = UnitFilterSet
    sort_order_field = None
    default_ordering = None
    paginator_class = TreePaginator
    verbose_name = _("entry")
    verbose_name_plural = _("entries")
    results_template_name = "archive_pages/admin/explorer_results.html"
    base_columns = [
        BulkActionsColumn("bulk_actions"),
        TitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        TreeColumn("reference_code", "code_cell", label=_("Reference code"), sort_key="sort_key", width="17%"),
        TreeColumn("date_text", label=_("Date"), sort_key="date_start", width="10%"),
        TreeColumn("page_count", "pages_cell", label=_("Pages / scans"), sort_key="page_count", width="8%"),
        TreeColumn("opening_status", "opening_cell", label=_("Opening status"), sort_key="opening_status", width="10%"),
        TreeColumn("live", "live_cell", label=_("Publication"), sort_key="live", width="9%"),
        ParentPageColumn("parent", label=_("Parent")),
    ]  # fmt: skip

    @cached_property
    def shows_units(self) -> bool:
        """Whether units stand here: below the list of fonds, or anywhere when searching or filtering."""
        return bool(self.parent_page.level or self.is_searching or self.is_filtering or self._lists_fonds())

    def _lists_fonds(self) -> bool:
        return self.parent_page.content_type.model == "fondsindexpage"

    @cached_property
    def explorable_columns(self) -> list[Column]:
        hidden = {"parent"} if self.shows_units else {"parent", *UNIT_COLUMNS}
        return [
            *(col for col in self.columns if col.name not in hidden),
            TreeColumn("navigate", "navigate_cell", label=""),
        ]

    def get_base_queryset(self) -> QuerySet[ArchivePage]:
        pages = ArchivePage.objects.all()
        if self.is_searching_whole_tree:
            pages = pages.filter(depth__gt=1)
        elif self.is_searching or self.is_filtering:
            pages = pages.descendant_of(self.parent_page)
        else:
            pages = pages.child_of(self.parent_page)
        if self.is_searching_whole_tree or not self._explores_all_below:
            explorable = self.permission_policy.explorable_instances(self.request.user)
            pages = pages.filter(pk__in=explorable.order_by().values("pk"))
        pages = visible(pages, self.request.user)
        return pages.select_related("content_type").only(*SHOWN, "content_type__app_label", "content_type__model")

    @cached_property
    def _explores_all_below(self) -> bool:
        """Whether the rights of the person cover the parent itself, and so everything below it."""
        return self.permission_policy.user_has_any_permission_for_instance(
            self.request.user, self.any_permission_required, self.parent_page
        )

    def search_queryset(self, queryset: QuerySet[ArchivePage]) -> QuerySet[ArchivePage]:
        return find_by_words(queryset, self.search_query or "", drafts=True)

    def get_ordering(self) -> str | None:
        default = "sort_key" if self.shows_units else "-latest_revision_created_at"
        asked = self.request.GET.get("ordering", default)
        return asked if asked in self.get_valid_orderings() else default

    def order_queryset(self, queryset: QuerySet[ArchivePage]) -> QuerySet[ArchivePage]:
        field = self.ordering.lstrip("-")
        order = F(field).desc(nulls_last=True) if self.ordering.startswith("-") else F(field).asc(nulls_last=True)
        if field == "sort_key":  # never empty, and plain so that an index can give the order
            order = self.ordering
        return queryset.order_by(order, "path")

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """The actions on the parent, without the hand-made order: units stand in the order of their codes."""
        return [button for button in super().header_more_buttons if "ordering=ord" not in (button.url or "")]

    def get_table(self, object_list) -> ArchiveTable:
        table = super().get_table(object_list)
        user = self.request.user
        policy = self.permission_policy
        table.may_change_all = user.is_superuser or self._has_codename("change_page", "change_archivepage")
        table.may_add = policy.user_has_permission_for_instance(user, "add", self.parent_page)
        table.edits_own = (user.pk,) if table.may_add else ()
        if self.is_searching or self.is_filtering:
            paths = {row.path[: -ArchivePage.steplen] for row in object_list} - {self.parent_page.path}
            parents = visible(ArchivePage.objects.filter(path__in=paths), user)
            table.parent_titles = dict(parents.values_list("path", "title"))
        return table

    def _has_codename(self, *codenames: str) -> bool:
        """Whether the person has one of these rights on the parent, not only on pages of their own."""
        return any(
            permission.permission.codename in codenames and self.parent_page.path.startswith(permission.page.path)
            for permission in self.permission_policy.get_cached_permissions_for_user(self.request.user)
        )

    def get_context_data(self, **kwargs) -> dict:
        # The parent's titles are found for all rows at once, so Wagtail's look-up per row is left out.
        context = super(ExplorableIndexView, self).get_context_data(**kwargs)
        context.update(
            parent_page=self.parent_page,
            history_url=self.get_history_url(),
            is_searching_whole_tree=self.is_searching_whole_tree,
        )
        if not self.results_only:
            context["side_panels"] = self.get_side_panels()
            context["media"] += context["side_panels"].media
        return context


class TreeSearchView(SearchView):
    """The search over all pages: any fragment finds, as in the tree."""

    paginator_class = TreePaginator

    def get_queryset(self) -> QuerySet[ArchivePage]:
        explorable = self.permission_policy.explorable_instances(self.request.user).order_by().values("pk")
        pages = ArchivePage.objects.filter(depth__gt=1, pk__in=explorable)
        pages = find_by_words(pages, self.search_query, drafts=True) if self.search_query else pages.none()
        kinds = pages.order_by().values_list("content_type_id").annotate(Count("pk"))
        self.content_types = [(ContentType.objects.get_for_id(pk), count) for pk, count in kinds]
        self.all_pages = pages
        if self.selected_content_type:
            pages = pages.filter(content_type=self.selected_content_type)
        return self.annotate_queryset(pages.order_by(self.ordering or "sort_key"))
