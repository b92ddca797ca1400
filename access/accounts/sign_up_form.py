"""What a reader tells when he signs up. Apart from ``forms.py``, because allauth builds its own forms upon it."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SignUpFields(forms.Form):
    """What a reader tells besides e-mail and password."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("As on your identity card: the archive decides about requests by name."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    agreed = forms.BooleanField(label=_("I have read the rules of use and keep to them."))
    field_order = ["name", "email", "password1", "agreed"]

    def clean_name(self) -> str:
        """Control characters and blanks at the ends are no part of a name."""
        return " ".join("".join(sign if sign.isprintable() else " " for sign in self.cleaned_data["name"]).split())

    def signup(self, request, user) -> None:
        """Keep the name; in one field, since names of many peoples do not part into two."""
        user.last_name, user.first_name = self.cleaned_data["name"], ""
        user.save(update_fields=["last_name", "first_name"])
