"""The form of a photograph in the working place, in the archivist's order, with what the file itself proposes."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminPageChooser
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from fonds.archive_pages.models import FilePage, FondsPage, ItemPage, SeriesPage

from .faults import ScanFault
from .photo_metadata import proposals
from .photographs.files import check_photo
from .photographs.terms import preferred
from .storage import as_path

GROUPS = (
    (gettext_lazy("Photograph"), ("title", "file", "photo_number", "unit", "opening_status")),
    (
        gettext_lazy("The six elements"),
        ("occasion", "taken_text", "place", "persons", "background", "photographer"),
    ),
    (gettext_lazy("Caption and tags"), ("caption", "description", "tags")),
    (gettext_lazy("Where it comes from"), ("negative_number", "see_also", "credit", "licence", "collection")),
)
UNIT_MODELS = [FondsPage, SeriesPage, FilePage, ItemPage]
ONE_LINE = ("occasion", "background")


class PhotoFileField(WagtailImageField):
    """A picture that was measured before it was decoded, and then really decoded to its end."""

    def to_python(self, data):
        if data and data.size <= self.max_upload_size:
            try:
                with as_path(data) as path:
                    check_photo(path, data.name)
            except ScanFault as fault:
                raise ValidationError(str(fault), code="invalid_image") from fault
        return super().to_python(data)

    def check_image_file_format(self, f) -> None:
        """``check_photo`` has compared name and content, and knows that ``.tif`` and ``.heif`` are names too."""


@dataclass
class FieldGroup:
    """Fields of the form under one heading."""

    heading: str
    fields: list[forms.BoundField]


class ArchiveImageForm(BaseImageForm):
    """Adds grouping and proposals to Wagtail's image form.

    A proposal stands in a field that is still empty and is marked as one; it is kept only when the editor saves it, and
    never takes the place of the editor's words.
    """

    class Meta(BaseImageForm.Meta):
        widgets = {**BaseImageForm.Meta.widgets, "unit": AdminPageChooser(target_models=UNIT_MODELS)}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            widget = self.fields["file"].widget
            self.fields["file"] = PhotoFileField(label=_("Picture file"), widget=widget)
        if "opening_status" in self.fields:
            self.fields["opening_status"].required = False  # a dropped file has no form yet: it stays unreviewed
        for name in ONE_LINE:
            if name in self.fields:
                self.fields[name].widget.attrs["rows"] = 2
        for name, text in proposals(self.instance.exif if self.instance.pk else {}).items():
            if name in self.fields and not getattr(self.instance, name):
                self._propose(name, text)

    def _propose(self, name: str, text: str) -> None:
        limit = self.fields[name].max_length
        self.initial[name] = text[:limit] if limit else text
        self.fields[name].help_text = _("Read from the picture's file (EXIF). Check it; it is kept when you save.")

    def clean_opening_status(self) -> str:
        return self.cleaned_data["opening_status"] or self.instance.opening_status

    def clean_tags(self) -> list[str]:
        return preferred(self.cleaned_data["tags"])

    def groups(self) -> list[FieldGroup]:
        """The visible fields by heading; those no group names come last."""
        named = [name for _heading, names in GROUPS for name in names]
        found = [
            FieldGroup(str(heading), [self[name] for name in names if name in self.fields and not self[name].is_hidden])
            for heading, names in GROUPS
        ]
        others = [field for field in self.visible_fields() if field.name not in named]
        if others:
            found.append(FieldGroup(_("More"), others))
        return [group for group in found if group.fields]
