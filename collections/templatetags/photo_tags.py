"""Template tags for photographs."""

from django import template
from wagtail.images.shortcuts import get_rendition_or_not_found

from ..models import ArchiveImage, ArchiveRendition

register = template.Library()


@register.simple_tag
def rendition(image: ArchiveImage, spec: str) -> ArchiveRendition:
    """The derivative of ``image`` by Wagtail's ``spec``; uses prefetched ones, and makes it where it is missing."""
    return get_rendition_or_not_found(image, spec)
