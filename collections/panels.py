"""The forms of curated pages in the working place, in the order an editor fills them in."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, PageChooserPanel

CURATED_PANELS = [
    MultiFieldPanel([FieldPanel("title"), FieldPanel("title_en")], heading=_("Title")),
    MultiFieldPanel([FieldPanel("introduction"), FieldPanel("introduction_en")], heading=_("Introduction")),
]
COLLECTION_PANELS = [
    *CURATED_PANELS,
    FieldPanel("story"),
    FieldPanel("cover"),
    InlinePanel("chosen_photos", heading=_("Photographs chosen by hand"), label=_("Photograph")),
    MultiFieldPanel(
        [
            FieldPanel("rule_tags"),
            PageChooserPanel("rule_group", "archive_pages.FilePage"),
            FieldRowPanel([FieldPanel("rule_from"), FieldPanel("rule_until")]),
        ],
        heading=_("Photographs by rule"),
        help_text=_("All photographs to which every filled line applies join those chosen by hand."),
    ),
]
EXHIBIT_PANELS = [
    *CURATED_PANELS,
    FieldPanel("cover"),
    FieldPanel("body"),
    FieldPanel("body_en"),
    FieldPanel("closing"),
]
