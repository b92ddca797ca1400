"""Jobs: long work with a record of who, what, progress, log and result."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    """queued → running → done | failed | cancelled; a failed or cancelled job may be queued again."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")

    @classmethod
    def over(cls) -> set["JobState"]:
        """The states in which nothing more happens by itself."""
        return {cls.DONE, cls.FAILED, cls.CANCELLED}


class Job(models.Model):
    """One run of long work. ``kind`` names the registered runner, ``arguments`` its input, ``result`` its outcome
    (both JSON); ``done`` of ``total`` units are finished; ``output`` is a file it made."""

    kind = models.CharField(_("kind"), max_length=60, db_index=True)
    title = models.CharField(_("title"), max_length=255)
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    arguments = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    total = models.PositiveIntegerField(_("of"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    log = models.TextField(_("log"), blank=True)
    error = models.TextField(_("error"), blank=True)
    output = models.FileField(_("file"), upload_to="jobs/output/", blank=True)
    cancel_asked = models.BooleanField(default=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("started by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True, editable=False, help_text=_("Host and process that runs it."))
    beat_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in JobState.over()

    @property
    def percent(self) -> int | None:
        """Whole per cent of the work that is finished; ``None`` while the amount of work is unknown."""
        return min(100, self.done * 100 // self.total) if self.total else None

    def seconds_left(self) -> int | None:
        """Seconds until the end at the pace so far; ``None`` where there is no pace yet or nothing runs."""
        if self.state != JobState.RUNNING or not (self.total and self.done and self.started_at):
            return None
        spent = (timezone.now() - self.started_at).total_seconds()
        return max(0, round(spent / self.done * (self.total - self.done)))
