"""The parts of a policy's text: chapters, sections and articles, in order."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks


class PolicyBody(blocks.StreamBlock):
    """Chapters 章, sections 节 and articles 条. Their numbers follow from their order, so none can be missing or
    double."""

    chapter = blocks.CharBlock(
        label=_("Chapter"),
        icon="title",
        max_length=100,
        help_text=_("The heading alone, for example 总则. 第一章 is written before it by the order."),
    )
    section = blocks.CharBlock(
        label=pgettext_lazy("policy", "Section"),
        icon="title",
        max_length=100,
        help_text=_("A part of a chapter, for example 一般规定."),
    )
    article = blocks.TextBlock(
        label=_("Article"),
        icon="pilcrow",
        rows=4,
        help_text=_(
            "The text alone; 第五条 is written before it by the order. Each paragraph and each item （一） on a line of its own."
        ),
    )

    class Meta:
        block_counts = {}
