"""Recognising in the working place: its addresses, and the way to it from a unit. Imported by the room's ``ready()``."""

from django.urls import path
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.ui.menus.pages import PageMenuItem

from fonds.access.decisions import may
from fonds.access.enums import Right

from .views import RecogniseView, TextView


@hooks.register("register_admin_urls")
def register_text_urls() -> list:
    return [
        path("archive/<int:pk>/recognise/", RecogniseView.as_view(), name="unit_recognise"),
        path("archive/scans/<int:pk>/text/", TextView.as_view(), name="page_text"),
    ]


class RecogniseMenuItem(PageMenuItem):
    """Shown to who may edit a unit and see its pages."""

    label = gettext_lazy("Recognise text")
    icon_name = "doc-full"
    url_name = "unit_recognise"

    def is_shown(self, user) -> bool:
        is_unit = bool(getattr(self.page, "level", ""))
        return is_unit and self.page.permissions_for_user(user).can_edit() and may(user, Right.VIEW, self.page)


@hooks.register("register_page_header_buttons")
def text_header_buttons(page, user, view_name: str, next_url: str | None = None):
    yield RecogniseMenuItem(page=page, priority=18)
