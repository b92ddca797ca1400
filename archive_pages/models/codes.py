"""Reference codes 档号: how they are made, which were ever given, and the next number of each run."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..enums import Level


class ReferenceCodeTemplate(models.Model):
    """The grammar of a reference code for a fonds, category and level (DA/T 13-2022, DA/T 22-2015).

    ``pattern`` is literal text with fields in braces: ``{fonds} {category} {year} {retention} {department} {file:4}
    {number:4}``; the figure after the colon is the zero-padded width. The most specific template applies: fonds and
    category, then category, then any.
    """

    fonds = models.ForeignKey(
        "archive_pages.FondsPage",
        verbose_name=_("fonds"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="code_templates",
        help_text=_("Empty: for every fonds."),
    )
    category = models.ForeignKey(
        "archive_pages.Category",
        verbose_name=_("category"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="code_templates",
        help_text=_("Empty: for every category."),
    )
    level = models.CharField(_("level"), max_length=10, choices=Level.choices, default=Level.ITEM)
    pattern = models.CharField(
        _("pattern"),
        max_length=120,
        help_text=_("For example {fonds}-{category}·{year}-{retention}-{department}-{number:4}"),
    )

    class Meta:
        ordering = ["level", "pattern"]
        verbose_name = _("reference code template")
        verbose_name_plural = _("reference code templates")

    def __str__(self) -> str:
        return self.pattern

    def clean(self) -> None:
        from ..reference_codes import CodePattern

        super().clean()
        CodePattern(self.pattern)


class CodeRecord(models.Model):
    """Every reference code ever given. A row is never removed, so no code is ever given twice; a row that is not
    current is an alias left by a renumbering, and still finds its unit."""

    code = models.CharField(_("reference code"), max_length=100, unique=True)
    page = models.ForeignKey(
        "archive_pages.ArchivePage",
        verbose_name=_("unit"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="code_records",
    )
    is_current = models.BooleanField(_("current"), default=True)
    reason = models.CharField(_("reason of the change"), max_length=200, blank=True)
    given_at = models.DateTimeField(_("given at"), auto_now_add=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("code in the register")
        verbose_name_plural = _("register of codes")
        permissions = [("import_catalogue", "Can import a catalogue")]

    def __str__(self) -> str:
        return self.code


class CodeCounter(models.Model):
    """The last number given in one run of codes; ``prefix`` is the code up to its last number."""

    prefix = models.CharField(max_length=100, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}{self.last}"
