"""Captioning many photographs at once: the rows, what may stand in them, and saving all or nothing."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from taggit.utils import edit_string_for_tags, parse_tags
from wagtail.log_actions import log

from fonds.access.decisions import visible
from fonds.archive_pages.models import ArchivePage, FilePage
from fonds.archive_pages.rules import check_characters

from ..models import ArchiveImage
from ..photo_metadata import proposals
from .doubles import photo_policy
from .log import CAPTION
from .terms import preferred

WORDS = ("title", "occasion", "taken_text", "place", "persons", "background", "photographer", "caption")
FIELDS = (*WORDS, "tags")
MOST = 200  # photographs on one screen
THUMBNAIL = "max-165x165"
LONG = ("occasion", "background", "caption")


class CaptionForm(forms.ModelForm):
    """One row. ``seen`` is what the row's fields were when the screen was made: a row that somebody else has changed
    since then is not overwritten."""

    tags = forms.CharField(label=gettext_lazy("Tags"), required=False, max_length=1000)
    seen = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = ArchiveImage
        fields = WORDS
        widgets = {
            **{name: forms.Textarea(attrs={"rows": 2}) for name in LONG},
            **{name: forms.TextInput() for name in WORDS if name not in LONG},
        }

    def __init__(self, photo: ArchiveImage, data=None, new: dict[str, str] | None = None) -> None:
        stored = values_of(photo)
        self.new = {name: text for name, text in (new or {}).items() if stored[name] != text}
        self.stored, self.stamp = stored, _stamp(stored)
        initial = {**stored, **self.new, "seen": self.stamp}
        super().__init__(data, instance=photo, prefix=f"p{photo.pk}", initial=initial, use_required_attribute=False)
        offered = proposals(photo.exif)
        for name in FIELDS:
            attrs = self.fields[name].widget.attrs
            attrs |= {"data-field": name, "aria-label": f"{photo.photo_number or photo.pk}: {self.fields[name].label}"}
            self.fields[name].proposal = "" if initial[name] else offered.get(name, "")[: self.fields[name].max_length]
            self.fields[name].before = stored[name] if name in self.new else None

    def clean(self) -> dict:
        cleaned = super().clean()
        cleaned |= {name: cleaned[name].replace("\r\n", "\n") for name in LONG if name in cleaned}
        for name in FIELDS:
            try:
                for line in str(cleaned.get(name) or "").splitlines():
                    check_characters(line)
            except ValueError as error:
                self.add_error(name, str(error))
        if cleaned.get("seen") != self.stamp:
            self.add_error(None, _("Somebody else has changed this photograph meanwhile. Load the screen again."))
        return cleaned

    def clean_tags(self) -> str:
        names = preferred(parse_tags(self.cleaned_data["tags"].replace("；", ",").replace("，", ",")))
        if any(len(name) > 100 for name in names):
            raise forms.ValidationError(_("A tag has 100 characters at most."))
        return edit_string_for_tags([_Name(name) for name in names])

    @property
    def changed_names(self) -> list[str]:
        """The fields whose text is another than the stored one."""
        return [name for name in FIELDS if self.cleaned_data[name] != self.stored[name]]


@dataclass
class _Name:
    name: str


def values_of(photo: ArchiveImage) -> dict[str, str]:
    """The text of each field of the row."""
    return {
        **{name: getattr(photo, name) for name in WORDS},
        "tags": edit_string_for_tags(photo.tags.all()),
    }


def _stamp(values: dict[str, str]) -> str:
    return hashlib.sha256("\x1f".join(values[name] for name in FIELDS).encode()).hexdigest()[:20]


def photos_to_caption(user) -> QuerySet[ArchiveImage]:
    """The photographs that ``user`` may see and change, in the order of the tree, ready for the screen."""
    photos = photo_policy().instances_user_has_permission_for(user, "change")
    return photos.select_related("unit").prefetch_related("tags").order_by("unit__path", "photo_number", "pk")


def group_values(photos: Iterable[ArchiveImage], user) -> dict[int, dict[str, str]]:
    """What the event group of each photograph says for its fields, by the photograph's key. One query."""
    paths = {photo.pk: photo.unit.path[: -ArchivePage.steplen] for photo in photos if photo.unit}
    groups = {group.path: group for group in visible(FilePage.objects.filter(path__in=set(paths.values())), user)}
    return {
        key: {
            "occasion": groups[path].title,
            "taken_text": groups[path].date_text,
            "background": groups[path].scope,
        }
        for key, path in paths.items()
        if path in groups
    }


@dataclass
class Saved:
    """What saving did."""

    photos: int = 0
    fields: int = 0
    faults: list[tuple[ArchiveImage, str, str, str]] = field(default_factory=list)


def save_captions(rows: list[CaptionForm], user) -> Saved:
    """Save every changed row, or none where one has a fault (photograph, label, sentence, id of the field)."""
    saved = Saved()
    for row in rows:
        for name, sentences in row.errors.items():
            label = row.fields[name].label if name in row.fields else ""
            place = row[name].id_for_label if name in row.fields else ""
            saved.faults += [(row.instance, label, sentence, place) for sentence in sentences]
    if saved.faults:
        return saved
    with transaction.atomic():
        for row in rows:
            names = row.changed_names
            if not names:
                continue
            row.instance.save()
            if "tags" in names:
                row.instance.tags.set(parse_tags(row.cleaned_data["tags"]))
            log(row.instance, CAPTION, user=user, data={"fields": names})
            saved.photos += 1
            saved.fields += len(names)
    return saved
