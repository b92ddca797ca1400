"""What an archive decides about the watermark of reading on screen."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from ..enums import Marking


@register_setting(icon="view")
class WatermarkRule(BaseGenericSetting):
    """Which pictures bear reader, time and number when they are read on screen, and whether copies do."""

    reading = models.CharField(_("reading on screen"), max_length=12, choices=Marking.choices, default=Marking.CLOSED)
    copies = models.BooleanField(
        _("copies bear it too"),
        default=False,
        help_text=_(
            "The PDF of all pages of a unit, for the same material and people. An original file never bears one, nor does "
            "a certified copy."
        ),
    )

    panels = [FieldPanel("reading"), FieldPanel("copies")]

    class Meta:
        verbose_name = _("watermark")
