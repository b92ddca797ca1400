"""What is known of photographs beside their own words: persons on them, the controlled tags, doubles among them."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag

from fonds.archive_pages.folding import fold, fold_lines

from .libraries import ArchiveImage


class Person(models.Model):
    """Somebody who stands on photographs. Two persons may bear the same name: the note tells them apart."""

    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=100)
    other_names = models.TextField(_("other names"), blank=True, help_text=_("One in each line."))
    note = models.CharField(
        _("note"),
        max_length=255,
        blank=True,
        help_text=_("Office, years of life: what tells this person from another."),
    )
    search_text = models.TextField(blank=True, default="", editable=False)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = pgettext_lazy("on a photograph", "person")
        verbose_name_plural = pgettext_lazy("on a photograph", "persons")

    def __str__(self) -> str:
        return f"{self.name}（{self.note}）" if self.note else self.name

    def save(self, *args, **kwargs) -> None:
        """Keep the names in which the person is looked for, here and with every photograph."""
        self.search_text = fold_lines([*self.all_names, self.note, str(self)])
        super().save(*args, **kwargs)
        self.refold_photos()

    @property
    def all_names(self) -> list[str]:
        """The name and the other names."""
        return [self.name, *(line.strip() for line in self.other_names.splitlines() if line.strip())]

    def refold_photos(self) -> None:
        """Write the person's names into the search texts of the photographs the person stands on."""
        photos = list(ArchiveImage.objects.filter(marks__person=self).distinct().prefetch_related("marks__person"))
        for photo in photos:
            photo.search_text = fold_lines(photo.searched_texts())
        ArchiveImage.objects.bulk_update(photos, ["search_text"], batch_size=200)


class PersonMark(models.Model):
    """A rectangle on a photograph with the person it shows. Its sides are shares (0 to 1) of the upright picture's width
    and height, from its upper left corner. ``uncertain``: the name is a guess."""

    photo = models.ForeignKey(ArchiveImage, on_delete=models.CASCADE, related_name="marks")
    person = models.ForeignKey(
        Person, verbose_name=pgettext_lazy("on a photograph", "person"), on_delete=models.PROTECT, related_name="marks"
    )
    left = models.FloatField(_("left"))
    top = models.FloatField(_("top"))
    width = models.FloatField(_("width"))
    height = models.FloatField(_("height"))
    uncertain = models.BooleanField(_("uncertain"), default=False)

    class Meta:
        ordering = ["left", "top", "pk"]
        verbose_name = _("mark of a person")
        verbose_name_plural = _("marks of persons")
        constraints = [
            models.CheckConstraint(
                name="mark_on_the_picture",
                condition=Q(left__gte=0, top__gte=0, width__gt=0, height__gt=0)
                & Q(left__lte=1.0001 - F("width"), top__lte=1.0001 - F("height")),
            )
        ]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def percent(self) -> dict[str, str]:
        """The sides in per cent, written as drawings need them in every language."""
        return {side: f"{getattr(self, side) * 100:.2f}" for side in ("left", "top", "width", "height")}


class Term(models.Model):
    """A tag of the controlled list, with the words it is used for (GB/T 13190: 用、代, 属、分). Photographs bear the
    tag of the same name; every other word is a free tag."""

    name = models.CharField(_("tag"), max_length=100, unique=True)
    broader = models.ForeignKey(
        "self", verbose_name=_("broader tag"), null=True, blank=True, on_delete=models.SET_NULL, related_name="narrower"
    )
    used_for = models.TextField(
        _("used for"), blank=True, help_text=_("Words in whose place this tag is used, one in each line.")
    )
    note = models.CharField(_("note"), max_length=255, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("controlled tag")
        verbose_name_plural = _("controlled tags")

    _read_name = ""

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_db(cls, db, field_names, values):
        """Remembers the name that the photographs bear."""
        term = super().from_db(db, field_names, values)
        term._read_name = term.__dict__.get("name", "")
        return term

    @property
    def words(self) -> list[str]:
        """The words this tag is used for."""
        return [line.strip() for line in self.used_for.splitlines() if line.strip()]

    def clean(self) -> None:
        """No word leads to two tags, and no tag stands below itself."""
        super().clean()
        others = list(Term.objects.exclude(pk=self.pk))
        taken = {fold(word): other for other in others for word in (other.name, *other.words)}
        faults = {}
        for field, words in (("name", [self.name]), ("used_for", self.words)):
            found = next(((word, taken[fold(word)]) for word in words if fold(word) in taken), None)
            if found:
                words = {"word": found[0], "tag": found[1].name}
                faults[field] = gettext("“%(word)s” belongs to the tag “%(tag)s” already.") % words
        if self._is_below_itself({other.pk: other.broader_id for other in others}):
            faults["broader"] = gettext("A tag cannot stand below itself.")
        if faults:
            raise ValidationError(faults)

    def save(self, *args, **kwargs) -> None:
        """Give the photographs the tag's new name with it."""
        super().save(*args, **kwargs)
        if self._read_name and self._read_name != self.name and not Tag.objects.filter(name=self.name).exists():
            Tag.objects.filter(name=self._read_name).update(name=self.name)
        self._read_name = self.name

    def _is_below_itself(self, broader: dict[int, int | None]) -> bool:
        seen, above = {self.pk} if self.pk else set(), self.broader_id
        while above and above not in seen:
            seen.add(above)
            above = broader.get(above)
        return bool(above)


class PhotoFingerprint(models.Model):
    """64 bits that tell what the picture looks like (``photographs.fingerprints``), whole and in four parts by which
    pictures that differ little are found."""

    photo = models.OneToOneField(ArchiveImage, primary_key=True, on_delete=models.CASCADE, related_name="fingerprint")
    value = models.BigIntegerField()
    part_1 = models.PositiveIntegerField(db_index=True)
    part_2 = models.PositiveIntegerField(db_index=True)
    part_3 = models.PositiveIntegerField(db_index=True)
    part_4 = models.PositiveIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.value % (1 << 64):016x}"


class PairDecision(models.TextChoices):
    """What an editor said of two photographs that look alike."""

    OPEN = "", _("To be decided")
    SAME = "same", _("The same picture, both stay")
    DIFFERENT = "different", _("Different pictures")
    KEEP_FIRST = "keep_first", _("The first is kept, the second set aside")
    KEEP_SECOND = "keep_second", _("The second is kept, the first set aside")


class PhotoPair(models.Model):
    """Two photographs that are or look the same, proposed once. ``distance``: bits of the fingerprints that differ."""

    first = models.ForeignKey(ArchiveImage, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(ArchiveImage, on_delete=models.CASCADE, related_name="+")
    same_bytes = models.BooleanField(default=False)
    distance = models.PositiveSmallIntegerField(default=0)
    decision = models.CharField(max_length=12, choices=PairDecision.choices, default="", blank=True, db_index=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("pair of photographs")
        verbose_name_plural = _("pairs of photographs")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_pair_of_two_photos"),
            models.CheckConstraint(name="pair_in_order", condition=Q(first__lt=F("second"))),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}/{self.second_id}"


def set_aside() -> QuerySet:
    """The keys of the photographs in whose place another one is kept, as a query."""
    kept = PhotoPair.objects.filter(decision__in=[PairDecision.KEEP_FIRST, PairDecision.KEEP_SECOND])
    return kept.values_list(Case(When(decision=PairDecision.KEEP_FIRST, then="second"), default="first"), flat=True)
