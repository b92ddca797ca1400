"""The base page of the whole site (``WAGTAIL_PAGE_MODEL``)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractPage, PagePermissionTester
from wagtail.models.pages import AbstractPageMeta
from wagtail.search import index

from fonds.access.classes import class_of
from fonds.access.decisions import may
from fonds.access.enums import OpeningStatus, Rank, Right
from fonds.audit.context import current

from ..archival_dates import parse_archival_date
from ..enums import Level
from ..folding import fold_lines
from ..reference_codes import normalise_code, sort_key_of


class PageRights(PagePermissionTester):
    """What may be done with a page: nothing where the person may not know of it, wherever its group may work."""

    def __init__(self, user, page: "ArchivePage") -> None:
        super().__init__(user, page)
        is_kept = page.pk is not None and page.depth and page.depth > 1
        if is_kept and not user.is_superuser and not may(user, Right.CATALOGUE, page):
            self.permissions = set()


class UnitRights(PageRights):
    """What may be done with a unit: it is not copied, and nobody puts units in an order by hand."""

    def can_copy(self) -> bool:
        return False

    def can_reorder_children(self) -> bool:
        return False


class ArchivePage(AbstractPage):
    """What every listing, filter and permission needs, for units and other pages alike, in one table.

    ``catalogue_rank`` and ``content_rank`` are the page's own access ranks, ``closed_until`` its last closed day.
    ``catalogue_class``, ``content_class``, ``owner_department`` and ``awaits_opening`` are what is in force, with all
    that stands above it; they are kept by ``fonds.archive_pages.standing`` and nothing else writes them.
    ``date_text`` is the date as written; ``date_start`` and ``date_end`` are its span (DA/T 18-2022).
    """

    level = models.CharField(_("level"), max_length=10, choices=Level.choices, blank=True, default="", editable=False)
    reference_code = models.CharField(_("reference code"), max_length=100, null=True, blank=True, unique=True)
    sort_key = models.CharField(max_length=200, blank=True, default="", editable=False)
    document_number = models.CharField(_("document number"), max_length=100, blank=True, default="")
    creator = models.CharField(_("creator"), max_length=200, blank=True, default="")
    date_text = models.CharField(
        _("date"), max_length=40, blank=True, default="", help_text=_("20080312, 200803, 2008 or uncertain [20080312].")
    )
    date_start = models.DateField(null=True, editable=False)
    date_end = models.DateField(null=True, editable=False)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    category = models.ForeignKey(
        "archive_pages.Category",
        verbose_name=_("category"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    retention = models.ForeignKey(
        "archive_pages.RetentionPeriod",
        verbose_name=_("retention period"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    department = models.ForeignKey(
        "access.Department",
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    secrecy = models.CharField(
        _("secrecy mark"), max_length=20, blank=True, default="", help_text=_("Empty, 内部, 秘密★5年 …")
    )
    page_count = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    scan_count = models.PositiveIntegerField(_("scanned pages"), default=0, editable=False)
    opening_status = models.CharField(
        _("opening status"), max_length=12, choices=OpeningStatus.choices, default=OpeningStatus.UNREVIEWED
    )
    catalogue_rank = models.PositiveSmallIntegerField(
        _("who may see the entry"), choices=Rank.choices, default=Rank.PUBLIC, editable=False
    )
    content_rank = models.PositiveSmallIntegerField(
        _("who may see the pages"), choices=Rank.choices, default=Rank.PUBLIC, editable=False
    )
    closed_until = models.DateField(_("closed until"), null=True, blank=True, editable=False)
    catalogue_class = models.PositiveSmallIntegerField(default=class_of(Rank.SEALED), editable=False)
    content_class = models.PositiveSmallIntegerField(default=class_of(Rank.SEALED), editable=False)
    owner_department = models.ForeignKey(
        "access.Department", null=True, on_delete=models.PROTECT, editable=False, related_name="+"
    )
    awaits_opening = models.BooleanField(default=False, editable=False)
    search_text = models.TextField(blank=True, default="", editable=False)

    unit_level = ""
    # Who may see a page is said by its ranks and opening status alone; Wagtail's rule would not hold for files.
    private_page_options: list[str] = []
    default_opening_status = OpeningStatus.OPEN

    search_fields = [
        *AbstractPage.search_fields,
        index.SearchField("reference_code"),
        index.FilterField("level"),
        index.FilterField("catalogue_class"),
    ]

    #: What belongs to the unit and not to one version of its text: a revision never brings it back.
    KEPT_FROM_REVISIONS = (
        "scan_count", "catalogue_rank", "content_rank", "closed_until", "catalogue_class", "content_class",
        "owner_department_id", "awaits_opening",
    )  # fmt: skip

    class Meta(AbstractPageMeta):
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        indexes = [
            models.Index(fields=["depth", "sort_key"], name="page_depth_sort"),
            # Counting what a reader may see below a page reads this index alone.
            models.Index(fields=["depth", "path", "catalogue_class", "live"], include=["id"], name="page_below_class"),
            models.Index(fields=["level", "catalogue_class", "sort_key"], name="page_level_class_sort"),
            models.Index(fields=["date_start"], name="page_date"),
            models.Index(fields=["year", "catalogue_class"], name="page_year_class"),
            models.Index(fields=["closed_until"], name="page_to_open", condition=models.Q(awaits_opening=True)),
        ]

    def full_clean(self, *args, **kwargs) -> None:
        self.prepare()
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        try:
            self.apply_date()
        except ValueError as error:
            raise ValidationError({"date_text": str(error)}) from error

    def save(self, *args, **kwargs) -> None:
        self.prepare()
        super().save(*args, **kwargs)

    def prepare(self) -> None:
        """Fill what follows from other fields: level, code in normal form, sort key, search text, a new page's slug.

        Nothing on a page loaded without its own type, as Wagtail loads it to move it: what follows is not known there.
        """
        if not self._state.adding and self.specific_class not in (None, type(self)):
            return
        self.level = self.unit_level
        if self._state.adding and not self.unit_level:
            self.opening_status = self.default_opening_status
        self.reference_code = normalise_code(self.reference_code) if self.reference_code else None
        self.sort_key = sort_key_of(self.reference_code or self.title)
        self.search_text = fold_lines(self.searched_texts())
        if self.reference_code and not self.slug:
            self.slug = self.reference_code.replace("·", "_").lower()

    def apply_date(self) -> None:
        """Set the span that ``date_text`` means; raises ``ValueError`` with a sentence for a date that cannot be."""
        span = parse_archival_date(self.date_text) if self.date_text else None
        self.date_start, self.date_end = (span.start, span.end) if span else (None, None)
        if span and self.year is None and self.unit_level == Level.ITEM:
            self.year = span.start.year

    def searched_texts(self) -> list[str | None]:
        """The texts in which a reader may look for this page; subclasses add their own."""
        return [self.title, self.reference_code, self.document_number, self.creator]

    @property
    def is_open(self) -> bool:
        """Whether everybody may see the entry and what is in it."""
        return self.catalogue_class == self.content_class == class_of(Rank.PUBLIC)

    @property
    def shown_code(self) -> str:
        return self.reference_code or ""

    def get_admin_display_title(self) -> str:
        """The title as it is written now, for those who may change the page; for everybody else, and in what is
        printed or sent, the published one. Only a title that differs costs a query."""
        if self.live and self.draft_title != self.title and not self._is_written_by(current().person):
            return self.title
        return super().get_admin_display_title()

    def _is_written_by(self, person) -> bool:
        return person is not None and self.permissions_for_user(person).can_edit()

    def permissions_for_user(self, user) -> PagePermissionTester:
        """The rights on this page; a unit is described once and stands in the order of its code."""
        rights = super().permissions_for_user(user)
        if type(rights) is not PagePermissionTester:
            return rights
        return UnitRights(user, self) if self.level else PageRights(user, self)

    def with_content_json(self, content: dict) -> "ArchivePage":
        """A revision as a page. Its code, its number of scans and who may see it stay as they are now, so that
        publishing an old draft undoes none of them."""
        page = super().with_content_json(content)
        page.reference_code = self.reference_code or page.reference_code
        for name in self.KEPT_FROM_REVISIONS:
            setattr(page, name, getattr(self, name))
        return page

    @staticmethod
    def route_for_request(request, path: str):
        """Find the page of an address at once instead of level by level; see ``fonds.archive_pages.serving``."""
        from ..serving import route_at_once

        return route_at_once(request, path)

    def get_view_restrictions(self):
        """Wagtail's own restrictions of this page and those above it, asked by path in one query."""
        from ..serving import restrictions_on

        return restrictions_on(self)
