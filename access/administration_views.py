"""Accounts, groups and clearances in the admin: Wagtail's views, held to the rules of ``administration``."""

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import BooleanColumn, BulkActionsCheckboxColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton
from wagtail.users.views import groups, users
from wagtail.users.views.bulk_actions import AssignRoleBulkAction, SetActiveStateBulkAction

from fonds.audit.events import record

from . import administration, roles
from .administration_accounts import end_sessions_of, send_password_link
from .doors import door
from .models import User

ACCOUNTS_PERMISSION = "access.change_user"


class WholeOrRefused:
    """A post is one transaction; what the rules forbid is undone, and said in words."""

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().post(request, *args, **kwargs)
        except administration.Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.get_full_path())


# --- accounts -----------------------------------------------------------------------------------------------------


class AccountIndexView(users.IndexView):
    """The accounts with their roles and departments."""

    page_title = gettext_lazy("Accounts")
    add_item_label = gettext_lazy("Add an account")

    @cached_property
    def columns(self) -> list[Column]:
        name = self._get_title_column_class(users.UserColumn)
        return [
            BulkActionsCheckboxColumn("bulk_actions", obj_type="user"),
            name("name", accessor=str, label=gettext_lazy("Name"), sort_key="name", get_url=self.get_edit_url,
                 classname="name"),
            Column("username", label=gettext_lazy("User name"), sort_key="username", width="15%"),
            Column("roles", accessor=_roles_of, label=gettext_lazy("Roles"), width="22%"),
            Column("department", label=gettext_lazy("Department"), width="15%"),
            BooleanColumn("is_active", label=gettext_lazy("Active"), sort_key="is_active", width="8%"),
            DateColumn("last_login", label=gettext_lazy("Last sign-in"), sort_key="last_login", width="14%"),
        ]  # fmt: skip

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("department").prefetch_related("groups")


def _roles_of(user: User) -> str:
    return "、".join(str(roles.label_of(group.name)) for group in user.groups.all())


class AccountCreateView(WholeOrRefused, users.CreateView):
    """A new account; its owner gets the link to set the password."""

    page_title = gettext_lazy("Add an account")
    success_message = gettext_lazy("The account '%(object)s' was made; the link to set the password went by e-mail.")

    def save_instance(self) -> User:
        user = super().save_instance()
        send_password_link(user, self.request.user)
        return user


class AccountEditView(WholeOrRefused, users.EditView):
    """An account. One's own shows neither roles nor department."""

    success_message = gettext_lazy("The account '%(object)s' was changed.")

    @cached_property
    def header_buttons(self) -> list:
        own = [
            HeaderButton(_("Send the link for the password"), url=reverse("account_link", args=[self.object.pk]),
                         icon_name="mail"),
            HeaderButton(_("End all sessions"), url=reverse("account_sign_out", args=[self.object.pk]),
                         icon_name="logout"),
        ]  # fmt: skip
        return [*super().header_buttons, *own]


class AccountActionView(WagtailAdminTemplateMixin, TemplateView):
    """Asks, then does one thing to an account (``act``, which gives the sentence that tells it)."""

    template_name = "access/admin/account_action.html"
    header_icon = "user"
    question = ""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.has_perm(ACCOUNTS_PERMISSION):
            raise PermissionDenied
        self.account = get_object_or_404(User, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs) -> dict:
        question = self.question % {"name": self.account, "email": self.account.email}
        return {**super().get_context_data(**kwargs), "question": question, "account": self.account}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            messages.success(request, self.act())
        except administration.Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("wagtailusers_users:edit", self.account.pk)


@door(pk="account", permission=ACCOUNTS_PERMISSION)
class AccountLinkView(AccountActionView):
    """Mail the link to set the password to the account's own address."""

    page_title = gettext_lazy("Send the link for the password")
    question = gettext_lazy("Send %(name)s the link to set a new password, to %(email)s?")

    def act(self) -> str:
        send_password_link(self.account, self.request.user)
        return _("The link was sent.")


@door(pk="account", permission=ACCOUNTS_PERMISSION)
class AccountSignOutView(AccountActionView):
    """Sign the account out everywhere."""

    page_title = gettext_lazy("End all sessions")
    question = gettext_lazy("Sign %(name)s out everywhere?")

    def act(self) -> str:
        count = end_sessions_of(self.account, self.request.user)
        return ngettext("%(count)s session was ended.", "%(count)s sessions were ended.", count) % {"count": count}


