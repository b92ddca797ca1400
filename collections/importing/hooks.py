"""The import in the admin's menu and addresses. Imported by the room's ``ready()``."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from fonds.access.roles import IMPORT_PERMISSION

from .views import ImportView, confirm_import


class ImportMenuItem(MenuItem):
    """Shown to who may import."""

    def is_shown(self, request) -> bool:
        return request.user.has_perm(IMPORT_PERMISSION)


@hooks.register("register_admin_urls")
def register_import_urls() -> list:
    return [
        path("import-catalogue/", ImportView.as_view(), name="import_catalogue"),
        path("import-catalogue/<int:pk>/confirm/", confirm_import, name="import_catalogue_confirm"),
    ]


@hooks.register("register_admin_menu_item")
def register_import_menu_item() -> MenuItem:
    return ImportMenuItem(
        _("Import a catalogue"), reverse("import_catalogue"), name="import-catalogue", icon_name="upload", order=150
    )
