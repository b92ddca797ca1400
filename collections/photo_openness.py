"""The effective state ``is_open`` of photographs: open themselves, and so is the unit they belong to, if any.

Kept in two statements for a whole subtree, called back by ``fonds.archive_pages.openness`` after each refresh.
"""

from fonds.access.enums import OpeningStatus

from .models import ArchiveImage


def refresh_photo_openness(path: str) -> None:
    """Compute ``is_open`` anew for the photographs of the units at ``path`` and below."""
    photos = ArchiveImage.objects.filter(unit__path__startswith=path)
    openable = {"opening_status": OpeningStatus.OPEN, "unit__is_open": True}
    photos.filter(**openable, is_open=False).update(is_open=True)
    photos.filter(is_open=True).exclude(**openable).update(is_open=False)
