"""The particulars of an enterprise dossier, one row for each unit that has them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from fonds.archive_pages.folding import fold, fold_lines


class Enterprise(models.Model):
    """An enterprise 企业 whose dossier ``unit`` is. ``former_names`` one per line. ``search_text`` holds all names,
    folded, each in a line of its own; the two numbers are found whole."""

    unit = models.OneToOneField(
        "archive_pages.ArchivePage", verbose_name=_("dossier"), on_delete=models.CASCADE, related_name="enterprise"
    )
    name = models.CharField(_("name of the enterprise"), max_length=200)
    former_names = models.TextField(_("former names"), blank=True)
    registration_number = models.CharField(_("registration number"), max_length=20, blank=True, db_index=True)
    credit_code = models.CharField(_("social credit code"), max_length=18, blank=True, db_index=True)
    representative = models.CharField(_("legal representative"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    status = models.CharField(_("status of registration"), max_length=20, blank=True)
    search_text = models.TextField(blank=True, default="", editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("enterprise")
        verbose_name_plural = _("enterprises")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.prepare()
        super().save(*args, **kwargs)

    def prepare(self) -> None:
        """Fill what the names are found by."""
        self.search_text = fold_lines([self.name, self.former_names, self.representative])

    def former_name_with(self, words: list[str]) -> str:
        """The former name in which most of the folded ``words`` stand; empty where the present name has them all."""
        missing = [word for word in words if word not in fold(self.name)]
        found = [name for name in self.former_names.splitlines() if any(word in fold(name) for word in missing)]
        return max(found, key=lambda name: sum(word in fold(name) for word in words), default="")
