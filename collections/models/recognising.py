"""Recognised texts of page scans, apart from the scans themselves, which must stay small."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.reference_codes import normalise_code

from ..recognising.lines import Line, pack, text_of, unpack
from .masters import PageScan


class RecognisedText(models.Model):
    """What one version of a recogniser read on one page, with the place of every character.

    The page's own text (``PageScan.text``) is what is searched and shown; it may be corrected by hand, this never is.
    ``score`` is the mean of the lines' scores by their length, from 0 to 1.
    """

    scan = models.ForeignKey(PageScan, verbose_name=_("page scan"), on_delete=models.CASCADE, related_name="recognised")
    version = models.CharField(_("recogniser"), max_length=60)
    packed = models.BinaryField()
    characters = models.PositiveIntegerField(_("characters"), default=0)
    score = models.FloatField(_("score"), default=0)
    made_at = models.DateTimeField(_("recognised at"), auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scan", "version"], name="one_text_per_version")]
        verbose_name = _("recognised text")
        verbose_name_plural = _("recognised texts")

    def __str__(self) -> str:
        return f"{self.scan_id} {self.version}"

    @classmethod
    def of(cls, scan: PageScan, version: str, lines: list[Line]) -> "RecognisedText":
        """``lines`` as read on ``scan``, unsaved."""
        length = sum(len(line.text) for line in lines)
        score = sum(line.score * len(line.text) for line in lines) / length if length else 0.0
        return cls(scan=scan, version=version, packed=pack(lines), characters=length, score=score)

    @property
    def lines(self) -> list[Line]:
        """What was read, from the top."""
        return unpack(bytes(self.packed))

    @property
    def text(self) -> str:
        """The text of the page as it was read."""
        return text_of(self.lines)


@register_setting(icon="view")
class ReadingOrder(BaseGenericSetting):
    """Whose pages the recogniser reads first: reference codes of fonds, or of what stands below them, in their order."""

    first = models.TextField(
        _("read first"),
        blank=True,
        help_text=_(
            "Reference codes of fonds, series or files, one in each line. Their pages are read before all others, the "
            "first line's first."
        ),
    )

    class Meta:
        verbose_name = _("order of text recognition")

    @property
    def codes(self) -> list[str]:
        """The codes in normal form, in their order, each once."""
        return list(dict.fromkeys(normalise_code(line) for line in self.first.splitlines() if line.strip()))

    def clean(self) -> None:
        missing = sorted(set(self.codes) - self._found().keys())
        if missing:
            words = {"codes": "、".join(missing)}
            raise ValidationError({"first": gettext("There is no unit with the code %(codes)s.") % words})

    def paths(self) -> list[str]:
        """The places in the tree of those units that are still there, in their order."""
        found = self._found()
        return [found[code] for code in self.codes if code in found]

    def _found(self) -> dict[str, str]:
        units = ArchivePage.objects.filter(reference_code__in=self.codes)
        return dict(units.values_list("reference_code", "path"))
