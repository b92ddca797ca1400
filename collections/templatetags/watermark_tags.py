"""Telling a reader beforehand what the pictures bear."""

from django import template

from fonds.access.models import User
from fonds.archive_pages.models import ArchivePage

from ..models import WatermarkRule
from ..watermarks.rules import is_marked

register = template.Library()


@register.simple_tag
def bears_watermark(page: ArchivePage, user: User) -> bool:
    """Whether the pictures of ``page``, which ``user`` may see, bear a watermark for him; one query."""
    rule = WatermarkRule.objects.order_by("pk").values_list("reading", flat=True).first()
    return is_marked(rule, is_open=page.is_open, user=user)
