"""The window: desks, requests with their pages, approvals, prints."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from ..readers.models import IntroductionLetter, ListEntry, Reader
from .enums import ApprovalState, PrintKind, UseState

SERVE_PERMISSION = "reading_room.serve_desk"


class Desk(models.Model):
    """A window 窗口 with the printer that stands beside it."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    printer = models.CharField(
        _("printer"), max_length=80, blank=True, help_text=_("Told when something is printed at this desk.")
    )
    is_used = models.BooleanField(_("in use"), default=True)
    office = models.ForeignKey(
        "reading_room.IssuingOffice", verbose_name=_("issuing office"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="desks", limit_choices_to={"is_used": True},
        help_text=_("In whose name this desk certifies; empty: the main office."),
    )  # fmt: skip

    class Meta:
        ordering = ["name"]
        verbose_name = pgettext_lazy("of the query window", "desk")
        verbose_name_plural = pgettext_lazy("of the query window", "desks")

    def __str__(self) -> str:
        return self.name


class DayNumbers(models.Model):
    """The last number drawn on one day. Numbers are taken by ``queue.draw`` alone."""

    day = models.DateField(_("day"), unique=True)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day}: {self.last}"


class UseRequest(models.Model):
    """One visit of one reader (利用申请): from the number drawn to the pages handed over.

    ``day`` and ``number`` are the number of the day. ``shown_unit`` and ``shown_page`` are where the clerk is, so that
    the request reopens there; ``mirrored`` says that the reader's screen shows it too. ``query`` is what was searched.
    ``token`` is of the form that drew the number: sent twice, it draws one.
    """

    day = models.DateField(_("day"))
    number = models.PositiveIntegerField(_("number of the day"))
    state = models.CharField(_("state"), max_length=8, choices=UseState.choices, default=UseState.WAITING)
    reader = models.ForeignKey(
        Reader, verbose_name=_("reader"), null=True, on_delete=models.PROTECT, related_name="requests"
    )
    letter = models.ForeignKey(
        IntroductionLetter, verbose_name=_("letter of introduction"), null=True, on_delete=models.PROTECT,
        related_name="requests",
    )  # fmt: skip
    organisation = models.CharField(_("organisation represented"), max_length=120, blank=True)
    purpose = models.ForeignKey(
        ListEntry, verbose_name=_("purpose"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    purpose_note = models.CharField(_("purpose in words"), max_length=120, blank=True)
    desk = models.ForeignKey(
        Desk, verbose_name=pgettext_lazy("of the query window", "desk"), null=True, on_delete=models.PROTECT,
        related_name="requests",
    )  # fmt: skip
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("clerk"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    drawn_at = models.DateTimeField(_("drawn at"), default=timezone.now)
    called_at = models.DateTimeField(_("called at"), null=True)
    begun_at = models.DateTimeField(_("begun at"), null=True)
    ended_at = models.DateTimeField(_("handed over at"), null=True)
    query = models.CharField(_("search"), max_length=200, blank=True)
    shown_unit = models.ForeignKey("archive_pages.ArchivePage", null=True, on_delete=models.SET_NULL, related_name="+")
    shown_page = models.PositiveIntegerField(null=True)
    mirrored = models.BooleanField(default=False)
    token = models.CharField(max_length=40, null=True, unique=True, editable=False)

    class Meta:
        ordering = ["-day", "-number"]
        verbose_name = _("request at the window")
        verbose_name_plural = _("requests at the window")
        default_permissions = ()
        permissions = [("serve_desk", _("Can serve readers at the query window"))]
        constraints = [
            models.UniqueConstraint(fields=["day", "number"], name="one_request_per_number_of_the_day"),
            models.CheckConstraint(
                name="served_request_has_clerk",
                condition=~Q(state__in=[UseState.OPEN, UseState.DONE]) | Q(clerk__isnull=False, begun_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["state", "day", "number"], name="use_request_state_day")]

    def __str__(self) -> str:
        return self.shown_number

    @property
    def shown_number(self) -> str:
        """The number as printed: ``20261126-012``."""
        return f"{self.day:%Y%m%d}-{self.number:03d}"

    @property
    def seconds(self) -> int:
        """From the beginning to handing over, or until now; a clock that was set back makes it 0."""
        if self.begun_at is None:
            return 0
        return max(0, int(((self.ended_at or timezone.now()) - self.begun_at).total_seconds()))

    @property
    def waited_seconds(self) -> int:
        """From drawing the number until it was called, or until now."""
        until = self.called_at or self.begun_at or self.ended_at or timezone.now()
        return max(0, int((until - self.drawn_at).total_seconds()))

    @property
    def purpose_text(self) -> str:
        """The purpose as it stands on a certificate."""
        return " ".join(filter(None, [self.purpose.name if self.purpose else "", self.purpose_note]))

    @property
    def local_purpose(self) -> str:
        """The purpose in the language of who looks at it."""
        return " ".join(filter(None, [self.purpose.local_name if self.purpose else "", self.purpose_note]))


class UseItem(models.Model):
    """A page of a unit in a request, and what was done with it. ``page`` 0 is the unit as a whole, shown in the
    original. ``sha256`` is the checksum of the page's master when it was ticked."""

    request = models.ForeignKey(UseRequest, on_delete=models.CASCADE, related_name="items")
    unit = models.ForeignKey("archive_pages.ArchivePage", null=True, on_delete=models.SET_NULL, related_name="+")
    unit_code = models.CharField(_("reference code"), max_length=100, blank=True)
    unit_title = models.TextField(_("title"))
    category = models.CharField(_("category"), max_length=100, blank=True)
    page = models.PositiveIntegerField(pgettext_lazy("of a unit", "page"))
    sha256 = models.CharField(max_length=64, blank=True)
    shown_at = models.DateTimeField(_("shown at"), null=True)
    ticked_at = models.DateTimeField(_("chosen at"), null=True)
    copied_at = models.DateTimeField(_("copied at"), null=True)
    certified_at = models.DateTimeField(_("certified at"), null=True)
    certificate = models.ForeignKey(
        "reading_room.Certificate", verbose_name=_("certificate"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["request", "ticked_at", "pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["request", "unit", "page"], name="one_use_item_per_page")]

    def __str__(self) -> str:
        return f"{self.unit_code or self.unit_title} / {self.page}"


class DeskApproval(models.Model):
    """The decision of a duty manager whether a reader may see a record that is not open. It holds for all below it, and
    for this request only. ``grant`` is what the clerk was given, where the record was closed to himself."""

    request = models.ForeignKey(UseRequest, on_delete=models.PROTECT, related_name="approvals")
    unit = models.ForeignKey("archive_pages.ArchivePage", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=ApprovalState.choices, default=ApprovalState.WAITING)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    on_the_spot = models.BooleanField(_("decided on the spot"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    grant = models.ForeignKey("access.Grant", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("approval at the window")
        verbose_name_plural = _("approvals at the window")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["request", "unit"], condition=Q(state=ApprovalState.WAITING), name="one_waiting_approval"
            ),
            models.CheckConstraint(
                name="decided_approval_has_decider",
                condition=Q(state=ApprovalState.WAITING) | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="desk_approval_state")]

    def __str__(self) -> str:
        return f"{self.request}: {self.unit_id}"


class DeskPrint(models.Model):
    """One press of *print* or *certify*. ``token`` comes with the form, so that a double click is one print. ``items``
    lists what was printed: ``[{"item": 3, "unit": 7, "code": …, "page": 1, "sha256": …}]``. ``prints`` counts how often it
    went to a printer; 0 while it is being made."""

    request = models.ForeignKey(UseRequest, on_delete=models.PROTECT, related_name="prints")
    kind = models.CharField(_("kind"), max_length=10, choices=PrintKind.choices)
    token = models.CharField(max_length=40)
    items = models.JSONField(default=list)
    page_count = models.PositiveIntegerField(_("pages"), default=0)
    certificates = models.ManyToManyField("reading_room.Certificate", related_name="+")
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    prints = models.PositiveIntegerField(_("printed"), default=0)
    fee = models.DecimalField(_("fee"), max_digits=8, decimal_places=2, default=Decimal(0))

    class Meta:
        ordering = ["made_at", "pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["request", "token"], name="one_print_per_press")]

    def __str__(self) -> str:
        return f"{self.request} {self.get_kind_display()}"


_price = {"max_digits": 6, "decimal_places": 2, "default": Decimal(0), "validators": [MinValueValidator(Decimal(0))]}


@register_setting(icon="form")
class WindowSettings(BaseGenericSetting):
    """What an archive decides about its window: fees, marks on copies."""

    charges = models.BooleanField(_("fees are charged"), default=False)
    price_of_page = models.DecimalField(_("price of a copied page"), **_price)
    price_of_certified_page = models.DecimalField(_("price of a certified page"), **_price)
    price_of_certificate = models.DecimalField(_("price of a certificate"), **_price)
    marks_copies = models.BooleanField(
        _("copies bear a mark"), default=True, help_text=_("Reader, time and number of the request across each page.")
    )

    marks_screen = models.BooleanField(
        _("the reader's screen bears a mark"), default=False, help_text=_("The same, across the pages shown to him.")
    )
    answer_days = models.PositiveSmallIntegerField(
        _("working days to answer a request"), default=5, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )

    panels = [
        FieldPanel("answer_days"),
        MultiFieldPanel(
            [
                FieldPanel("charges"),
                FieldRowPanel(
                    [
                        FieldPanel("price_of_page"),
                        FieldPanel("price_of_certified_page"),
                        FieldPanel("price_of_certificate"),
                    ]
                ),
            ],
            heading=_("Fees"),
        ),
        FieldPanel("marks_copies"),
        FieldPanel("marks_screen"),
    ]

    class Meta:
        verbose_name = _("query window")
