"""The blocks of which an exhibit is told. A block shows only what the reader may see.

What is shown comes from ``material`` in the template context (``fonds.collections.exhibits.Material``): pictures and
units already asked for with the reader's rights, in a fixed number of queries. What is not in it is not rendered.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.blocks import (
    CharBlock,
    IntegerBlock,
    ListBlock,
    StructBlock,
    StructBlockValidationError,
    TextBlock,
)

from .choosers import PhotoChooserBlock, RecordChooserBlock

STORY_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "hr"]
UNIT_TYPES = [
    "archive_pages.FondsPage",
    "archive_pages.SeriesPage",
    "archive_pages.FilePage",
    "archive_pages.ItemPage",
]


class MaterialBlock(StructBlock):
    """A block that renders from ``material``, and as nothing where none is given. Each has ``shown(value, material)``: its
    template variables, taken from ``material`` alone."""

    def get_context(self, value, parent_context=None) -> dict:
        context = super().get_context(value, parent_context=parent_context)
        material = context.get("material")
        context.update(self.shown(value, material) if material else {})
        return context


class PictureBlock(MaterialBlock):
    """A photograph of the library with a text for those who cannot see it."""

    image = PhotoChooserBlock(label=_("Photograph"))
    alt_text = CharBlock(
        label=_("Alternative text"),
        max_length=250,
        help_text=_("What is to be seen, for readers who cannot see the picture."),
    )
    caption = CharBlock(label=_("Caption"), required=False, max_length=300)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "collections/blocks/picture.html"

    def clean(self, value):
        cleaned = super().clean(value)
        image = cleaned.get("image")
        if image and not image.is_open and not self.is_deferred_validation:
            sentence = _("“%(title)s” is not open: visitors would not see it. Open it first, or take it out.")
            raise StructBlockValidationError(
                block_errors={"image": ValidationError(sentence % {"title": image.title}, code="not_open")}
            )
        return cleaned

    def shown(self, value, material) -> dict:
        return {"picture": material.picture(value)}


class GalleryBlock(MaterialBlock):
    """Several photographs beside each other."""

    heading = CharBlock(label=_("Heading"), required=False, max_length=120)
    pictures = ListBlock(PictureBlock(), label=_("Pictures"), min_num=2, max_num=24)

    class Meta:
        icon = "grip"
        label = _("Gallery")
        template = "collections/blocks/gallery.html"

    def shown(self, value, material) -> dict:
        return {"pictures": list(filter(None, (material.picture(picture) for picture in value["pictures"])))}


class BeforeAfterBlock(MaterialBlock):
    """Two photographs of the same thing, to be compared."""

    heading = CharBlock(label=_("Heading"), required=False, max_length=120)
    before = PictureBlock(label=pgettext_lazy("comparison of pictures", "Before"))
    after = PictureBlock(label=pgettext_lazy("comparison of pictures", "After"))

    class Meta:
        icon = "transfer"
        label = _("Before and after")
        template = "collections/blocks/before_after.html"

    def shown(self, value, material) -> dict:
        before, after = material.picture(value["before"]), material.picture(value["after"])
        return {"before": before, "after": after, "both": bool(before and after)}


class QuotationBlock(MaterialBlock):
    """Words out of a record. Where the record may not be seen, its words may not be read either."""

    text = TextBlock(label=_("Quotation"))
    attribution = CharBlock(label=_("Who says so"), required=False, max_length=200)
    source = RecordChooserBlock(label=_("Source"), page_type=UNIT_TYPES, required=False)
    page = IntegerBlock(
        label=_("Page shown beside it"), required=False, min_value=1, help_text=_("Of the scans of the source.")
    )

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "collections/blocks/quotation.html"

    def shown(self, value, material) -> dict:
        source = value.get("source")
        unit = material.unit(source)
        scan = material.scan(source, value.get("page"))
        return {"source": unit, "scan": scan, "may_be_read": source is None or unit is not None}


class RecordsBlock(MaterialBlock):
    """The records behind the story; those the reader may not see are left out."""

    heading = CharBlock(label=_("Heading"), required=False, max_length=120)
    units = ListBlock(RecordChooserBlock(page_type=UNIT_TYPES), label=_("Records"), min_num=1, max_num=60)

    class Meta:
        icon = "folder-open-inverse"
        label = _("Records behind it")
        template = "collections/blocks/records.html"

    def shown(self, value, material) -> dict:
        return {"units": list(filter(None, (material.unit(unit) for unit in value["units"])))}
