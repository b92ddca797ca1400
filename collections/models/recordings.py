"""Recordings: what DA/T 63 and DA/T 78 ask about a sound or film file, and what a reader follows while it plays."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .masters import DigitalObject


class Recording(models.Model):
    """A digital object that is heard or seen. ``duration`` is in seconds, ``None`` where the file does not say;
    ``bit_rate`` in bits a second, ``sample_rate`` in hertz.

    ``cues`` are the lines of the transcript, ``[[start, end, text], …]`` in seconds, ``start`` and ``end`` ``null`` where
    it has no times; ``searched`` is their folded text, for the search; ``chapters`` are ``[[start, title], …]``. ``waveform`` holds up to 400 peaks from 0 to 255. ``web``
    and ``poster`` are keys of derivatives, empty until the job has made them; ``fault`` says why it could not.
    """

    file = models.OneToOneField(
        DigitalObject, verbose_name=_("digital object"), on_delete=models.CASCADE, related_name="recording"
    )
    is_film = models.BooleanField(_("with picture"), default=False)
    duration = models.FloatField(_("duration"), null=True)
    container = models.CharField(_("format"), max_length=60, blank=True)
    sound_codec = models.CharField(_("sound codec"), max_length=40, blank=True)
    picture_codec = models.CharField(_("picture codec"), max_length=40, blank=True)
    width = models.PositiveIntegerField(_("width"), default=0)
    height = models.PositiveIntegerField(_("height"), default=0)
    sample_rate = models.PositiveIntegerField(_("sample rate"), default=0)
    channels = models.PositiveIntegerField(_("channels"), default=0)
    bit_rate = models.PositiveBigIntegerField(_("bit rate"), default=0)
    cues = models.JSONField(_("transcript"), default=list, blank=True)
    searched = models.TextField(blank=True, default="", editable=False)
    chapters = models.JSONField(_("chapters"), default=list, blank=True)
    waveform = models.BinaryField(default=bytes)
    web = models.CharField(max_length=120, blank=True, default="", editable=False)
    poster = models.CharField(max_length=120, blank=True, default="", editable=False)
    fault = models.CharField(_("fault"), max_length=300, blank=True)

    class Meta:
        ordering = ["file__unit", "file__number"]
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")

    def __str__(self) -> str:
        return self.file.name

    @property
    def is_timed(self) -> bool:
        """Whether the lines of the transcript have their times."""
        return any(start is not None for start, _end, _text in self.cues)

    @property
    def transcript(self) -> str:
        """The words alone, a line each."""
        return "\n".join(text for _start, _end, text in self.cues)
