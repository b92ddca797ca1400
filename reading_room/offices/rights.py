"""Who may add and change offices: whoever holds the one permission to change them. Nobody deletes one."""

from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from .models import IssuingOffice


class OfficePolicy(ModelPermissionPolicy):
    """Every right on offices is that to change them, but for deleting."""

    def _get_permission_codename(self, action: str) -> str:
        return super()._get_permission_codename("change")

    def user_has_permission(self, user, action: str) -> bool:
        return action != "delete" and super().user_has_permission(user, action)


def register_rights() -> None:
    """Put it in the place of Wagtail's own."""
    register_permission_policy(IssuingOffice, OfficePolicy(IssuingOffice))
