"""What the admin does with pages and with the tables of the archive."""

from collections.abc import Callable

from django.utils.functional import cached_property
from wagtail.admin.viewsets.pages import PageViewSet

from .admin_listing import ArchiveExplorerView, UnitFilterSet
from .models import ArchivePage


class ArchivePageViewSet(PageViewSet):
    """The views of all pages of the tree; units get their own forms, everything its place in one tree."""

    model = ArchivePage
    list_per_page = 50

    @cached_property
    def index_view(self) -> Callable:
        return self.construct_view(ArchiveExplorerView, **self._tree_kwargs())

    @cached_property
    def index_results_view(self) -> Callable:
        return self.construct_view(ArchiveExplorerView, **self._tree_kwargs(), results_only=True)

    def _tree_kwargs(self) -> dict:
        own = {"columns": ArchiveExplorerView.base_columns, "filterset_class": UnitFilterSet, "list_display": None}
        return {**self.get_index_view_kwargs(), **own}
