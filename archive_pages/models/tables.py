"""Tables an archive edits: categories and retention periods."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class NamedCode(models.Model):
    """A code with a name in both languages."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)

    class Meta:
        abstract = True
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.local_name}"

    @property
    def local_name(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class Category(NamedCode):
    """门类 of records (DA/T 13-2022, 5.3): WS 文书, KJ 科技, ZP 照片 …"""

    class Meta(NamedCode.Meta):
        verbose_name = _("category")
        verbose_name_plural = _("categories")


class RetentionPeriod(NamedCode):
    """保管期限. ``years`` is empty for permanent; ``aliases`` are other spellings met in lists, one per line."""

    years = models.PositiveSmallIntegerField(_("years"), null=True, blank=True)
    aliases = models.TextField(_("other spellings"), blank=True, help_text=_("One per line."))

    class Meta(NamedCode.Meta):
        verbose_name = _("retention period")
        verbose_name_plural = _("retention periods")
