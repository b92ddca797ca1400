"""What permissions of use add to the admin: their pages, the menu, the ways from a unit."""

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.menus.pages import PageMenuItem

from ..decisions import may
from ..enums import Right
from ..roles import DECIDE_PERMISSION
from . import admin_views as views
from .actions import OVERSEE_PERMISSION


@hooks.register("register_admin_urls")
def register_permission_urls() -> list:
    return [
        path("access/requests/", views.RequestListView.as_view(), name="access_requests"),
        path("access/requests/<int:pk>/", views.RequestView.as_view(), name="access_request"),
        path("access/grants/", views.GrantListView.as_view(), name="access_grants"),
        path("access/grants/give/", views.GiveView.as_view(), name="access_give"),
        path("access/grants/<int:pk>/", views.GrantView.as_view(), name="access_grant"),
        path("access/people/", views.PeopleView.as_view(), name="access_people"),
        path("access/people/<int:pk>/", views.PersonAccessView.as_view(), name="person_access"),
        path("access/units/<int:pk>/", views.UnitAccessView.as_view(), name="unit_access"),
    ]


class PermissionsMenuItem(MenuItem):
    """Shown to whoever decides or oversees; its label tells how many requests wait for this person."""

    def is_shown(self, request: HttpRequest) -> bool:
        return any(request.user.has_perm(name) for name in (DECIDE_PERMISSION, OVERSEE_PERMISSION))

    def render_component(self, request: HttpRequest):
        decides = request.user.has_perm(DECIDE_PERMISSION)
        waiting = views.waiting_for(request.user).count() if decides else 0
        own = MenuItem(
            _("Permissions of use (%(count)s)") % {"count": waiting} if waiting else self.label,
            reverse("access_requests" if decides else "access_grants"),
            name=self.name,
            icon_name=self.icon_name,
            order=self.order,
        )
        return own.render_component(request)


@hooks.register("register_admin_menu_item")
def register_permissions_menu_item() -> MenuItem:
    label = gettext_lazy("Permissions of use")
    return PermissionsMenuItem(label, reverse("access_requests"), name="permissions", icon_name="key", order=250)


class UnitAccessMenuItem(PageMenuItem):
    """From a unit to who can see it."""

    label = gettext_lazy("Who can see this")
    icon_name = "view"
    url_name = "unit_access"

    def is_shown(self, user) -> bool:
        return bool(
            getattr(self.page, "level", "")
            and user.has_perm(OVERSEE_PERMISSION)
            and may(user, Right.CATALOGUE, self.page)
        )


@hooks.register("register_page_header_buttons")
def unit_access_button(page, user, view_name: str, next_url: str | None = None):
    yield UnitAccessMenuItem(page=page, priority=16)
