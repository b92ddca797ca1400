"""What this room adds to the admin: the audit administrator's menu, pages, panel of alarms and table of rules."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from . import views
from .models import Alarm
from .viewsets import AlarmRuleViewSet, alarm_rule_viewset

SHOWN = 6


class AuditMenuItem(MenuItem):
    """Shown to whoever may see events."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(views.PERMISSION)


class AlarmPanel(Component):
    """The open alarms on the admin's home page."""

    name = "alarms"
    template_name = "audit/alarm_panel.html"
    order = 50

    def get_context_data(self, parent_context) -> dict:
        return {"alarms": Alarm.objects.filter(acknowledged_at=None)[:SHOWN]}


@hooks.register("register_admin_urls")
def register_audit_urls() -> list:
    return [
        path("audit/", views.EventListView.as_view(), name="audit_events"),
        path("audit/events/<int:pk>/", views.EventView.as_view(), name="audit_event"),
        path("audit/events/export.<slug:kind>", views.export_events, name="audit_event_export"),
        path("audit/seals/", views.SealListView.as_view(), name="audit_seals"),
        path("audit/seals/<int:number>.<slug:kind>", views.export_seal, name="audit_seal_export"),
        path("audit/alarms/", views.AlarmListView.as_view(), name="audit_alarms"),
        path("audit/alarms/<int:pk>/acknowledge/", views.acknowledge_alarm, name="audit_alarm_acknowledge"),
    ]


@hooks.register("register_admin_menu_item")
def register_audit_menu_item() -> MenuItem:
    return AuditMenuItem(_("Audit"), reverse("audit_events"), name="audit", icon_name="history", order=860)


@hooks.register("register_admin_viewset")
def register_alarm_rules() -> AlarmRuleViewSet:
    return alarm_rule_viewset


@hooks.register("construct_homepage_panels")
def add_alarm_panel(request: HttpRequest, panels: list) -> None:
    if request.user.has_perm(views.PERMISSION):
        panels.append(AlarmPanel())


@hooks.register("insert_global_admin_css")
def audit_style() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("admin/audit.css"))
