"""Wagtail's rights on photographs and documents, never beyond what the person may see.

The listings, choosers, bulk actions and uploads of both libraries ask these policies.
"""

from django.db.models import QuerySet
from wagtail.documents import get_permission_policy as document_policy
from wagtail.images import get_permission_policy as image_policy
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.permissions import register_permission_policy

from fonds.access.decisions import may
from fonds.access.enums import Right

from .doors import visible_documents, visible_photos
from .models import ArchiveDocument, ArchiveImage


class VisiblePolicy(CollectionOwnershipPermissionPolicy):
    """The rights given to groups on folders of the library, for the rows the person may see."""

    def __init__(self, wagtails: CollectionOwnershipPermissionPolicy, visible) -> None:
        super().__init__(wagtails.model, auth_model=wagtails.auth_model, owner_field_name=wagtails.owner_field_name)
        self._visible = visible

    def instances_user_has_any_permission_for(self, user, actions) -> QuerySet:
        return self._visible(super().instances_user_has_any_permission_for(user, actions), user)

    def user_has_any_permission_for_instance(self, user, actions, instance) -> bool:
        return may(user, Right.VIEW, instance) and super().user_has_any_permission_for_instance(user, actions, instance)


def register_policies() -> None:
    """Put them in the place of Wagtail's own, which are registered when all apps are ready."""
    register_permission_policy(ArchiveImage, VisiblePolicy(image_policy(), visible_photos))
    register_permission_policy(ArchiveDocument, VisiblePolicy(document_policy(), visible_documents))
