"""Departments with their chooser, accounts, groups and clearances in the admin."""

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.views.generic import DeleteView
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.users.views.groups import GroupViewSet
from wagtail.users.views.users import UserViewSet

from . import administration_views as views
from .administration_forms import AccountForm, ClearanceForm, RoleForm
from .doors import door
from .models import Clearance, Department


def fault_in_deletion(department: Department) -> str:
    """Why ``department`` cannot be deleted; empty where it can."""
    relations = [field for field in Department._meta.get_fields(include_hidden=True) if field.one_to_many]
    for relation in relations:
        if relation.related_model._base_manager.filter(**{relation.field.name: department}).exists():
            return str(_("Units or accounts belong to this department. It can be deleted when none do any more."))
    return ""


class DepartmentDeleteView(DeleteView):
    """A department that owns something stays."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        fault = fault_in_deletion(self.object)
        if not fault or not self.user_has_permission("delete"):
            return super().dispatch(request, *args, **kwargs)
        messages.error(request, fault)
        return redirect("departments:edit", self.object.pk)


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
    delete_view_class = DepartmentDeleteView
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


class AccountViewSet(UserViewSet):
    """The accounts, the security administrator's work."""

    menu_label = _("Accounts")
    index_view_class = views.AccountIndexView
    add_view_class = views.AccountCreateView
    edit_view_class = views.AccountEditView
    create_template_name = "wagtailadmin/generic/create.html"
    edit_template_name = "wagtailadmin/generic/edit.html"

    def get_form_class(self, for_update: bool = False) -> type[AccountForm]:
        return AccountForm


class RoleViewSet(GroupViewSet):
    """The groups and what they may do."""

    index_view_class = views.GroupIndexView
    add_view_class = views.GroupCreateView
    edit_view_class = views.GroupEditView
    delete_view_class = views.GroupDeleteView

    def get_form_class(self, for_update: bool = False) -> type[RoleForm]:
        return RoleForm


class ClearanceViewSet(ModelViewSet):
    """访问权限级别: up to which rank each group sees entries and pages."""

    model = Clearance
    name = "clearances"
    menu_label = _("Clearances")
    menu_name = "clearances"
    menu_order = 602
    add_to_settings_menu = True
    add_to_reference_index = False
    icon = "view"
    ordering = "group__name"
    list_per_page = 50
    copy_view_enabled = False
    search_fields = ["group__name"]
    search_backend_name = None
    index_view_class = views.ClearanceIndexView
    add_view_class = views.ClearanceCreateView
    edit_view_class = views.ClearanceEditView

    def get_form_class(self, for_update: bool = False) -> type[ClearanceForm]:
        return ClearanceForm


clearance_viewset = ClearanceViewSet()
department_viewset = DepartmentViewSet()
department_chooser_viewset = DepartmentChooserViewSet("department_chooser")
