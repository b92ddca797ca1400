"""The archive for programs, read only: Wagtail's API in version 2, for pages, photographs and documents.

Every row, count, order, filter and search is of what the caller may see, a visitor or whoever is signed in; the fields
are those that the public page shows.
"""

from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework.authentication import SessionAuthentication
from rest_framework.filters import BaseFilterBackend
from rest_framework.permissions import AllowAny
from wagtail.api.v2 import filters
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.utils import BadRequestError
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet
from wagtail.models import Site

from fonds.access.decisions import visible
from fonds.archive_pages.codes import resolve
from fonds.archive_pages.folding import folded_words
from fonds.archive_pages.models import ArchivePage
from fonds.collections.doors import visible_documents, visible_photos
from fonds.collections.models import ArchiveDocument, ArchiveImage

QUERY_LENGTH = 200
TOO_LARGE = 2**31
ENTRY_FIELDS = ("level", "reference_code", "document_number", "creator", "date_text", "year", "page_count")
PHOTO_FIELDS = (
    "photo_number", "occasion", "taken_text", "place", "persons", "background", "photographer", "caption", "credit",
    "licence",
)  # fmt: skip
PAGE_META = ["type", "detail_url", "html_url", "slug", "first_published_at", "parent", "locale"]


def pages_for(request: HttpRequest) -> QuerySet[ArchivePage]:
    """The published pages of this site that the caller may know of."""
    site = Site.find_for_request(request)
    if site is None:
        return ArchivePage.objects.none()
    pages = ArchivePage.objects.live().descendant_of(site.root_page, inclusive=True)
    return visible(pages, request.user).select_related("content_type", "locale").order_by("pk")


def photos_for(request: HttpRequest) -> QuerySet[ArchiveImage]:
    """The photographs that the caller may see."""
    return visible_photos(ArchiveImage.objects.prefetch_related("tags").order_by("pk"), request.user)


def documents_for(request: HttpRequest) -> QuerySet[ArchiveDocument]:
    """The documents that the caller may see."""
    return visible_documents(ArchiveDocument.objects.prefetch_related("tags").order_by("pk"), request.user)


def with_words(rows: QuerySet, query: str) -> QuerySet:
    """The ``rows`` with every word of ``query`` in what the public search looks in."""
    query = query.replace("\0", " ")[:QUERY_LENGTH]
    if rows.model is ArchiveDocument:
        for word in query.split():
            rows = rows.filter(title__icontains=word)
        return rows
    for word in folded_words(query):
        rows = rows.filter(search_text__contains=word)
    return rows


def page_by(request: HttpRequest, *, code: str | None = None, path: str | None = None) -> ArchivePage | None:
    """The page with a reference code (also a former one) or an address, if the caller may know of it."""
    if code is not None:
        unit = resolve(code.replace("\0", ""))
        return pages_for(request).filter(pk=unit.pk if unit else 0).first()
    site = Site.find_for_request(request)
    parts = [part for part in (path or "").replace("\0", "").split("/") if part]
    root = site.root_page.url_path if site else "/"
    return pages_for(request).filter(url_path="/".join([root.rstrip("/"), *parts, ""])).first()


class WordsFilter(BaseFilterBackend):
    """``?search=``."""

    def filter_queryset(self, request, queryset: QuerySet, view) -> QuerySet:
        return with_words(queryset, request.GET.get("search", ""))


class ReadOnly:
    """Open to all, for the person of the session where there is one; no passwords in requests."""

    authentication_classes = [SessionAuthentication]
    permission_classes = [AllowAny]

    def get_queryset(self) -> QuerySet:
        for name in ("id", "child_of", "descendant_of", "ancestor_of", "translation_of", "limit", "offset"):
            value = self.request.GET.get(name, "")
            if value.isdecimal() and int(value) >= TOO_LARGE:
                raise BadRequestError(f"{name} is too large")
        return super().get_queryset()


class PagesAPI(ReadOnly, PagesAPIViewSet):
    """Entries of units and all other pages."""

    filter_backends = [
        filters.FieldsFilter, filters.ChildOfFilter, filters.AncestorOfFilter, filters.DescendantOfFilter,
        filters.OrderingFilter, filters.TranslationOfFilter, filters.LocaleFilter, WordsFilter,
    ]  # fmt: skip
    body_fields = ["id", "title", *ENTRY_FIELDS]
    meta_fields = PAGE_META
    listing_default_fields = [*PagesAPIViewSet.listing_default_fields, "level", "reference_code", "date_text"]
    find_query_parameters = frozenset(["id", "html_path", "code"])

    def get_base_queryset(self) -> QuerySet[ArchivePage]:
        return pages_for(self.request)

    def find_object(self, queryset: QuerySet, request: HttpRequest):
        asked = request.GET
        if "code" in asked:
            return page_by(request, code=asked["code"])
        if "html_path" in asked:
            return page_by(request, path=asked["html_path"])
        return queryset.get(pk=asked["id"]) if asked.get("id", "").isdecimal() else None


class PhotosAPI(ReadOnly, ImagesAPIViewSet):
    """Photographs."""

    filter_backends = [filters.FieldsFilter, filters.OrderingFilter, WordsFilter]
    body_fields = [*ImagesAPIViewSet.body_fields, *PHOTO_FIELDS]

    def get_queryset(self) -> QuerySet[ArchiveImage]:
        super().get_queryset()
        return photos_for(self.request)


class DocumentsAPI(ReadOnly, DocumentsAPIViewSet):
    """Documents of the library."""

    filter_backends = [filters.FieldsFilter, filters.OrderingFilter, WordsFilter]

    def get_queryset(self) -> QuerySet[ArchiveDocument]:
        super().get_queryset()
        return documents_for(self.request)


router = WagtailAPIRouter("api_v2")
router.register_endpoint("pages", PagesAPI)
router.register_endpoint("images", PhotosAPI)
router.register_endpoint("documents", DocumentsAPI)
