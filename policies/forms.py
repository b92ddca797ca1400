"""The forms of the policies: editing one, replacing and repealing."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.forms import WagtailAdminPageForm

from .outline import ARTICLE

REQUIRED = ("document_number", "creator")


class PolicyForm(WagtailAdminPageForm):
    """Number and issuing body may be empty on other pages; a policy needs them to be published."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in REQUIRED:
            if name in self.fields:
                self.fields[name].required = True

    def clean(self) -> dict:
        values = super().clean()
        body = values.get("body")
        if not self.is_deferred_validation and body and not any(block.block_type == ARTICLE for block in body):
            self.add_error("body", _("A policy needs at least one article."))
        return values


class PolicyChoiceField(forms.ModelChoiceField):
    """A choice among policies, by number and name."""

    def label_from_instance(self, obj) -> str:
        return f"{obj.document_number} {obj.title}"


class ReplaceForm(forms.Form):
    """By which policy another is replaced."""

    new = PolicyChoiceField(
        queryset=None,
        label=pgettext_lazy("policy", "Replaced by"),
        help_text=_("A policy in force. The old one ends on the day this one takes effect."),
    )

    def __init__(self, *args, candidates, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new"].queryset = candidates


class RepealForm(forms.Form):
    """Why and from when a policy is no longer in force."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Readers see it, for example: 机构职能调整，不再适用."),
    )
    date = forms.DateField(
        label=_("Repealed from"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("The first day on which it is no longer in force, for example 2026-12-01."),
    )
