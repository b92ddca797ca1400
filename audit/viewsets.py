"""The table of alarm rules in the admin."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.viewsets.model import ModelViewSet

from .models import AlarmRule


class AlarmRuleViewSet(ModelViewSet):
    """When an alarm is raised; whoever may change rules does it here."""

    model = AlarmRule
    name = "alarm_rules"
    menu_label = _("Alarm rules")
    icon = "cogs"
    list_display = ["name", "kind", "threshold", "window_minutes", "is_active"]
    search_fields = ["name"]
    search_backend_name = None
    ordering = "pk"
    copy_view_enabled = False
    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("kind"), FieldPanel("is_active")]),
        FieldRowPanel([FieldPanel("threshold"), FieldPanel("window_minutes")]),
        FieldRowPanel([FieldPanel("from_hour"), FieldPanel("to_hour")]),
    ]


alarm_rule_viewset = AlarmRuleViewSet()
