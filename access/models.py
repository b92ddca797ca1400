"""Departments, accounts, what each group may see, and what was granted to whom."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fonds.audit.break_glass import is_running

from .classes import LAST_OWNED, OWNED
from .enums import Purpose, Rank, RequestState


class Department(models.Model):
    """机构(问题): an office of the public body. Its code stands in reference codes (DA/T 22-2015, 6.2)."""

    code = models.CharField(_("code"), max_length=20, unique=True, help_text=_("As in reference codes, e.g. BGS."))
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        # Its number stands in the access class of what it owns.
        constraints = [models.CheckConstraint(name="department_fits_class", condition=Q(pk__lte=LAST_OWNED - OWNED))]

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

    @classmethod
    def from_db(cls, db, field_names, values) -> "User":
        """All rights count while break-glass runs for the account, and not a moment longer: not in an open session, and
        not for one that ``createsuperuser`` made."""
        user = super().from_db(db, field_names, values)
        if user.__dict__.get("is_superuser") and not is_running(user.pk):
            user.is_superuser = False
        return user

    def get_full_name(self) -> str:
        """Family name first and no space between them where the name is written in Han characters."""
        names = [self.last_name, self.first_name]
        if all(name.isascii() for name in names):
            return super().get_full_name()
        return "".join(names).strip()

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Clearance(models.Model):
    """Up to which rank the members of a group see entries and pages. A person has the highest of his groups'.

    Without ``all_departments`` the rank DEPARTMENT means the person's own department only. ``may_copy`` and
    ``may_print`` hold for the pages he may see by this clearance.
    """

    group = models.OneToOneField(Group, verbose_name=_("group"), on_delete=models.CASCADE, related_name="clearance")
    catalogue_rank = models.PositiveSmallIntegerField(_("entries up to"), choices=Rank.choices, default=Rank.PUBLIC)
    content_rank = models.PositiveSmallIntegerField(_("pages up to"), choices=Rank.choices, default=Rank.PUBLIC)
    all_departments = models.BooleanField(_("of all departments"), default=False)
    may_copy = models.BooleanField(_("may take original files"), default=False)
    may_print = models.BooleanField(_("may print pages"), default=False)

    class Meta:
        ordering = ["group__name"]
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        permissions = [("set_ranks", "Can set the access ranks of units")]

    def __str__(self) -> str:
        return str(self.group)


class GrantQuerySet(models.QuerySet):
    """Grants by time and by person."""

    def active(self, today: dt.date | None = None) -> "GrantQuerySet":
        """Those in force on ``today`` (a day of the archive's own time zone), both first and last day included."""
        today = today or timezone.localdate()
        return self.filter(starts_on__lte=today, ends_on__gte=today, withdrawn_at=None)

    def for_person(self, user) -> "GrantQuerySet":
        """Those given to ``user`` or to a group he is in now."""
        return self.filter(Q(user_id=user.pk) | Q(group__in=user.groups.all().values("pk")))


class Grant(models.Model):
    """The permission (利用审批) for a person or a group to see a unit and all below it, for a purpose and a time.

    It always shows the entry; ``view``, ``copy`` and ``print`` say what more. It reaches every rank below SEALED,
    follows the unit when it is moved, and ends by itself after ``ends_on``.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="grants",
    )  # fmt: skip
    group = models.ForeignKey(
        Group, verbose_name=_("group"), null=True, blank=True, on_delete=models.PROTECT, related_name="grants"
    )
    unit = models.ForeignKey(
        "archive_pages.ArchivePage", verbose_name=_("unit"), on_delete=models.CASCADE, related_name="grants"
    )
    view = models.BooleanField(_("see the pages"), default=True)
    copy = models.BooleanField(_("take the original files"), default=False)
    print = models.BooleanField(_("print the pages"), default=False)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices, default=Purpose.WORK)
    purpose_text = models.CharField(_("purpose in words"), max_length=500, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("approver"), on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=500)
    created_at = models.DateTimeField(_("granted at"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("withdrawn by"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    withdrawal_reason = models.CharField(_("reason of the withdrawal"), max_length=500, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.CheckConstraint(
                name="grant_has_one_holder",
                condition=Q(user__isnull=False, group=None) | Q(user=None, group__isnull=False),
            ),
            models.CheckConstraint(name="grant_ends_after_start", condition=Q(ends_on__gte=models.F("starts_on"))),
        ]
        indexes = [models.Index(fields=["user", "ends_on"], name="grant_user_end")]

    def __str__(self) -> str:
        return f"{self.user or self.group}: {self.unit_id}"


class AccessRequest(models.Model):
    """A reader's request (利用申请) to see a unit beyond his rank; decided by somebody else, with a reason."""

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("reader"), on_delete=models.PROTECT, related_name="access_requests"
    )
    unit = models.ForeignKey(
        "archive_pages.ArchivePage", verbose_name=_("unit"), on_delete=models.CASCADE, related_name="access_requests"
    )
    view = models.BooleanField(_("see the pages"), default=True)
    copy = models.BooleanField(_("take the original files"), default=False)
    print = models.BooleanField(_("print the pages"), default=False)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices, default=Purpose.WORK)
    purpose_text = models.CharField(_("purpose in words"), max_length=500)
    until = models.DateField(_("needed until"))
    state = models.CharField(
        _("state"), max_length=12, choices=RequestState.choices, default=RequestState.WAITING, db_index=True
    )
    created_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    seen_at = models.DateTimeField(_("decision seen at"), null=True, blank=True, editable=False)
    grant = models.OneToOneField(
        Grant, verbose_name=_("grant"), null=True, blank=True, on_delete=models.SET_NULL, related_name="request"
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("access request")
        verbose_name_plural = _("access requests")
        permissions = [("decide_request", "Can decide access requests")]

    def __str__(self) -> str:
        return f"{self.reader}: {self.unit_id}"
