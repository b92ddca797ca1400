"""Recordings in the working place: their addresses, and the way to them from a unit. Imported by the room's ``ready()``."""

from django.urls import path
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.ui.menus.pages import PageMenuItem

from fonds.access.decisions import may
from fonds.access.enums import Right
from fonds.archive_pages.enums import Level

from .views import RecordingsView, WordsView


@hooks.register("register_admin_urls")
def register_recording_urls() -> list:
    return [
        path("archive/<int:pk>/recordings/", RecordingsView.as_view(), name="unit_recordings"),
        path("archive/recordings/<int:pk>/words/", WordsView.as_view(), name="recording_words"),
    ]


class RecordingsMenuItem(PageMenuItem):
    """Shown to who may edit an item and see what is in it."""

    label = gettext_lazy("Sound and film")
    icon_name = "view"
    url_name = "unit_recordings"

    def is_shown(self, user) -> bool:
        is_item = getattr(self.page, "level", "") == Level.ITEM
        return is_item and self.page.permissions_for_user(user).can_edit() and may(user, Right.VIEW, self.page)


@hooks.register("register_page_header_buttons")
def recording_header_buttons(page, user, view_name: str, next_url: str | None = None):
    yield RecordingsMenuItem(page=page, priority=20)
