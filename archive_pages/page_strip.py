"""The pages of an item beside the viewer: one window of thumbnails, however many pages the item has."""

from django.utils.functional import cached_property

from .listings import page_number
from .models import ArchivePage

WINDOW = 20


class PageStrip:
    """The scanned pages of ``unit`` around the one the query string asks for (``?page=3``), one query.

    ``current`` is the page shown, ``pages`` the window it stands in; every page of the window carries its text, so
    that turning inside the window needs no further request.
    """

    def __init__(self, unit: ArchivePage, data) -> None:
        self.unit = unit
        self.total = unit.scan_count
        self.number = max(1, min(page_number(data), self.total or 1))
        self.first = (self.number - 1) // WINDOW * WINDOW + 1
        self.last = min(self.first + WINDOW - 1, self.total)

    @cached_property
    def pages(self) -> list:
        if not self.total:
            return []
        return list(self.unit.page_scans.order_by("number")[self.first - 1 : self.last])

    @property
    def current(self):
        """The page scan shown, ``None`` where the item has none."""
        index = self.number - self.first
        return self.pages[index] if index < len(self.pages) else None

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.total else None

    @property
    def earlier(self) -> int | None:
        """The last page of the window before this one."""
        return self.first - 1 if self.first > 1 else None

    @property
    def later(self) -> int | None:
        """The first page of the window after this one."""
        return self.last + 1 if self.last < self.total else None
