"""The image library of the working place: search by any fragment, the form in groups, what the file says."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.choosers import BaseFilterForm, CollectionFilterMixin
from wagtail.images.views import chooser, images

from fonds.access.doors import door

from .models import ArchiveImage
from .photo_search import find_photos

EXIF_SHOWN = {
    "DateTimeOriginal": lambda: _("Taken at"),
    "DateTimeDigitized": lambda: _("Digitised at"),
    "Artist": lambda: _("Photographer"),
    "ImageDescription": lambda: _("Description in the file"),
    "UserComment": lambda: _("Comment"),
    "Copyright": lambda: _("Rights"),
    "Make": lambda: _("Camera maker"),
    "Model": lambda: _("Camera"),
    "GPS": lambda: _("Position"),
}


@door(admin=True)
class PhotoIndexView(images.IndexView):
    """The library's listing."""

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        return find_photos(queryset, self.search_query) if self.is_searching else queryset


class PhotoFilterForm(CollectionFilterMixin, BaseFilterForm):
    """The chooser's search box."""

    q = forms.CharField(
        label=gettext_lazy("Search for photographs"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Title, number, persons, place, caption")}),
    )

    def filter(self, objects: QuerySet) -> QuerySet:
        objects = super().filter(objects)
        words = self.cleaned_data.get("q")
        if words:
            self.is_searching, self.search_query = True, words
            return find_photos(objects, words)
        return objects


@door(admin=True)
class PhotoChooseView(chooser.ImageChooseView):
    """The chooser."""

    filter_form_class = PhotoFilterForm


@door(admin=True)
class PhotoChooseResultsView(chooser.ImageChooseResultsView):
    """The chooser's results, as the editor types."""

    filter_form_class = PhotoFilterForm


@door(admin=True, image_id="photo")
class PhotoEditView(images.EditView):
    """One photograph, its fields in groups, beside its picture and what its file says."""

    template_name = "collections/admin/photo_edit.html"

    def get_context_data(self, **kwargs) -> dict:
        return {**super().get_context_data(**kwargs), "exif": exif_rows(self.object.exif)}


def exif_rows(exif: dict) -> list[tuple[str, str]]:
    """The entries of ``exif`` worth showing, named in the reader's language."""
    rows = []
    for name, label in EXIF_SHOWN.items():
        value = exif.get(name)
        if name == "GPS" and value:
            value = _("%(latitude)s, %(longitude)s") % {key: value[key] for key in ("latitude", "longitude")}
        if value:
            rows.append((label(), str(value)))
    for source in ("IPTC", "XMP"):
        rows += [(f"{source} · {_name_of(field)}", text) for field, text in (exif.get(source) or {}).items()]
    return rows


def _name_of(field: str) -> str:
    return _("Tags") if field == "tags" else ArchiveImage._meta.get_field(field).verbose_name
