"""The table of departments in the admin, and its chooser."""

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet

from .doors import door
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


class DepartmentSearch(BaseFilterForm):
    """Part of the code or the name."""

    q = forms.CharField(
        label=_("Code or name"), required=False, widget=forms.TextInput(attrs={"placeholder": _("Code or name")})
    )

    def filter(self, objects: QuerySet[Department]) -> QuerySet[Department]:
        words = self.cleaned_data.get("q", "").split()
        self.is_searching, self.search_query = bool(words), " ".join(words)
        for word in words:
            objects = objects.filter(Q(code__icontains=word) | Q(name__icontains=word) | Q(name_en__icontains=word))
        return objects


@door(admin=True)
class DepartmentChooseView(ChooseView):
    filter_form_class = DepartmentSearch


@door(admin=True)
class DepartmentChooseResultsView(ChooseResultsView):
    filter_form_class = DepartmentSearch


class DepartmentChooserViewSet(ChooserViewSet):
    """Departments are chosen by a search for code or name."""

    model = Department
    icon = "group"
    choose_one_text = _("Choose a department")
    choose_another_text = _("Choose another department")
    per_page = 20
    choose_view_class = DepartmentChooseView
    choose_results_view_class = DepartmentChooseResultsView


department_viewset = DepartmentViewSet()
department_chooser_viewset = DepartmentChooserViewSet("department_chooser")
