"""The form that takes a list and its scans."""

from pathlib import PurePath

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fonds.access.decisions import visible
from fonds.archive_pages.models import Category, FondsPage

from .intake import read_paths

LIST_SUFFIXES = (".xlsx", ".xlsm", ".csv", ".txt")


class FolderInput(forms.ClearableFileInput):
    """A file input that takes a whole folder."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"webkitdirectory": True})


class FolderField(forms.FileField):
    """Any number of files."""

    widget = FolderInput

    def clean(self, data, initial=None) -> list:
        single = super().clean
        return [single(file, initial) for file in data or []]


class ScansForm(forms.Form):
    """Scans as a zip, or as a folder whose script sends the paths of its files beside them."""

    archive = forms.FileField(
        label=gettext_lazy("Scans as a zip"),
        required=False,
        help_text=gettext_lazy("Folders named by reference code with 001.jpg, 002.jpg …, or one PDF or TIFF per code."),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
    )
    files = FolderField(label=gettext_lazy("or a folder of scans"), required=False, allow_empty_file=True)
    paths = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_archive(self):
        """A zip may not be larger than what it may unpack to."""
        archive = self.cleaned_data["archive"]
        if archive and archive.size > settings.FONDS_MAX_ZIP_BYTES:
            words = {"limit": settings.FONDS_MAX_ZIP_BYTES // 1024**2}
            raise forms.ValidationError(_("The zip is larger than %(limit)d MB.") % words)
        return archive

    def clean(self) -> dict:
        cleaned = super().clean()
        cleaned["names"] = read_paths(cleaned.get("paths", ""))
        return cleaned


class ImportForm(ScansForm):
    """A catalogue list for one fonds and category, with its scans as a zip or as a folder."""

    field_order = ["fonds", "category", "table", "archive", "files", "paths", "update", "skip_faulty"]
    fonds = forms.ModelChoiceField(FondsPage.objects.none(), label=gettext_lazy("Fonds"))
    category = forms.ModelChoiceField(Category.objects.all(), label=gettext_lazy("Category"))
    table = forms.FileField(
        label=gettext_lazy("List"),
        help_text=gettext_lazy("归档文件目录 as .xlsx, or .csv in UTF-8 or GB18030."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    update = forms.BooleanField(
        label=gettext_lazy("Update units that are in the archive already"),
        required=False,
        help_text=gettext_lazy("What would change is shown before anything is written."),
    )
    skip_faulty = forms.BooleanField(
        label=gettext_lazy("Import the sound rows, leave out the faulty ones"), required=False
    )

    def __init__(self, *args, user, **kwargs) -> None:
        """``user``: only a fonds he may know of can be chosen."""
        super().__init__(*args, **kwargs)
        self.fields["fonds"].queryset = visible(FondsPage.objects.order_by("sort_key"), user)
        self.fields["fonds"].label_from_instance = lambda fonds: f"{fonds.reference_code} {fonds.title}"
        only = list(self.fields["fonds"].queryset.values_list("pk", flat=True)[:2])
        if len(only) == 1:
            self.fields["fonds"].initial = only[0]
        self.fields["category"].initial = Category.objects.filter(code="WS").first()

    def clean_table(self):
        """Refuse what is plainly no list before it is kept."""
        table = self.cleaned_data["table"]
        if PurePath(table.name).suffix.lower() not in LIST_SUFFIXES:
            words = {"name": table.name}
            raise forms.ValidationError(_("“%(name)s” is not a spreadsheet. Give .xlsx or .csv.") % words)
        if table.size > settings.FONDS_MAX_LIST_BYTES:
            words = {"limit": settings.FONDS_MAX_LIST_BYTES // 1024**2}
            raise forms.ValidationError(_("The list is larger than %(limit)d MB.") % words)
        return table

    def clean(self) -> dict:
        cleaned = super().clean()
        files = cleaned.get("files") or []
        if files and cleaned.get("archive"):
            self.add_error("archive", _("Give the scans as a zip or as a folder, not both."))
        if files and len(cleaned["names"]) != len(files):
            self.add_error(
                "files", _("The browser did not send the names of the folders. Give the scans as a zip instead.")
            )
        return cleaned