class SetActiveState(SetActiveStateBulkAction):
    """Saves each account, so that each change leaves its event and ends the sessions."""

    @classmethod
    def execute_action(cls, objects, mark_as_active: bool = False, user=None, **kwargs) -> tuple[int, int]:
        changed = [each for each in objects if each.is_active != mark_as_active]
        for each in changed:
            each.is_active = mark_as_active
            each.save(update_fields=["is_active"])
        return len(changed), 0


class AssignRole(AssignRoleBulkAction):
    """Says in words what the rules of the roles forbid."""

    def form_valid(self, form) -> HttpResponse:
        try:
            return super().form_valid(form)
        except administration.Refused as refusal:
            messages.error(self.request, str(refusal))
            return redirect(self.next_url)


# --- groups -------------------------------------------------------------------------------------------------------


class GroupNameColumn(TitleColumn):
    """The role by its name in the reader's language."""

    def get_value(self, instance: Group) -> str:
        return str(roles.label_of(instance.name))


class GroupIndexView(groups.IndexView):
    columns = [
        GroupNameColumn("name", label=gettext_lazy("Name"), sort_key="name", url_name="wagtailusers_groups:edit")
    ]


class _PlacesInTheLog(WholeOrRefused):
    """Wagtail writes permissions for parts of the tree in bulk, without a signal: their events are written here."""

    def process_form(self) -> HttpResponse:
        before = _places(self.object)
        response = super().process_form()
        for place, codename in sorted(_places(self.object) - before):
            after = {"permissions": [codename], "place": place}
            record("group.permissions", unit=self.object, subject=self.object.name, after=after)
        return response


def _places(group: Group) -> set[tuple[str, str]]:
    if not group.pk:
        return set()
    pages = group.page_permissions.values_list("page__title", "permission__codename")
    return {*pages, *group.collection_permissions.values_list("collection__name", "permission__codename")}


class GroupCreateView(_PlacesInTheLog, groups.CreateView):
    """A group the archive makes for itself."""


class GroupEditView(_PlacesInTheLog, groups.EditView):
    """A group; what the administrators may do, and the groups one is in, can be read only."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        group = get_object_or_404(Group, pk=kwargs["pk"])
        fault = administration.fault_in_change_of(group, request.user)
        if not fault or not request.user.has_perm("auth.change_group"):
            return super().dispatch(request, *args, **kwargs)
        if request.method == "POST":
            messages.error(request, fault)
            return redirect(request.get_full_path())
        return FixedGroupView.as_view()(request, pk=group.pk, fault=fault)


class GroupDeleteView(WholeOrRefused, groups.DeleteView):
    """Only a group without members and grants goes, and no role of the archive."""


class FixedGroupView(WagtailAdminTemplateMixin, TemplateView):
    """What a group may do, to be read."""

    template_name = "access/admin/fixed_group.html"
    header_icon = "group"

    def get_page_title(self) -> str:
        return str(roles.label_of(self.group.name))

    @cached_property
    def group(self) -> Group:
        return get_object_or_404(Group, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs) -> dict:
        permissions = self.group.permissions.select_related("content_type").order_by(
            "content_type__app_label", "codename"
        )
        return {**super().get_context_data(**kwargs), "fault": self.kwargs["fault"], "permissions": permissions}


# --- clearances -----------------------------------------------------------------------------------------------------


class ClearanceNameColumn(TitleColumn):
    def get_value(self, instance) -> str:
        return str(roles.label_of(instance.group.name))


class ClearanceIndexView(generic.IndexView):
    columns = [
        ClearanceNameColumn("group", label=gettext_lazy("Group"), url_name="clearances:edit"),
        Column("catalogue_rank", accessor="get_catalogue_rank_display", label=gettext_lazy("Entries up to")),
        Column("content_rank", accessor="get_content_rank_display", label=gettext_lazy("Pages up to")),
        BooleanColumn("all_departments", label=gettext_lazy("Of all departments")),
        BooleanColumn("may_copy", label=gettext_lazy("May take original files")),
        BooleanColumn("may_print", label=gettext_lazy("May print pages")),
    ]

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("group")


class ClearanceCreateView(WholeOrRefused, generic.CreateView):
    """Up to where a group of the archive's own sees."""


class ClearanceEditView(WholeOrRefused, generic.EditView):
    """Up to where the members of a group see."""
