"""The panels of an exhibit, and those of them that are more than pictures, words and records: points, time line, figures."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    CharBlock,
    DecimalBlock,
    ListBlock,
    RichTextBlock,
    StreamBlock,
    StructBlock,
    StructBlockValidationError,
    TextBlock,
)

from fonds.reports.charts import bars

from .blocks import (
    STORY_FEATURES,
    UNIT_TYPES,
    BeforeAfterBlock,
    GalleryBlock,
    MaterialBlock,
    PictureBlock,
    QuotationBlock,
    RecordsBlock,
)
from .choosers import PhotoChooserBlock, RecordChooserBlock


class PointBlock(StructBlock):
    """A place on a picture with its explanation; places in per cent from the left and from the top."""

    across = DecimalBlock(label=_("From the left, %"), min_value=0, max_value=100, max_digits=5, decimal_places=2)
    down = DecimalBlock(label=_("From the top, %"), min_value=0, max_value=100, max_digits=5, decimal_places=2)
    label = CharBlock(label=_("Heading"), max_length=60)
    text = TextBlock(label=_("Explanation"), required=False)

    class Meta:
        label = _("Point")
        icon = "crosshairs"


class PointedPictureBlock(PictureBlock):
    """A picture over the whole width with numbered points, explained below it."""

    points = ListBlock(PointBlock(), label=_("Points"), min_num=1, max_num=12)

    class Meta:
        icon = "crosshairs"
        label = _("Picture with points")
        template = "collections/blocks/pointed_picture.html"


class OptionalPictureBlock(PictureBlock):
    """A picture that need not be there; with one, its alternative text must be."""

    image = PhotoChooserBlock(label=_("Photograph"), required=False)
    alt_text = CharBlock(label=_("Alternative text"), max_length=250, required=False)

    def clean(self, value):
        cleaned = super().clean(value)
        if cleaned.get("image") and not cleaned.get("alt_text") and not self.is_deferred_validation:
            raise StructBlockValidationError(
                block_errors={"alt_text": ValidationError(_("A picture needs an alternative text."), code="no_text")}
            )
        return cleaned


class MomentBlock(StructBlock):
    """One moment of a time line."""

    date = CharBlock(label=_("Date"), max_length=40, help_text=_("As it is to be read: 1998, 1998-09, autumn of 1998."))
    heading = CharBlock(label=_("Heading"), max_length=120)
    text = TextBlock(label=_("Text"), required=False)
    picture = OptionalPictureBlock(label=_("Picture"), required=False)
    record = RecordChooserBlock(label=_("Record"), page_type=UNIT_TYPES, required=False)

    class Meta:
        label = _("Moment")
        icon = "date"


class TimelineBlock(MaterialBlock):
    """What happened, one moment after the other."""

    heading = CharBlock(label=_("Heading"), required=False, max_length=120)
    moments = ListBlock(MomentBlock(), label=_("Moments"), min_num=2, max_num=40)

    class Meta:
        icon = "time"
        label = _("Time line")
        template = "collections/blocks/timeline.html"

    def shown(self, value, material) -> dict:
        moments = [
            {
                "value": moment,
                "picture": material.picture(moment["picture"]),
                "record": material.unit(moment.get("record")),
            }
            for moment in value["moments"]
        ]
        return {"moments": moments}


class FigureBlock(StructBlock):
    """One number with what it counts."""

    label = CharBlock(label=_("Label"), max_length=40)
    number = DecimalBlock(label=_("Number"), min_value=0, max_digits=14, decimal_places=2)

    class Meta:
        label = _("Number")
        icon = "order"


class FiguresBlock(MaterialBlock):
    """Numbers as a chart, and as a table for who cannot see it."""

    heading = CharBlock(label=_("Heading"), max_length=120)
    unit_of_measure = CharBlock(label=_("Counted in"), max_length=20, required=False)
    figures = ListBlock(FigureBlock(), label=_("Numbers"), min_num=2, max_num=20)
    origin = CharBlock(label=_("Where the numbers come from"), max_length=200, required=False)

    class Meta:
        icon = "order"
        label = _("Figures")
        template = "collections/blocks/figures.html"

    def shown(self, value, material) -> dict:
        rows = [
            (figure["label"], float(figure["number"])) for figure in value["figures"] if figure["number"] is not None
        ]
        return {"chart": bars(rows)}


class RecordingBlock(MaterialBlock):
    """Sound or film of a record, with its words. Who may not hear it gets nothing."""

    source = RecordChooserBlock(label=_("Record"), page_type="archive_pages.ItemPage")
    caption = CharBlock(label=_("Caption"), required=False, max_length=300)

    class Meta:
        icon = "view"
        label = _("Sound and film")
        template = "collections/blocks/recording.html"

    def shown(self, value, material) -> dict:
        return {"source": material.unit(value.get("source"))}


class ExhibitBlocks(StreamBlock):
    """Everything an exhibit can hold."""

    story = RichTextBlock(label=_("Story"), features=STORY_FEATURES, template="collections/blocks/story.html")
    picture = PictureBlock()
    pointed_picture = PointedPictureBlock()
    gallery = GalleryBlock()
    before_after = BeforeAfterBlock()
    quotation = QuotationBlock()
    timeline = TimelineBlock()
    figures = FiguresBlock()
    recording = RecordingBlock()
    records = RecordsBlock()

    class Meta:
        label = _("Panels")
