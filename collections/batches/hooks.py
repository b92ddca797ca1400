"""Batches of scans in the working place: addresses, menu, and the way from a unit. Imported by the room's ``ready()``."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.menus.pages import PageMenuItem

from fonds.access.decisions import may
from fonds.access.enums import Right
from fonds.access.roles import IMPORT_PERMISSION

from . import check_views, views


class BatchMenuItem(MenuItem):
    """Shown to who may take in scans."""

    def is_shown(self, request) -> bool:
        return request.user.has_perm(IMPORT_PERMISSION)


@hooks.register("register_admin_urls")
def register_batch_urls() -> list:
    return [
        path("scan-batches/", views.BatchListView.as_view(), name="scan_batches"),
        path("scan-batches/new/", views.BatchNewView.as_view(), name="scan_batch_new"),
        path("scan-batches/<int:pk>/", views.BatchView.as_view(), name="scan_batch"),
        path("scan-batches/<int:pk>/files/", views.BatchFilesView.as_view(), name="scan_batch_files"),
        path("scan-batches/<int:pk>/change/", views.change_pages, name="scan_batch_change"),
        path("scan-batches/<int:pk>/state/", views.change_state, name="scan_batch_state"),
        path("scan-batches/<int:pk>/check/", check_views.CheckView.as_view(), name="scan_batch_check"),
        path("scan-batches/<int:pk>/scan-again.xlsx", check_views.scan_again, name="scan_batch_again"),
        path("scan-batches/pages/<int:pk>/thumbnail.jpg", check_views.thumbnail, name="batch_page_thumbnail"),
        path("scan-batches/pages/<int:pk>/preview.jpg", check_views.preview, name="batch_page_preview"),
        path("scan-batches/pages/<int:pk>/adjust/", check_views.AdjustView.as_view(), name="batch_page_adjust"),
        path("archive/<int:pk>/arrange-pages/", views.ArrangeView.as_view(), name="unit_arrange"),
    ]


@hooks.register("register_admin_menu_item")
def register_batch_menu_item() -> MenuItem:
    return BatchMenuItem(
        _("Batches of scans"), reverse("scan_batches"), name="scan-batches", icon_name="copy", order=155
    )


class ArrangeMenuItem(PageMenuItem):
    """Shown to who may take in scans, on a unit that has some and whose pages he may see."""

    label = _("Arrange pages")
    icon_name = "copy"
    url_name = "unit_arrange"

    def is_shown(self, user) -> bool:
        return (
            bool(getattr(self.page, "scan_count", 0))
            and user.has_perm(IMPORT_PERMISSION)
            and may(user, Right.VIEW, self.page)
        )


@hooks.register("register_page_header_buttons")
def batch_header_buttons(page, user, view_name: str, next_url: str | None = None):
    yield ArrangeMenuItem(page=page, priority=19)
