"""Wagtail's interface for the scripts of its own admin: photographs and documents the person may see, no others."""

from django.db.models import QuerySet
from wagtail import hooks
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet

from .doors import visible_documents, visible_photos


class VisiblePhotosAPI(ImagesAdminAPIViewSet):
    """Photographs."""

    def get_queryset(self) -> QuerySet:
        return visible_photos(super().get_queryset(), self.request.user)


class VisibleDocumentsAPI(DocumentsAdminAPIViewSet):
    """Documents."""

    def get_queryset(self) -> QuerySet:
        return visible_documents(super().get_queryset(), self.request.user)


@hooks.register("construct_admin_api", order=100)
def register_endpoints(router) -> None:
    """Put ours in the place of Wagtail's."""
    router.register_endpoint("images", VisiblePhotosAPI)
    router.register_endpoint("documents", VisibleDocumentsAPI)
