"""Marking persons on a photograph: rectangles with names, and the register the names come from."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.log_actions import log

from fonds.archive_pages.folding import fold
from fonds.archive_pages.rules import check_characters

from ..doors import visible_photos
from ..models import ArchiveImage, Person, PersonMark
from .log import MARK_PERSONS

SIDES = ("left", "top", "width", "height")
MOST = 100  # marks on one photograph
LEAST = 0.2  # per cent; less cannot be seen


def find_person(text: str, register: QuerySet[Person]) -> Person | None:
    """The person of ``register`` meant by ``text``: a name, another name, or the name with its note as it is listed.

    ``None`` where nobody is called so. Raises ``ValueError`` with a sentence where several are."""
    folded = fold(text)
    people = [person for person in register.filter(search_text__contains=folded) if folded]
    exact = [person for person in people if fold(str(person)) == folded]
    called = exact or [person for person in people if folded in {fold(name) for name in person.all_names}]
    if len(called) > 1:
        raise ValueError(_("Several persons are called “%(name)s”. Choose one from the list.") % {"name": text})
    return called[0] if called else None


class MarkForm(forms.Form):
    """One mark; the sides in per cent of the picture."""

    name = forms.CharField(
        label=pgettext_lazy("on a photograph", "Person"),
        max_length=100 + 255 + 2,
        widget=forms.TextInput(attrs={"list": "persons", "autocomplete": "off"}),
    )
    uncertain = forms.BooleanField(label=gettext_lazy("Uncertain"), required=False)
    left = forms.FloatField(label=gettext_lazy("left"), min_value=0, max_value=100)
    top = forms.FloatField(label=gettext_lazy("top"), min_value=0, max_value=100)
    width = forms.FloatField(label=gettext_lazy("width"), min_value=LEAST, max_value=100)
    height = forms.FloatField(label=gettext_lazy("height"), min_value=LEAST, max_value=100)

    def __init__(self, *args, register: QuerySet[Person] | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.register = register
        for side in SIDES:
            self.fields[side].widget.attrs |= {"step": "0.1", "data-side": side}

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        try:
            check_characters(name)
            self.person = find_person(name, self.register)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if self.person is None and len(name) > 100:
            raise ValidationError(_("A name has 100 characters at most."))
        return name

    def clean(self) -> dict:
        cleaned = super().clean()
        for start, length in (("left", "width"), ("top", "height")):
            if start in cleaned and length in cleaned and cleaned[start] + cleaned[length] > 100.1:
                self.add_error(length, _("The mark does not lie on the picture."))
        return cleaned


MarkFormSet = forms.formset_factory(MarkForm, extra=1, can_delete=True, max_num=MOST, validate_max=True)


def initial_of(photo: ArchiveImage) -> list[dict]:
    """The marks of ``photo`` as the form shows them."""
    return [
        {"name": str(mark.person), "uncertain": mark.uncertain}
        | {side: round(getattr(mark, side) * 100, 2) for side in SIDES}
        for mark in photo.marks.select_related("person")
    ]


@transaction.atomic
def save_marks(photo: ArchiveImage, rows: list[dict], people: list[Person | None], user) -> int:
    """Let ``photo`` have exactly the marks of ``rows`` (cleaned data of ``MarkForm``); their number. Who is not in the
    register (``None`` in ``people``) is entered. The names go into the search text of the photograph."""
    photo.marks.all().delete()
    entered: dict[str, Person] = {}
    for row, known in zip(rows, people, strict=True):
        person = known or entered.get(row["name"])
        if person is None:
            person = entered[row["name"]] = Person.objects.create(name=row["name"])
            log(person, "wagtail.create", user=user)
        sides = {side: row[side] / 100 for side in SIDES}
        PersonMark.objects.create(photo=photo, person=person, uncertain=row["uncertain"], **_inside(sides))
    photo = ArchiveImage.objects.prefetch_related("marks__person").get(pk=photo.pk)
    photo.save()
    log(photo, MARK_PERSONS, user=user, data={"marks": len(rows)})
    return len(rows)


def _inside(sides: dict[str, float]) -> dict[str, float]:
    """``sides`` without what rounding put beyond the edge."""
    return sides | {
        "width": min(sides["width"], 1 - sides["left"]),
        "height": min(sides["height"], 1 - sides["top"]),
    }


def photos_of(person: Person, user) -> QuerySet[ArchiveImage]:
    """The photographs with ``person`` that ``user`` may see, by time."""
    photos = ArchiveImage.objects.filter(pk__in=person.marks.values("photo"))
    return visible_photos(photos, user).select_related("unit").order_by("taken_start", "photo_number", "pk")
