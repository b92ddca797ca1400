"""Policies 制度: the list, a policy, its attachments and its published versions."""

import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, PageManager

from fonds.access.decisions import is_archive_staff, require
from fonds.access.enums import OpeningStatus, Right
from fonds.archive_pages.folding import fold
from fonds.archive_pages.models import ArchivePage

from .blocks import PolicyBody
from .enums import AttachmentRole, PolicyStatus
from .forms import PolicyForm
from .listing import list_context
from .outline import Part, outline, raw_pairs
from .querysets import PolicyQuerySet


class PolicyIndexPage(ArchivePage):
    """The list of policies, those in force first."""

    intro = models.TextField(
        _("introduction"), blank=True, help_text=_("One or two sentences above the list, for example who issues them.")
    )

    max_count = 1
    subpage_types = ["policies.PolicyPage"]
    template = "policies/policy_index_page.html"
    content_panels = [*ArchivePage.content_panels, FieldPanel("intro")]

    class Meta:
        verbose_name = _("list of policies")

    def get_context(self, request, *args, **kwargs) -> dict:
        context = super().get_context(request, *args, **kwargs)
        return {**context, **list_context(self, PolicyPage.objects.child_of(self), request)}


class PolicyPage(ArchivePage):
    """A policy 制度. The number is ``document_number``, the issuing body ``creator``.

    Publishing it puts it in force; a draft is not public even where the page is live. ``ended_on`` is the first day
    it is no longer in force. ``number_in_force`` holds the number in comparable form while it is in force and lets
    the database refuse a second policy with it.
    """

    status = models.CharField(
        _("status"), max_length=10, choices=PolicyStatus.choices, default=PolicyStatus.DRAFT, editable=False
    )
    effective_date = models.DateField(
        _("effective date"),
        null=True,
        help_text=_(
            "The first day on which it applies, for example 2026-04-01. Before it, readers see “takes effect on …”."
        ),
    )
    preface = models.TextField(
        _("preface"), blank=True, help_text=_("What stands before the first article, where there is anything.")
    )
    body = StreamField(
        PolicyBody(),
        verbose_name=_("chapters and articles"),
        help_text=_("In order: a chapter, its articles, the next chapter. Numbers are given by the order."),
    )
    ended_on = models.DateField(_("ended on"), null=True, blank=True, editable=False)
    replaced_by = models.ForeignKey(
        "self",
        verbose_name=pgettext_lazy("policy", "replaced by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="replaces",
    )
    repeal_reason = models.CharField(_("reason of the repeal"), max_length=200, blank=True, editable=False)
    number_in_force = models.CharField(max_length=100, null=True, editable=False, unique=True)

    # What belongs to the policy and not to one revision of its text.
    standing_fields = ("status", "ended_on", "replaced_by_id", "repeal_reason", "number_in_force")

    objects = PageManager.from_queryset(PolicyQuerySet)()
    exclude_fields_in_copy = [
        "status",
        "ended_on",
        "replaced_by",
        "repeal_reason",
        "number_in_force",
        "document_number",
        "versions",
    ]
    base_form_class = PolicyForm
    parent_page_types = ["policies.PolicyIndexPage"]
    subpage_types = []
    template = "policies/policy_page.html"
    content_panels = [
        FieldPanel(
            "title", heading=_("Name of the policy"), help_text=_("The full name, for example 电子文件归档制度.")
        ),
        MultiFieldPanel(
            [
                FieldPanel(
                    "document_number",
                    heading=_("Number"),
                    help_text=_("For example 越市监档〔2026〕1号. No two policies in force have the same."),
                ),
                FieldPanel(
                    "creator", heading=_("Issuing body"), help_text=_("In full, for example 越州市市场监督管理局.")
                ),
                FieldPanel("effective_date"),
            ],
            heading=_("Number and date"),
        ),
        FieldPanel("preface"),
        FieldPanel("body"),
        InlinePanel(
            "attachments",
            heading=_("Attachments"),
            label=_("Attachment"),
            help_text=_("From the document library. Readers see an attachment only where that document is open."),
        ),
    ]

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")

    def prepare(self) -> None:
        """A draft is not open; a policy that is or was in force is. The date of issue is the effective date."""
        super().prepare()
        is_draft = self.status == PolicyStatus.DRAFT
        self.opening_status = OpeningStatus.UNREVIEWED if is_draft else OpeningStatus.OPEN
        self.number_in_force = fold(self.document_number) if self.status == PolicyStatus.IN_FORCE else None
        self.date_text = f"{self.effective_date:%Y%m%d}" if isinstance(self.effective_date, datetime.date) else ""
        self.apply_date()

    def clean(self) -> None:
        super().clean()
        if self.document_number and self.others_with_this_number().exists():
            raise ValidationError(
                {"document_number": _("Another policy that is in force, or a draft, has this number.")}
            )

    def others_with_this_number(self) -> models.QuerySet:
        """Other policies, in force or still drafts, with the same number in any way of writing it."""
        current = PolicyPage.objects.exclude(pk=self.pk).filter(status__in=[PolicyStatus.DRAFT, PolicyStatus.IN_FORCE])
        wanted = fold(self.document_number)
        numbers = current.exclude(document_number="").values_list("pk", "document_number")
        return current.filter(pk__in=[pk for pk, number in numbers if fold(number) == wanted])

    def with_content_json(self, content: dict) -> "PolicyPage":
        """A revision's text never brings back an earlier status."""
        page = super().with_content_json(content)
        for name in self.standing_fields:
            setattr(page, name, getattr(self, name))
        return page

    def searched_texts(self) -> list[str | None]:
        return [*super().searched_texts(), self.preface, *(text for _kind, text in raw_pairs(self.body.raw_data))]

    def serve(self, request, *args, **kwargs):
        require(request.user, Right.VIEW, self)
        return super().serve(request, *args, **kwargs)

    def get_context(self, request, *args, **kwargs) -> dict:
        from .reading import page_context

        context = super().get_context(request, *args, **kwargs)
        return {**context, **page_context(self, request.user)}

    @property
    def parts(self) -> list[Part]:
        """The numbered text."""
        return outline(raw_pairs(self.body.raw_data))

    @property
    def takes_effect_later(self) -> bool:
        """Whether it is issued but its effective date has not come."""
        return (
            self.status == PolicyStatus.IN_FORCE
            and self.effective_date is not None
            and self.effective_date > timezone.localdate()
        )

    @property
    def ends_later(self) -> bool:
        """Whether it is replaced or repealed, but from a later day."""
        return self.ended_on is not None and self.ended_on > timezone.localdate()

    @property
    def shown_status(self) -> PolicyStatus:
        """Where it stands today; see ``PolicyQuerySet.with_standing``."""
        return PolicyStatus.IN_FORCE if self.ends_later else PolicyStatus(self.status)

    def shown_attachments(self, user) -> list["PolicyAttachment"]:
        """The attachments ``user`` may have: open documents, and all of them for the staff."""
        attachments = list(self.attachments.select_related("document"))
        if is_archive_staff(user):
            return attachments
        return [one for one in attachments if one.document.opening_status == OpeningStatus.OPEN]


class PolicyAttachment(Orderable):
    """A document of the library that belongs to a policy."""

    page = ParentalKey(PolicyPage, on_delete=models.CASCADE, related_name="attachments")
    document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL, verbose_name=_("document"), on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(_("kind"), max_length=10, choices=AttachmentRole.choices, default=AttachmentRole.ANNEX)

    panels = [FieldPanel("document"), FieldPanel("role")]

    class Meta(Orderable.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.document.title

    @property
    def url(self) -> str:
        """The checked address of the file."""
        return reverse("library_file", args=[self.document.file.name])


class PolicyVersion(models.Model):
    """The text of a policy as it was published once. Kept apart from the revisions, which may be purged."""

    page = models.ForeignKey(PolicyPage, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=255)
    document_number = models.CharField(pgettext_lazy("policy", "number"), max_length=100)
    issuing_body = models.CharField(_("issuing body"), max_length=200)
    effective_date = models.DateField(_("effective date"), null=True)
    preface = models.TextField(_("preface"), blank=True)
    body = models.JSONField(default=list)
    published_at = models.DateTimeField(_("published"), default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["page", "number"], name="one_policy_version_per_number")]
        verbose_name = _("version of a policy")
        verbose_name_plural = _("versions of policies")

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    @property
    def parts(self) -> list[Part]:
        """The numbered text."""
        return outline((kind, text) for kind, text in self.body)

    @property
    def before(self) -> int:
        """The number of the version before; 0 for the first."""
        return self.number - 1
