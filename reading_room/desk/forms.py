"""The forms of the window. They translate what was typed; the actions decide."""

import datetime as dt
import unicodedata

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..readers.enums import ListName
from ..readers.models import ListEntry
from .models import Desk


class EntryChoice(forms.TypedChoiceField):
    """One entry of a list of the window; the form, which reads all lists at once, fills it. Each choice begins with its
    number, by which the keyboard finds it."""

    def fill(self, entries: list[ListEntry], empty: bool = False) -> None:
        self._entries = {str(entry.pk): entry for entry in entries}
        rows = [(str(entry.pk), f"{number} {entry.local_name}") for number, entry in enumerate(entries, 1)]
        self.choices = [("", "—"), *rows] if empty else rows
        self.coerce = lambda value: self._entries[str(value)]
        self.empty_value = None


def lists_of_the_window() -> dict[str, list[ListEntry]]:
    """All entries that can be chosen, by list: one query."""
    entries = list(ListEntry.objects.filter(is_used=True))
    return {name: [entry for entry in entries if entry.list == name] for name in ListName.values}


class TypedDay(forms.DateField):
    """A day as hands write it: 20261231, 2026-12-31, 2026.12.31, 2026/12/31, 2026年12月31日; in the same order whatever
    the language of the browser is, unlike its own field for days."""

    default_error_messages = {"invalid": _("Write the day as year, month, day: 20261231 or 2026-12-31.")}

    def __init__(self, **kwargs) -> None:
        attrs = {"autocomplete": "off", "inputmode": "numeric", "placeholder": "YYYYMMDD"}
        formats = ["%Y%m%d", "%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日"]
        super().__init__(input_formats=formats, widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value) -> dt.date | None:
        return super().to_python(unicodedata.normalize("NFKC", value) if isinstance(value, str) else value)


class ReaderForm(forms.Form):
    """A reader by his document, with a letter of introduction where he has one."""

    document_kind = EntryChoice(label=_("Document"))
    number = forms.CharField(
        label=pgettext_lazy("of a document", "Number"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    kind = EntryChoice(label=_("Kind of reader"), required=False)
    organisation = forms.CharField(label=_("Represents"), max_length=120, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    letter_number = forms.CharField(label=_("Number of the letter"), max_length=60, required=False)
    letter_until = TypedDay(label=_("Letter valid until"), required=False)
    letter_scan = forms.FileField(label=_("Scan of the letter"), required=False)

    def __init__(self, *args, lists: dict | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        lists = lists or lists_of_the_window()
        self.fields["document_kind"].fill(lists[ListName.DOCUMENT])
        self.fields["kind"].fill(lists[ListName.READER], empty=True)

    def person(self) -> list[forms.BoundField]:
        """The fields of the person."""
        return [field for field in self if not field.name.startswith("letter_")]

    def letter(self) -> list[forms.BoundField]:
        """The fields of the letter of introduction."""
        return [field for field in self if field.name.startswith("letter_")]

    def letter_has_errors(self) -> bool:
        """Whether the letter has to be looked at again."""
        return any(name.startswith("letter_") for name in self.errors)

    def clean(self) -> dict:
        data = super().clean()
        if (data.get("letter_number") or data.get("letter_scan")) and not (
            data.get("letter_until") or "letter_until" in self.errors
        ):
            self.add_error("letter_until", _("Say until when the letter is valid."))
        return data


class PurposeForm(forms.Form):
    """What the records are needed for."""

    purpose = EntryChoice(label=pgettext_lazy("of use", "Purpose"))
    note = forms.CharField(label=_("In words"), max_length=120, required=False)

    def __init__(self, *args, lists: dict | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        empty = not self.initial.get("purpose")
        self.fields["purpose"].fill((lists or lists_of_the_window())[ListName.PURPOSE], empty=empty)


class ApprovalForm(forms.Form):
    """The duty manager at the desk."""

    login = forms.CharField(max_length=150)
    password = forms.CharField(max_length=200, strip=False)
    code = forms.CharField(max_length=12, required=False)
    reason = forms.CharField(max_length=200, required=False)


class DecisionForm(forms.Form):
    """The decision from the work list."""

    decision = forms.ChoiceField(choices=[("grant", ""), ("refuse", "")])
    reason = forms.CharField(max_length=200, required=False)


class DeskForm(forms.Form):
    """At which desk one sits, and the printer beside it."""

    desk = forms.ModelChoiceField(
        label=pgettext_lazy("of the query window", "Desk"), queryset=Desk.objects.filter(is_used=True), empty_label=None
    )
    printer = forms.CharField(label=_("Printer"), max_length=80, required=False)
