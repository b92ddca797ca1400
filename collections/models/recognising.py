"""Recognised texts of page scans, apart from the scans themselves, which must stay small."""

from django.db import models
from django.utils.translation import gettext_lazy as _

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
