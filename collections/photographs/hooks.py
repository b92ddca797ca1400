"""Work on photographs in the working place: addresses, menu, and the ways to it. Imported by the room's ``ready()``."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.menus.pages import PageMenuItem
from wagtail.images.views.bulk_actions.image_bulk_action import ImageBulkAction

from ..models import ArchiveImage
from . import log  # noqa: F401 - registers its entries
from .caption_views import CaptionListView, CaptionsView
from .captions import MOST
from .doubles import photo_policy
from .views import MarksView, PairsView, suggest_persons
from .viewsets import photo_work, register_permissions

hooks.register("register_permissions", register_permissions)


@hooks.register("register_admin_urls")
def register_photo_urls() -> list:
    return [
        path("photographs/captions/", CaptionsView.as_view(), name="photo_captions"),
        path("photographs/captions/list.xlsx", CaptionListView.as_view(), name="photo_captions_list"),
        path("photographs/doubles/", PairsView.as_view(), name="photo_pairs"),
        path("photographs/persons/suggest/", suggest_persons, name="suggest_persons"),
        path("images/<int:image_id>/marks/", MarksView.as_view(), name="photo_marks"),
    ]


@hooks.register("register_admin_viewset")
def register_viewsets():
    return photo_work


class CaptionsMenuItem(PageMenuItem):
    """On a file or item with photographs, for who may change these."""

    label = _("Caption photographs")
    icon_name = "image"
    url_name = "photo_captions"

    def is_shown(self, user) -> bool:
        if getattr(self.page, "level", "") not in ("file", "item"):
            return False
        if not photo_policy().user_has_permission(user, "change"):
            return False
        return ArchiveImage.objects.filter(unit__path__startswith=self.page.path).exists()

    @property
    def url(self) -> str:
        return f"{reverse(self.url_name)}?unit={self.page.pk}"


@hooks.register("register_page_header_buttons")
def caption_header_buttons(page, user, view_name: str, next_url: str | None = None):
    yield CaptionsMenuItem(page=page, priority=17)


@hooks.register("register_bulk_action")
class CaptionBulkAction(ImageBulkAction):
    """Leads the photographs chosen in the library to the captioning screen."""

    display_name = _("Caption")
    action_type = "caption"
    aria_label = _("Caption the chosen photographs")
    action_priority = 10

    def check_perm(self, image: ArchiveImage) -> bool:
        return self.permission_policy.user_has_permission_for_instance(self.request.user, "change", image)

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        actionable, _others = self.get_actionable_objects()
        query = urlencode({"id": [image.pk for image in actionable][:MOST]}, doseq=True)
        return redirect(f"{reverse('photo_captions')}?{query}")

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.get(request)
