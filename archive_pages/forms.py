"""The forms of units: what is obligatory, what a new unit inherits, how its code is proposed and taken."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from .reference_codes import normalise_code


class UnitForm(WagtailAdminPageForm):
    """A unit of the archive. A draft may leave obligatory fields empty; publishing asks for them."""

    obligatory: tuple[str, ...] = ("title",)
    proposed_code = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.is_new = self.instance._state.adding
        for name in self.obligatory:
            self.fields[name].required = True
            if name not in self._meta.defer_required_on_fields:
                self._meta.defer_required_on_fields.append(name)
        if self.is_new and self.parent_page is not None:
            self._prepare_new()
        elif self.instance.reference_code:
            code = self.fields["reference_code"]
            code.disabled = True
            code.help_text = _("Change it with “Renumber” in the menu above: the old code goes on finding the unit.")

    def _prepare_new(self) -> None:
        from . import actions

        for name, value in actions.inherited_values(self.parent_page).items():
            if name in self.fields and self.initial.get(name) is None:
                self.initial[name] = value.pk if hasattr(value, "pk") else value
        code = self.fields["reference_code"]
        if self.instance.unit_level in (*actions.NUMBERED, "series"):
            code.required = False
            code.help_text = _(
                "Proposed from the fields below; the number is taken when you save. Write another code to overrule it."
            )
            self.initial["reference_code"] = self.initial["proposed_code"] = self._proposal_of_initial()
        else:
            code.help_text = _("The fonds code 全宗号, for example J037.")

    def _proposal_of_initial(self) -> str:
        from . import actions

        values = {
            name: self.fields[name].to_python(self.initial.get(name)) for name in self.coded if name in self.fields
        }
        try:
            return actions.propose_code(actions.CodeValues(self.parent_page, self.instance.unit_level, values))
        except ValidationError:  # a value is still missing: the code appears when it is filled in
            return ""

    coded = ("category", "year", "retention", "department")

    @cached_property
    def wanted(self):
        """What the code of the unit is made of, as written in the form."""
        from . import actions

        values = {name: self.cleaned_data.get(name) for name in self.coded}
        parent = self.parent_page if self.is_new else self.instance.get_parent()
        return actions.CodeValues(parent, self.instance.unit_level, values)

    @property
    def takes_proposal(self) -> bool:
        """Whether the code is left to the system: empty, or as it was proposed."""
        typed = normalise_code(self.data.get(self.add_prefix("reference_code"), ""))
        return not typed or typed == normalise_code(self.data.get(self.add_prefix("proposed_code"), ""))

    def clean(self) -> dict:
        cleaned = super().clean()
        self._check_opening(cleaned)
        if self.instance.unit_level == "fonds" or self.fields["reference_code"].disabled:
            return cleaned
        if self.is_new and self.parent_page is not None:
            self._settle_code(cleaned)
        if not cleaned.get("reference_code") and not self.errors and not self.is_deferred_validation:
            self.add_error("reference_code", _("Write the reference code: it does not follow from the fields below."))
        return cleaned

    def _check_opening(self, cleaned: dict) -> None:
        from . import actions

        try:
            actions.check_opening(cleaned.get("secrecy") or "", cleaned.get("opening_status") or "")
        except ValidationError as error:
            self.add_error("opening_status", error)

    def _settle_code(self, cleaned: dict) -> None:
        from . import actions

        if not cleaned.get("year") and self.instance.unit_level == "item":
            cleaned["year"] = _year_of(cleaned.get("date_text"))
        try:
            if self.takes_proposal:
                cleaned["reference_code"] = actions.propose_code(self.wanted) or None
            else:
                cleaned["reference_code"] = normalise_code(cleaned.get("reference_code") or "")
                actions.check_code(self.wanted, cleaned["reference_code"])
        except ValidationError as error:
            self.add_error(None if hasattr(error, "error_dict") else "reference_code", error)

    def take_code(self) -> None:
        """Reserve the code of a new unit. Only the view that saves calls this; a preview takes no number."""
        from . import actions

        if self.is_new and self.takes_proposal and self.instance.unit_level in actions.NUMBERED:
            self.instance.reference_code = actions.reserve_code(self.wanted)
            self.instance.slug = ""  # made from the code


def _year_of(date_text: str | None) -> int | None:
    from .archival_dates import parse_archival_date

    try:
        return parse_archival_date(date_text).start.year if date_text else None
    except ValueError:  # told beside the date itself
        return None


class FondsPageForm(UnitForm):
    obligatory = ("title", "reference_code")


class SeriesPageForm(UnitForm):
    obligatory = ("title",)


class FilePageForm(UnitForm):
    obligatory = ("title", "date_text", "retention")


class ItemPageForm(UnitForm):
    """DA/T 18-2022: level, code, title, date, creator, retention period and opening status are obligatory."""

    obligatory = ("title", "date_text", "creator", "retention")


class RenumberForm(forms.Form):
    """The new code of a unit, and why it changes."""

    new_code = forms.CharField(label=_("New reference code"), max_length=100)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("For example: number given twice in the list of 2008.")
    )
