"""The site map: the open pages of the archive and nothing else, whoever asks, in parts of a fixed size."""

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet

from fonds.access.decisions import visible
from fonds.archive_pages.models import ArchivePage

PART_SIZE = 5000
FIRST_DEPTH = 2  # the home page


class OpenPages(Sitemap):
    """Pages that the public may see."""

    limit = PART_SIZE

    def items(self) -> QuerySet:
        pages = ArchivePage.objects.live().filter(depth__gte=FIRST_DEPTH)
        shown = ("pk", "path", "depth", "url_path", "last_published_at", "locale")
        return visible(pages, AnonymousUser()).only(*shown).order_by("path")

    def location(self, page: ArchivePage) -> str:
        return page.get_url() or "/"

    def lastmod(self, page: ArchivePage):
        return page.last_published_at

    def get_latest_lastmod(self):
        """The newest date of all, asked of the database instead of read page by page."""
        return self.items().order_by().aggregate(newest=Max("last_published_at"))["newest"]


SITEMAPS = {"pages": OpenPages}
