"""Departments and accounts."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Department(models.Model):
    """机构(问题): an office of the public body. Its code stands in reference codes (DA/T 22-2015, 6.2)."""

    code = models.CharField(_("code"), max_length=20, unique=True, help_text=_("As in reference codes, e.g. BGS."))
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("department")
        verbose_name_plural = _("departments")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class User(AbstractUser):
    """An account; the groups of ``fonds.access.roles`` say what it may do."""

    department = models.ForeignKey(
        Department, verbose_name=_("department"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def get_full_name(self) -> str:
        """Family name first and no space between them where the name is written in Han characters."""
        names = [self.last_name, self.first_name]
        if all(name.isascii() for name in names):
            return super().get_full_name()
        return "".join(names).strip()

    def __str__(self) -> str:
        return self.get_full_name() or self.username
