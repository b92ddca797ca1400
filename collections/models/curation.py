"""Curated collections of photographs and exhibits: what an editor makes of the archive for its visitors."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from taggit.models import TaggedItemBase
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable
from wagtail.search import index

from fonds.archive_pages.models import ArchivePage

from ..blocks import STORY_FEATURES
from ..exhibit_blocks import ExhibitBlocks
from ..panels import COLLECTION_PANELS, CURATED_PANELS, EXHIBIT_PANELS
from .libraries import ArchiveImage


class CuratedPage(ArchivePage):
    """A title and an introduction in both languages."""

    title_en = models.CharField(_("title in English"), max_length=255, blank=True)
    introduction = models.TextField(_("introduction"), blank=True)
    introduction_en = models.TextField(_("introduction in English"), blank=True)

    content_panels = CURATED_PANELS

    class Meta:
        abstract = True

    def searched_texts(self) -> list[str | None]:
        return [*super().searched_texts(), self.title_en, self.introduction, self.introduction_en]

    @property
    def local_title(self) -> str:
        return self.title_en if self.title_en and (get_language() or "").startswith("en") else self.title

    @property
    def local_introduction(self) -> str:
        english = self.introduction_en and (get_language() or "").startswith("en")
        return self.introduction_en if english else self.introduction


class CollectionIndexPage(CuratedPage):
    """The list of curated collections."""

    max_count = 1
    parent_page_types = ["fonds_site.HomePage"]
    subpage_types = ["fonds_collections.CollectionPage"]
    template = "collections/collection_index_page.html"

    class Meta:
        verbose_name = _("list of collections")

    def get_context(self, request, *args, **kwargs) -> dict:
        from ..curation import shown_children

        return {**super().get_context(request, *args, **kwargs), **shown_children(self, CollectionPage, request)}


class CollectionTag(TaggedItemBase):
    """A tag in the rule of a collection."""

    content_object = ParentalKey("CollectionPage", on_delete=models.CASCADE, related_name="tagged_rules")


class CollectionPage(CuratedPage):
    """Photographs brought together: chosen by hand, by rule, or both. Which ones: ``curation.collection_photos``."""

    story = RichTextField(_("story"), blank=True, features=STORY_FEATURES)
    cover = models.ForeignKey(
        ArchiveImage, verbose_name=_("cover"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    rule_tags = ClusterTaggableManager(
        verbose_name=_("Tags"), through=CollectionTag, blank=True, help_text=_("Photographs with any of these tags.")
    )
    rule_group = models.ForeignKey(
        "archive_pages.FilePage",
        verbose_name=_("Event group"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    rule_from = models.DateField(_("Taken from"), null=True, blank=True)
    rule_until = models.DateField(_("Taken until"), null=True, blank=True)

    parent_page_types = ["fonds_collections.CollectionIndexPage"]
    subpage_types = []
    template = "collections/collection_page.html"
    content_panels = COLLECTION_PANELS

    class Meta:
        verbose_name = _("collection of photographs")
        verbose_name_plural = _("collections of photographs")

    def clean(self) -> None:
        super().clean()
        if self.rule_from and self.rule_until and self.rule_until < self.rule_from:
            raise ValidationError({"rule_until": _("The time ends before it begins.")})

    def get_context(self, request, *args, **kwargs) -> dict:
        from ..curation import collection_grid

        return {**super().get_context(request, *args, **kwargs), **collection_grid(self, request)}


class CollectionPhoto(Orderable):
    """A photograph chosen by hand, in its place."""

    page = ParentalKey(CollectionPage, on_delete=models.CASCADE, related_name="chosen_photos")
    image = models.ForeignKey(
        ArchiveImage, verbose_name=_("photograph"), on_delete=models.CASCADE, related_name="collection_places"
    )

    panels = [FieldPanel("image")]

    class Meta(Orderable.Meta):
        verbose_name = _("photograph")


class ExhibitIndexPage(CuratedPage):
    """The list of exhibits."""

    max_count = 1
    parent_page_types = ["fonds_site.HomePage"]
    subpage_types = ["fonds_collections.ExhibitPage"]
    template = "collections/exhibit_index_page.html"

    class Meta:
        verbose_name = _("list of exhibits")

    def get_context(self, request, *args, **kwargs) -> dict:
        from ..curation import shown_children

        return {**super().get_context(request, *args, **kwargs), **shown_children(self, ExhibitPage, request)}


class ExhibitPage(CuratedPage):
    """展览: a story told in panels, public once an approver has released it."""

    cover = models.ForeignKey(
        ArchiveImage, verbose_name=_("cover"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = StreamField(ExhibitBlocks(), verbose_name=_("panels"), blank=True)
    body_en = StreamField(
        ExhibitBlocks(),
        verbose_name=_("panels in English"),
        blank=True,
        help_text=_("Shown to readers of English; where it is empty they get the panels above."),
    )
    closing = models.TextField(_("closing words"), blank=True, help_text=_("Thanks, and who made the exhibit."))

    parent_page_types = ["fonds_collections.ExhibitIndexPage"]
    subpage_types = []
    template = "collections/exhibit_page.html"
    content_panels = EXHIBIT_PANELS
    search_fields = [*CuratedPage.search_fields, index.SearchField("body"), index.SearchField("body_en")]

    class Meta:
        verbose_name = _("exhibit")
        verbose_name_plural = _("exhibits")

    def get_context(self, request, *args, **kwargs) -> dict:
        from ..exhibits import exhibit_context

        return {**super().get_context(request, *args, **kwargs), **exhibit_context(self, request)}

    @property
    def local_body(self):
        """The panels in the reader's language."""
        return self.body_en if self.body_en and (get_language() or "").startswith("en") else self.body


class ExhibitNotice(models.Model):
    """What of a public exhibit visitors no longer see, as its editor was last told: names like ``image:12``, ``unit:7``."""

    page = models.OneToOneField(ExhibitPage, on_delete=models.CASCADE, related_name="notice")
    hidden = models.JSONField(default=list)
    told_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("notice of an exhibit")
        verbose_name_plural = _("notices of exhibits")

    def __str__(self) -> str:
        return str(self.page_id)
