"""Events and what surrounds them. Nothing here points at another table of the archive: an event outlives its subject."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import names
from .canonical import CanonicalJSONField, row_hash
from .enums import AlarmKind, Channel


class AppendOnly(Exception):
    """Someone tried to change what may only be added to."""


class AppendOnlyModel(models.Model):
    """A row that is written once. The database refuses changes too (``triggers``)."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise AppendOnly(self._meta.label)
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args, **kwargs):
        raise AppendOnly(self._meta.label)


class Event(AppendOnlyModel):
    """One thing that happened: who, when, from where, what, on what, before and after."""

    id = models.BigAutoField(_("running number"), primary_key=True)
    at = models.DateTimeField(_("time"), default=timezone.now)
    actor_id = models.BigIntegerField(_("account number"), null=True, blank=True)
    actor_name = models.CharField(_("person"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    request_id = models.CharField(_("request"), max_length=32, blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    action = models.CharField(_("action"), max_length=100)
    object_type = models.CharField(_("kind of object"), max_length=100, blank=True)
    object_id = models.CharField(_("object"), max_length=64, blank=True)
    object_code = models.CharField(_("reference code"), max_length=200, blank=True)
    object_title = models.CharField(_("title"), max_length=500, blank=True)
    before = CanonicalJSONField(_("before"), blank=True, default=dict)
    after = CanonicalJSONField(_("after"), blank=True, default=dict)
    detail = CanonicalJSONField(_("particulars"), blank=True, default=dict)
    row_hash = models.CharField(_("checksum"), max_length=64, editable=False)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["at", "id"], name="audit_event_at"),
            models.Index(fields=["actor_id", "at"], name="audit_event_actor"),
            # On PostgreSQL with the operators that serve a search by the beginning of a code too.
            models.Index(
                fields=["object_code", "at"],
                name="audit_event_code",
                opclasses=["varchar_pattern_ops", "timestamptz_ops"],
            ),
            models.Index(fields=["address", "at"], name="audit_event_address"),
            models.Index(fields=["action", "at"], name="audit_event_action"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.action}"

    def save(self, *args, **kwargs) -> None:
        self.row_hash = row_hash(self)
        super().save(*args, **kwargs)

    @property
    def label(self) -> str:
        """The words of the action."""
        return names.label_of(self.action)


class Seal(AppendOnlyModel):
    """A batch of events closed for good: every event with an id from ``first_id`` to ``last_id``.

    ``manifest`` has 40 bytes per event in order of id: the id (8 bytes, big-endian) and the event's row hash. ``hash``
    covers the manifest, the range, the count and the hash of the seal before (see ``sealing.seal_hash``).
    """

    number = models.BigIntegerField(_("running number"), primary_key=True)
    at = models.DateTimeField(_("sealed at"), default=timezone.now)
    first_id = models.BigIntegerField(_("from event"))
    last_id = models.BigIntegerField(_("to event"), unique=True)
    count = models.IntegerField(_("events"))
    last_at = models.DateTimeField(_("newest event"))
    previous_hash = models.CharField(_("hash of the seal before"), max_length=64)
    manifest = models.BinaryField()
    hash = models.CharField(_("hash"), max_length=64, unique=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:16]}"


class SealExport(AppendOnlyModel):
    """The events of one seal were written to a file with this checksum; a condition for removing them."""

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="exports")
    at = models.DateTimeField(default=timezone.now)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Purge(AppendOnlyModel):
    """The permit to remove the events of one exported seal, and the record that they were removed.

    The database lets an event go only where such a row covers it, and lets such a row in only for a seal that has an
    export and for exactly its range.
    """

    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id}"


class AlarmRule(models.Model):
    """When an alarm is raised. Times of day are local; a threshold counts events of one person or address."""

    kind = models.CharField(_("kind"), max_length=20, choices=AlarmKind.choices)
    name = models.CharField(_("name"), max_length=100)
    threshold = models.PositiveIntegerField(_("threshold"), default=1, help_text=_("How many events raise the alarm."))
    window_minutes = models.PositiveIntegerField(
        _("within minutes"), default=10, help_text=_("How close together the events must be.")
    )
    from_hour = models.PositiveSmallIntegerField(
        _("from hour"), default=22, help_text=_("Only for work at night: the hour of the day at which it begins.")
    )
    to_hour = models.PositiveSmallIntegerField(
        _("to hour"), default=6, help_text=_("Only for work at night: the hour of the day at which it ends.")
    )
    is_active = models.BooleanField(_("in force"), default=True)
    checked_to = models.BigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["kind", "pk"]
        verbose_name = _("alarm rule")
        verbose_name_plural = _("alarm rules")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(from_hour__lte=23, to_hour__lte=23, threshold__gte=1, window_minutes__gte=1),
                name="audit_rule_values",
                violation_error_message=_("Hours go from 0 to 23; threshold and minutes are at least 1."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Alarm(models.Model):
    """A rule was met. Somebody looks into it and acknowledges it with a note."""

    rule = models.ForeignKey(AlarmRule, verbose_name=_("rule"), null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(_("kind"), max_length=20, choices=AlarmKind.choices)
    name = models.CharField(_("name"), max_length=100)
    at = models.DateTimeField(_("raised at"), default=timezone.now, db_index=True)
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_name = models.CharField(_("person"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    count = models.PositiveIntegerField(_("events"))
    first_event = models.BigIntegerField(_("first event"))
    last_event = models.BigIntegerField(_("last event"))
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    acknowledged_by = models.CharField(_("acknowledged by"), max_length=200, blank=True)
    note = models.TextField(_("finding"), blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return f"{self.name} {self.actor_name or self.address}"


class Elevation(models.Model):
    """An account that was given all rights for a few hours (break-glass)."""

    user_id = models.BigIntegerField(db_index=True)
    username = models.CharField(max_length=150)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    was_staff = models.BooleanField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user_id"], condition=models.Q(ended_at__isnull=True), name="audit_one_elevation_each"
            )
        ]

    def __str__(self) -> str:
        return self.username
