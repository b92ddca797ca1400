"""The forms of the reading room. They translate what was typed; ``actions`` and ``verification`` decide."""

import re
import secrets
import unicodedata

from django import forms
from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from .certifiable import LONGEST_STATEMENT
from .enums import CertificateKind
from .models import Certificate
from .numbers import LONGEST_INPUT, read_number
from .offices.choosing import choices_for, office_named


class CertificateForm(forms.Form):
    """What every certificate says: what for, for whom, in which language, in whose name where ``user`` may choose.
    ``token`` makes a form that is sent twice issue once."""

    purpose = forms.CharField(
        label=_("Purpose"), max_length=200, required=False, help_text=_("Printed on the certificate. Required.")
    )
    applicant = forms.CharField(
        label=_("Applicant"), max_length=100, required=False, help_text=_("Printed on the certificate where given.")
    )
    language = forms.ChoiceField(
        label=_("Language of the certificate"),
        choices=settings.LANGUAGES,
        help_text=_("Of the cover and the footers; the record stays as it is."),
    )
    office = forms.CharField(
        label=_("Issuing office"),
        max_length=20,
        required=False,
        widget=forms.Select,
        help_text=_("Whose seal, number and signature the certificate bears."),
    )
    token = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(office.pk), str(office)) for office in choices_for(user)]
        self.fields["office"].widget = forms.Select(choices=choices) if choices else forms.HiddenInput()
        self.fields["language"].initial = get_language() or settings.LANGUAGE_CODE
        self.fields["token"].initial = secrets.token_urlsafe(16)

    def values(self) -> dict:
        """What ``actions.issue`` takes, as far as this form asks for it. Raises ``ValidationError`` for an office that is
        not there; whether it may be used ``actions.issue`` decides."""
        said = {name: self.cleaned_data[name] for name in ("purpose", "applicant", "language", "token")}
        return {**said, "office": office_named(self.cleaned_data["office"])}


class CertifyForm(CertificateForm):
    """A copy of pages of one record, or a certificate of what stands in it."""

    kind = forms.ChoiceField(
        label=_("What is issued"),
        choices=[(kind.value, kind.label) for kind in (CertificateKind.COPY, CertificateKind.STATEMENT)],
        required=False,
    )
    statement = forms.CharField(
        label=_("What is certified"),
        max_length=LONGEST_STATEMENT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For an archive certificate: what stands in the record. Pages may be attached, but need not."),
    )
    pages = forms.TypedMultipleChoiceField(
        label=pgettext_lazy("of a record", "Pages"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    all_pages = forms.BooleanField(label=_("All pages of the record"), required=False)
    field_order = ["kind", "statement", "purpose", "applicant", "language", "office"]

    def __init__(self, *args, page_numbers: list[int], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.page_numbers = page_numbers
        self.fields["pages"].choices = [(number, number) for number in page_numbers]
        self.fields["pages"].error_messages["invalid_choice"] = _("This item has no page %(value)s.")

    def clean(self) -> dict:
        data = super().clean()
        if data.get("all_pages"):
            data["pages"] = self.page_numbers
        return data

    def chosen(self) -> set[str]:
        """The page numbers ticked when the form was sent, as texts, for drawing it again."""
        return set(self.data.getlist("pages")) if self.is_bound else set()

    def values(self) -> dict:
        kind = self.cleaned_data["kind"] or CertificateKind.COPY
        return {**super().values(), "kind": kind, "statement": self.cleaned_data["statement"]}


class NoneFoundForm(CertificateForm):
    """A certificate that nothing was found: what was searched."""

    statement = forms.CharField(
        label=_("What was searched"),
        max_length=LONGEST_STATEMENT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Fonds and years, and the names and words searched for. Printed on the certificate."),
    )
    field_order = ["statement", "purpose", "applicant", "language", "office"]

    def values(self) -> dict:
        return {**super().values(), "kind": CertificateKind.NONE_FOUND, "statement": self.cleaned_data["statement"]}


class SeveralForm(CertificateForm):
    """Pages of several records, as one document or one for each. The fields ``pages_<id>`` take ``1-3, 5`` or
    nothing for all pages."""

    together = forms.ChoiceField(
        label=_("How"),
        choices=[("1", _("One document with a contents page")), ("", _("One document for each record, in a zip file"))],
        initial="1",
        required=False,
    )
    field_order = ["together", "purpose", "applicant", "language", "office"]

    def __init__(self, *args, units: list, numbers: dict[int, list[int]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.units, self.numbers = units, numbers
        for unit in units:
            self.fields[f"pages_{unit.pk}"] = forms.CharField(
                label=unit.reference_code or unit.title, max_length=500, required=False
            )

    def rows(self) -> list[tuple]:
        """Each unit with its field, for the template."""
        return [(unit, self[f"pages_{unit.pk}"]) for unit in self.units]

    def clean(self) -> dict:
        data = super().clean()
        for unit in self.units:
            try:
                data[unit.pk] = read_pages(data.get(f"pages_{unit.pk}", "")) or self.numbers[unit.pk]
            except ValueError as error:
                self.add_error(f"pages_{unit.pk}", str(error))
        return data

    def parts(self) -> list[tuple]:
        """The units with the pages chosen of each."""
        return [(unit, self.cleaned_data[unit.pk]) for unit in self.units]


def read_pages(text: str) -> list[int]:
    """The page numbers that ``text`` means: ``1-3, 5``, ``１～３、５``. Raises ``ValueError`` with a sentence."""
    text = unicodedata.normalize("NFKC", text).strip()
    numbers: set[int] = set()
    for piece in filter(None, re.split(r"[,;、\s]+", re.sub(r"\s*[-–—~～]\s*", "-", text))):
        match = re.fullmatch(r"([0-9]{1,6})(?:-([0-9]{1,6}))?", piece)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last or last - first >= 10_000:
            raise ValueError(_("“%(text)s” are no page numbers. Write them like 1-3, 5.") % {"text": piece[:40]})
        numbers |= set(range(first, last + 1))
    return sorted(numbers)


class RevokeForm(forms.Form):
    """Why a certificate is withdrawn, and what stands in its place."""

    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    replaced_by = forms.CharField(
        label=_("Replaced by"),
        max_length=LONGEST_INPUT,
        required=False,
        help_text=_("Number of the certificate issued in its place, if there is one."),
    )

    def clean_replaced_by(self) -> Certificate | None:
        typed = self.cleaned_data["replaced_by"]
        if not typed:
            return None
        number = read_number(typed)
        found = Certificate.objects.numbered(number).first() if number else None
        if found is None:
            raise forms.ValidationError(_("There is no certificate with this number."))
        return found
