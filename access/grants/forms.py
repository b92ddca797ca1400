"""What is typed when access is asked for, decided, given or withdrawn."""

import swapper
from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.widgets import AdminPageChooser

from ..enums import Purpose, RequestState, Right
from ..models import AccessRequest, User
from .rules import ASKABLE, last_day, rights_of

RIGHTS = [(right.value, right.label) for right in ASKABLE]


def day_field(label, **kwargs) -> forms.DateField:
    """A day, picked in the browser's own calendar."""
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


REASON = _("Reason")


def reason_field(label=REASON, **kwargs) -> forms.CharField:
    """A reason in up to 500 characters."""
    return forms.CharField(label=label, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)


class PublicForm(forms.Form):
    """Ties help and errors of each field to it for screen readers."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            notes = [f"id_{name}_helptext"] if field.help_text else []
            if self.is_bound and name in self.errors:
                notes.append(f"id_{name}_error")
                field.widget.attrs["aria-invalid"] = "true"
            if notes:
                field.widget.attrs["aria-describedby"] = " ".join(notes)


class AskForm(PublicForm):
    """A reader's request (利用申请)."""

    rights = forms.MultipleChoiceField(
        label=_("What do you need?"), choices=RIGHTS, widget=forms.CheckboxSelectMultiple, initial=[Right.VIEW.value]
    )
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices, initial=Purpose.RESEARCH)
    purpose_text = reason_field(
        _("What you need it for"), help_text=_("In a few words; the archive decides by this. At most 500 characters.")
    )
    until = day_field(_("Needed until"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        until = self.fields["until"]
        until.widget.attrs.update(min=timezone.localdate().isoformat(), max=last_day().isoformat())
        until.help_text = _("At the latest %(date)s.") % {"date": date_format(last_day())}


class DecideForm(forms.Form):
    """The decision about a request: what of it is granted, for how long, and why."""

    rights = forms.MultipleChoiceField(
        label=_("What is granted"), choices=RIGHTS, widget=forms.CheckboxSelectMultiple, required=False
    )
    starts_on = day_field(_("From"))
    ends_on = day_field(pgettext_lazy("permission", "Until"))
    reason = reason_field(help_text=_("The reader is told."))

    def __init__(self, data=None, *, asked: AccessRequest) -> None:
        wanted = [right.value for right in rights_of(asked)]
        today = timezone.localdate()
        ends_on = max(min(asked.until, last_day()), today)
        super().__init__(data, initial={"rights": wanted, "starts_on": today, "ends_on": ends_on})
        self.fields["rights"].choices = [(value, label) for value, label in RIGHTS if value in wanted]


class RefuseForm(forms.Form):
    """The reason of a refusal or of a withdrawal."""

    reason = reason_field()


class GiveForm(forms.Form):
    """A permission nobody asked for: a unit, a person or a group, rights, purpose, days, reason."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=None, help_text=_("It holds for all units below it too."))
    user = forms.CharField(label=_("Person"), required=False, max_length=150, help_text=_("User name of the account."))
    group = forms.ModelChoiceField(
        label=_("or group"), queryset=Group.objects.order_by("name"), required=False, empty_label="—"
    )
    rights = forms.MultipleChoiceField(
        label=pgettext_lazy("of use", "Rights"), choices=RIGHTS, widget=forms.CheckboxSelectMultiple, required=False,
        initial=[Right.VIEW.value], help_text=_("The entries are shown in any case."),
    )  # fmt: skip
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices, initial=Purpose.WORK)
    purpose_text = reason_field(_("Purpose in words"), required=False)
    starts_on = day_field(_("From"))
    ends_on = day_field(pgettext_lazy("permission", "Until"))
    reason = reason_field()

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        model = swapper.load_model("wagtailcore", "Page")
        self.fields["unit"].queryset = model.objects.exclude(level="")
        self.fields["unit"].widget = AdminPageChooser(target_models=[model])
        today = timezone.localdate()
        self.fields["starts_on"].initial, self.fields["ends_on"].initial = today, last_day()

    def clean_user(self) -> User | None:
        name = self.cleaned_data["user"].strip()
        if not name:
            return None
        person = User.objects.filter(username=name).first()
        if person is None:
            raise ValidationError(_("There is no account with this user name."))
        return person


class RequestFilter(forms.Form):
    """Which requests are shown; those that wait at first."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[*RequestState.choices, ("all", _("All"))])


class GrantFilter(forms.Form):
    """Which grants are shown."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("active", pgettext_lazy("permission", "In force")),
            ("ended", _("Ended or withdrawn")),
            ("all", _("All")),
        ],
    )
    holder = forms.CharField(label=_("Person or group"), required=False, max_length=100)
    code = forms.CharField(label=_("Reference code"), required=False, max_length=100)
