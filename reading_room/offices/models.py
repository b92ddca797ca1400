"""The issuing office: its names, its seal, its key, how its numbers are written, and who may issue in its name."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .patterns import check_number_pattern, folded, in_print
from .starting import MAIN


class OfficeKept(Exception):
    """An office was to be deleted."""

    def __init__(self) -> None:
        super().__init__(_("An office is taken out of use, never deleted."))


def signing_key_names() -> list[tuple[str, str]]:
    """The names of the keys that the settings know."""
    return [(name, name) for name in settings.FONDS_SIGNING_KEYS]


class IssuingOfficeQuerySet(models.QuerySet):
    """Offices; none of them is ever deleted."""

    def delete(self):
        raise OfficeKept

    def main(self) -> "IssuingOffice":
        """The main office; it is made where there is none."""
        return self.get_or_create(is_main=True, defaults=MAIN)[0]

    def usable_by(self, user) -> "IssuingOfficeQuerySet":
        """The offices in use in whose name ``user``, who may certify, may issue; the main one first."""
        used = self.filter(is_used=True)
        if user.is_superuser:
            return used
        return used.filter(Q(groups=None) | Q(groups__in=user.groups.all())).distinct()


class IssuingOffice(models.Model):
    """An office that issues certificates. One is the main one, which is always in use.

    ``groups`` are those whose members may issue in its name; without any it is whoever may certify. ``signing_key`` is a
    name of ``FONDS_SIGNING_KEYS``; empty is the first of them.
    """

    name = models.CharField(_("name of the office"), max_length=100, unique=True)
    name_en = models.CharField(_("name in English"), max_length=150, blank=True)
    seal_text = models.CharField(
        _("text on the arc of the seal"),
        max_length=26,
        help_text=_("At most 26 characters; they are spread along the upper arc."),
    )
    seal_name = models.CharField(_("name of the seal"), max_length=12, default=MAIN["seal_name"])
    seal_confirmed = models.BooleanField(
        _("the seal is in force"),
        default=False,
        help_text=_("Until then every seal carries the words 样章 SPECIMEN."),
    )
    signing_key = models.CharField(
        _("signing key"),
        max_length=30,
        blank=True,
        choices=signing_key_names,
        help_text=_("One of those that the administrator set up; empty for the first."),
    )
    number_pattern = models.CharField(
        _("pattern of the number"),
        max_length=60,
        unique=True,
        validators=[check_number_pattern],
        help_text=_("Must hold {year} and {number}, and differ from that of every other office."),
    )
    number_width = models.PositiveSmallIntegerField(
        _("digits of the number"), default=4, validators=[MinValueValidator(3), MaxValueValidator(8)]
    )
    is_main = models.BooleanField(_("main office"), default=False, editable=False)
    is_used = models.BooleanField(
        _("in use"), default=True, help_text=_("Out of use it issues nothing; what it issued stays as it is.")
    )
    groups = models.ManyToManyField(
        "auth.Group",
        verbose_name=_("who may issue in its name"),
        blank=True,
        related_name="+",
        help_text=_("Members of these groups who may certify. None chosen: whoever may certify."),
    )

    objects = IssuingOfficeQuerySet.as_manager()

    class Meta:
        ordering = ["-is_main", "name"]
        verbose_name = _("issuing office")
        verbose_name_plural = _("issuing offices")
        default_permissions = ("change",)
        constraints = [
            models.UniqueConstraint(fields=["is_main"], condition=Q(is_main=True), name="one_main_office"),
            models.CheckConstraint(condition=Q(is_main=False) | Q(is_used=True), name="main_office_is_used"),
        ]

    def __str__(self) -> str:
        return self.local_name(get_language() or "")

    def clean(self) -> None:
        others = IssuingOffice.objects.exclude(pk=self.pk)
        same = [other for other in others if folded(other.number_pattern) == folded(self.number_pattern)]
        if self.number_pattern and same:
            words = {"office": same[0].name}
            raise ValidationError({"number_pattern": _("“%(office)s” writes its numbers in the same way.") % words})
        if not self.is_used:
            self._check_out_of_use()

    def _check_out_of_use(self) -> None:
        if self.is_main:
            raise ValidationError({"is_used": _("The main office is always in use.")})
        desks = self.desks.filter(is_used=True) if self.pk else []
        if desks:
            words = {"desks": ", ".join(desk.name for desk in desks)}
            raise ValidationError({"is_used": _("Desks issue in its name: %(desks)s. Change them first.") % words})

    def delete(self, *args, **kwargs):
        raise OfficeKept

    def local_name(self, language: str) -> str:
        """The office's name in ``language``."""
        return self.name_en if language.startswith("en") and self.name_en else self.name

    def shown_number(self, year: int, serial: int, letter: str = "") -> str:
        """The number as printed, e.g. ``越市监档证〔2026〕0001号``; ``letter`` is that of the kind."""
        return in_print(self.number_pattern, self.number_width, year, serial, letter)
