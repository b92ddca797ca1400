"""What this room adds to the admin."""

from wagtail import hooks

from .viewsets import ArchivePageViewSet

archive_page_viewset = ArchivePageViewSet()


@hooks.register("register_admin_viewset")
def register_page_viewset() -> ArchivePageViewSet:
    return archive_page_viewset
