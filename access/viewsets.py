"""The table of departments in the admin, and its chooser."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet

from .models import Department


class DepartmentViewSet(ModelViewSet):
    """机构(问题): the offices whose codes stand in reference codes."""

    model = Department
    name = "departments"
    menu_label = _("Departments")
    icon = "group"
    list_display = ["code", "name", "name_en"]
    search_fields = ["code", "name", "name_en"]
    search_backend_name = None
    ordering = "code"
    list_per_page = 50
    copy_view_enabled = False
    panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("name"), FieldPanel("name_en")]),
    ]


class DepartmentChooserViewSet(ChooserViewSet):
    """Departments are chosen by a search for code or name."""

    model = Department
    icon = "group"
    choose_one_text = _("Choose a department")
    choose_another_text = _("Choose another department")
    per_page = 20


department_viewset = DepartmentViewSet()
department_chooser_viewset = DepartmentChooserViewSet("department_chooser")
