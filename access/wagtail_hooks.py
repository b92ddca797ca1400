"""What this room adds to the admin: choosing a department. Its table stands in the menu of tables."""

from wagtail import hooks

from .accounts import admin as accounts_admin  # noqa: F401  (registers its own hooks)
from .viewsets import DepartmentChooserViewSet, department_chooser_viewset


@hooks.register("register_admin_viewset")
def register_department_chooser() -> DepartmentChooserViewSet:
    return department_chooser_viewset
