"""The forms of the reading room. They translate what was typed; ``actions`` and ``verification`` decide."""

from django import forms
from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from .models import Certificate
from .numbers import LONGEST_INPUT, read_number


class CertifyForm(forms.Form):
    """Which pages, what for, for whom, in which language."""

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
    pages = forms.TypedMultipleChoiceField(
        label=pgettext_lazy("of a record", "Pages"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    all_pages = forms.BooleanField(label=_("All pages of the record"), required=False)

    def __init__(self, *args, page_numbers: list[int], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.page_numbers = page_numbers
        self.fields["language"].initial = get_language() or settings.LANGUAGE_CODE
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
