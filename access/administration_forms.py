"""The forms of accounts, groups and clearances. They say in words what ``administration`` refuses anyhow."""

from django import forms
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.users.forms import GroupForm, UsernameForm

from . import administration, roles
from .enums import Rank
from .models import Clearance, User


class RolesField(forms.ModelMultipleChoiceField):
    """Groups by the names of their roles in the reader's language."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, group: Group) -> str:
        return str(roles.label_of(group.name))


class AccountForm(UsernameForm):
    """An account without its password: that is set by its owner, over a link sent to his address.

    Nobody sees the groups, the department and the state of his own account here.
    """

    OWN = ("groups", "department", "is_active")

    email = forms.EmailField(label=_("E-mail"), help_text=_("The link to set the password goes to this address."))
    last_name = forms.CharField(label=_("Family name"), max_length=150)
    first_name = forms.CharField(label=_("Given name"), max_length=150, required=False)
    groups = RolesField(
        label=_("Roles"),
        queryset=Group.objects.order_by("name"),
        required=False,
        help_text=_("An administrator role stands alone: it cannot be combined with another group."),
    )

    class Meta:
        model = User
        fields = ["username", "last_name", "first_name", "email", "department", "is_active", "groups"]

    def __init__(self, *args, editing_self: bool = False, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.is_new = self.instance.pk is None
        if self.is_new:
            del self.fields["is_active"]
        for name in self.OWN if editing_self else ():
            self.fields.pop(name, None)

    def clean_groups(self) -> list[Group]:
        groups = self.cleaned_data["groups"]
        fault = administration.fault_in_membership(self.instance, groups, administration.actor())
        if fault:
            raise ValidationError(fault)
        return groups

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another account has this address."))
        return email

    def save(self, commit: bool = True) -> User:
        """A new account starts with a password that nobody knows."""
        if self.is_new:
            self.instance.set_password(get_random_string(50))
        return super().save(commit)


class RoleForm(GroupForm):
    """A group and what it may do. What an administrator role has to itself is not offered."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        allowed = administration.grantable_permissions(self.registered_permissions)
        self.registered_permissions = Permission.objects.filter(pk__in=allowed)
        field = self.fields["permissions"]
        field.queryset = self.registered_permissions.select_related("content_type")
        field.error_messages["invalid_choice"] = _("Only an administrator role may hold this permission.")
        if self.instance.name in roles.CLEARANCES:
            self.fields["name"].disabled = True


class ClearanceForm(WagtailAdminModelForm):
    """Up to which rank a group sees; the group is chosen once."""

    group = forms.ModelChoiceField(label=_("Group"), queryset=Group.objects.order_by("name"))
    content_rank = forms.TypedChoiceField(
        label=_("Pages up to"),
        coerce=int,
        choices=[(rank.value, rank.label) for rank in Rank if rank != Rank.SEALED],
        help_text=_("What is sealed is for nobody."),
    )

    class Meta:
        model = Clearance
        fields = ["group", "catalogue_rank", "content_rank", "all_departments", "may_copy", "may_print"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        group = self.fields["group"]
        group.label_from_instance = lambda each: str(roles.label_of(each.name))
        if self.instance.pk:
            group.disabled = True
        else:
            group.queryset = group.queryset.filter(clearance=None)

    def clean(self) -> dict:
        cleaned = super().clean()
        for name, value in cleaned.items():
            setattr(self.instance, name, value)
        if "group" in cleaned:
            fault = administration.fault_in_clearance(self.instance, administration.actor())
            if fault:
                raise ValidationError(fault)
        return cleaned
