"""The forms of a batch: what it is, its files, and a change of its pages."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.reference_codes import normalise_code

from ..importing.forms import ScansForm
from ..models import ScanBatch
from ..page_steps import MOST_DEGREES, checked
from .matching import by_code
from .patterns import compiled


class FilesForm(ScansForm):
    """The files of a batch. Those without their folders are known by their names alone."""

    def clean(self) -> dict:
        cleaned = super().clean()
        files = cleaned.get("files") or []
        if bool(files) == bool(cleaned.get("archive")) and "archive" not in self.errors:
            self.add_error("archive", _("Give the scans either as a zip or as a folder."))
        if len(cleaned["names"]) != len(files):
            cleaned["names"] = [file.name for file in files]
        return cleaned


class BatchForm(forms.ModelForm):
    """What a batch is called, and by which rules it is checked."""

    class Meta:
        model = ScanBatch
        fields = ["title", "least_dpi", "needs_colour", "most_skew", "sample_percent", "pass_percent", "patterns"]
        widgets = {"patterns": forms.Textarea(attrs={"rows": 5, "spellcheck": "false"})}

    def clean_patterns(self) -> str:
        """Each line must be a pattern."""
        compiled(self.cleaned_data["patterns"])
        return self.cleaned_data["patterns"]


class NumbersInput(forms.HiddenInput):
    """Values given several times, or with commas between them."""

    def value_from_datadict(self, data, files, name) -> str:
        return ",".join(data.getlist(name))


class NumbersField(forms.CharField):
    """Numbers with commas between them, as a list."""

    widget = NumbersInput

    def clean(self, value) -> list[int]:
        text = super().clean(value)
        try:
            return [int(part) for part in text.split(",") if part.strip()]
        except ValueError as error:
            raise ValidationError(_("Choose at least one page.")) from error


class ChangeForm(forms.Form):
    """One change of a batch's pages, as the arranging screen sends it."""

    KINDS = ("move", "split", "turn", "straighten", "clear", "halve", "join", "replace", "remove",
             "restore", "dismiss", "undo")  # fmt: skip

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in KINDS])
    pages = NumbersField(required=False)
    unit = forms.CharField(required=False, max_length=200)
    before = forms.IntegerField(required=False)
    value = forms.FloatField(required=False)

    def __init__(self, *args, user, **kwargs) -> None:
        """``user``: pages are only sorted to units that he may see."""
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_unit(self) -> ArchivePage | None:
        """The unit by its code, in any spelling."""
        code = self.cleaned_data["unit"].strip()
        if not code:
            return None
        unit = by_code([normalise_code(code)], self.user).get(normalise_code(code))
        if unit is None:
            raise ValidationError(_("There is no unit with the code %(code)s.") % {"code": code})
        return unit


class AdjustForm(forms.Form):
    """The adjustments of one page; sides of the crop in per cent of the picture as it is turned and straightened."""

    turn = forms.TypedChoiceField(
        label=gettext_lazy("Turn"), coerce=int, choices=[(0, "0°"), (90, "90°"), (180, "180°"), (270, "270°")]
    )
    straighten = forms.FloatField(
        label=gettext_lazy("Straighten"), required=False, min_value=-MOST_DEGREES, max_value=MOST_DEGREES,
        help_text=gettext_lazy("Degrees clockwise."),
    )  # fmt: skip
    left = forms.FloatField(label=gettext_lazy("Left"), initial=0, min_value=0, max_value=100)
    top = forms.FloatField(label=gettext_lazy("Top"), initial=0, min_value=0, max_value=100)
    right = forms.FloatField(label=gettext_lazy("Right"), initial=100, min_value=0, max_value=100)
    bottom = forms.FloatField(label=gettext_lazy("Bottom"), initial=100, min_value=0, max_value=100)
    black = forms.FloatField(label=gettext_lazy("Black from"), initial=0, min_value=0, max_value=100)
    white = forms.FloatField(label=gettext_lazy("White from"), initial=100, min_value=0, max_value=100)

    SIDES = ("left", "top", "right", "bottom")

    @classmethod
    def values_of(cls, steps: list[dict]) -> dict:
        """The form's first values for a page that has ``steps``."""
        values = {}
        for step in steps:
            match step:
                case {"turn": _} | {"straighten": _}:
                    values |= step
                case {"crop": sides}:
                    values |= dict(zip(cls.SIDES, (round(100 * side, 2) for side in sides), strict=True))
                case {"contrast": [black, white]}:
                    values |= {"black": black, "white": white}
        return values

    def steps(self) -> list[dict]:
        """The adjustments that the form describes; none for what is left as it is."""
        given = self.cleaned_data
        sides = [given[side] / 100 for side in self.SIDES]
        steps = [
            {"turn": given["turn"]} if given["turn"] else None,
            {"straighten": given["straighten"]} if given["straighten"] else None,
            {"crop": sides} if sides != [0, 0, 1, 1] else None,
            {"contrast": [given["black"], given["white"]]} if (given["black"], given["white"]) != (0, 100) else None,
        ]
        return checked([step for step in steps if step])


class VerdictForm(forms.Form):
    """What is said of one page of the sample."""

    page = forms.IntegerField()
    verdict = forms.CharField(max_length=12)
    remark = forms.CharField(required=False, max_length=200)
