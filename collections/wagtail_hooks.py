"""What this room adds to the working place: the image library in the archivist's words."""

from django.urls import path
from wagtail import hooks
from wagtail.images.views.chooser import viewset as image_chooser

from . import admin_api, library_tags  # noqa: F401 - admin_api registers its endpoints
from .library_rights import register_policies
from .photo_admin import PhotoChooseResultsView, PhotoChooseView, PhotoEditView, PhotoIndexView

register_policies()
library_tags.connect()
image_chooser.choose_view_class = PhotoChooseView
image_chooser.choose_results_view_class = PhotoChooseResultsView


@hooks.register("register_admin_urls", order=-1)
def photo_urls() -> list:
    """Our views at the addresses of Wagtail's image library, before Wagtail's own: its names lead here."""
    return [
        path("images/", PhotoIndexView.as_view(), name="photo_library"),
        path("images/results/", PhotoIndexView.as_view(results_only=True), name="photo_library_results"),
        path("images/<int:image_id>/", PhotoEditView.as_view(), name="photo_edit"),
    ]
