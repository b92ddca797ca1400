"""What this room adds to the admin: accounts, groups, clearances, choosing a department (its table stands in the menu of
tables)."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import path
from wagtail import hooks
from wagtail.admin.views.reports.audit_logging import LogEntriesView
from wagtail.permissions import page_permission_policy

from .accounts import admin as accounts_admin  # noqa: F401  (registers its own hooks)
from .administration_views import AccountLinkView, AccountSignOutView, AssignRole, SetActiveState
from .grants import hooks as grant_hooks  # noqa: F401
from .viewsets import clearance_viewset, department_chooser_viewset

# The report of all changes is for those who work in the tree, as its item in the menu is; Wagtail shows it to everybody.
LogEntriesView.permission_policy = page_permission_policy
LogEntriesView.any_permission_required = ["add", "change", "publish"]

# After Wagtail's own of the same name, in whose place they stand.
for action in (SetActiveState, AssignRole):
    hooks.register("register_bulk_action", action, order=10)


@hooks.register("register_admin_viewset")
def register_viewsets() -> list:
    return [department_chooser_viewset, clearance_viewset]


@hooks.register("register_admin_urls")
def register_account_urls() -> list:
    return [
        path("users/<int:pk>/link/", AccountLinkView.as_view(), name="account_link"),
        path("users/<int:pk>/sign-out/", AccountSignOutView.as_view(), name="account_sign_out"),
    ]


@hooks.register("register_permissions")
def register_access_permissions() -> QuerySet[Permission]:
    """What of this room a group may be given in the admin."""
    return Permission.objects.filter(
        content_type__app_label="access", codename__in=["set_ranks", "decide_request", "view_grant", "change_grant"]
    )
