"""What is typed when the access ranks of units are set."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fonds.access.enums import Rank


class RankForm(forms.Form):
    """Ranks of entry and pages, the last closed day, and the reason."""

    catalogue_rank = forms.TypedChoiceField(label=_("Who may see the entry"), choices=Rank.choices, coerce=int)
    content_rank = forms.TypedChoiceField(
        label=_("Who may see the pages"),
        choices=Rank.choices,
        coerce=int,
        help_text=_("Never fewer restrictions than the entry; what stands above a unit restricts it too."),
    )
    closed_until = forms.DateField(
        label=_("Closed until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("The last closed day; it opens by itself the day after. Empty: by ranks and opening status alone."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Kept in the log.")
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["closed_until"].widget.attrs["min"] = timezone.localdate().isoformat()
