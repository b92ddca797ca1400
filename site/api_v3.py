"""The archive for programs, read only, in the shapes of Wagtail's API in version 3 (OpenAPI at ``openapi.json``).

Wagtail's own version 3 writes too, knows access tokens and shows fields of the working place; here stand only its
listings and details of pages, photographs and documents, over the same rows as version 2.
"""

from typing import Literal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, NinjaAPI, Query, Schema
from ninja.errors import HttpError
from ninja.pagination import paginate
from wagtail.api.v3.pagination import WagtailLimitOffsetPagination
from wagtail.api.v3.schemas.pages import BasePageSchema
from wagtail.models import Site

from fonds.archive_pages.models import ArchivePage

from .api import TOO_LARGE, documents_for, page_by, pages_for, photos_for, with_words

api = NinjaAPI(
    title="Fonds",
    version="3.0.0",
    description="The open archive, read only",
    urls_namespace="wagtailapi_v3",  # the name under which Wagtail's schemas look up their own addresses
    docs_url=None,
)


class Meta(Schema):
    """What Wagtail tells beside the fields of a row."""

    type: str
    download_url: str | None = None
    tags: list[str] = []

    @staticmethod
    def resolve_type(row) -> str:
        return row._meta.label

    @staticmethod
    def resolve_download_url(row) -> str:
        return row.url if hasattr(row, "filename") and not hasattr(row, "width") else row.file.url

    @staticmethod
    def resolve_tags(row) -> list[str]:
        return [tag.name for tag in row.tags.all()]


class Entry(BasePageSchema):
    """A page, with the entry of the unit it is."""

    level: str
    reference_code: str | None
    document_number: str
    creator: str
    date_text: str
    year: int | None
    page_count: int | None


class Photograph(Schema):
    """A photograph with its six elements."""

    id: int
    title: str
    width: int
    height: int
    photo_number: str
    occasion: str
    taken_text: str
    place: str
    persons: str
    background: str
    photographer: str
    caption: str
    credit: str
    licence: str
    meta: Meta

    @staticmethod
    def resolve_meta(row):
        return row


class Document(Schema):
    """A document of the library."""

    id: int
    title: str
    meta: Meta

    @staticmethod
    def resolve_meta(row):
        return row


class PageFilter(Schema):
    """What a listing of pages may be asked for."""

    child_of: int | Literal["root"] | None = None
    descendant_of: int | Literal["root"] | None = None
    level: str | None = None
    year: int | None = Field(default=None, ge=0, lt=10_000)
    reference_code: str | None = None
    search: str = ""
    order: Literal["id", "title", "reference_code", "-id", "-title", "-reference_code"] = "id"


@api.get("/pages/", response=list[Entry], url_name="list_pages")
@paginate(WagtailLimitOffsetPagination)
def list_pages(request: HttpRequest, asked: Query[PageFilter]) -> QuerySet:
    """The published pages that the caller may know of."""
    rows = pages_for(request)
    for name in ("level", "year", "reference_code"):
        value = getattr(asked, name)
        if value is not None:
            rows = rows.filter(**{name: _clean(value)})
    if asked.child_of is not None:
        rows = rows.child_of(_place(request, asked.child_of, "child_of"))
    if asked.descendant_of is not None:
        rows = rows.descendant_of(_place(request, asked.descendant_of, "descendant_of"))
    return with_words(rows, asked.search).order_by(asked.order)


@api.get("/pages/find/", response=Entry, url_name="find_page")
def find_page(request: HttpRequest, code: str | None = None, html_path: str | None = None) -> ArchivePage:
    """The page with a reference code, now or formerly, or at an address."""
    found = page_by(request, code=code, path=html_path) if code or html_path else None
    if found is None:
        raise Http404
    return found


@api.get("/pages/{page_id}/", response=Entry, url_name="detail_page")
def get_page(request: HttpRequest, page_id: int) -> ArchivePage:
    """One page."""
    return _one(pages_for(request), page_id)


@api.get("/images/", response=list[Photograph], url_name="list_images")
@paginate(WagtailLimitOffsetPagination)
def list_images(request: HttpRequest, search: str = "") -> QuerySet:
    """The photographs that the caller may see."""
    return with_words(photos_for(request), search)


@api.get("/images/{image_id}/", response=Photograph, url_name="detail_image")
def get_image(request: HttpRequest, image_id: int):
    """One photograph."""
    return _one(photos_for(request), image_id)


@api.get("/documents/", response=list[Document], url_name="list_documents")
@paginate(WagtailLimitOffsetPagination)
def list_documents(request: HttpRequest, search: str = "") -> QuerySet:
    """The documents that the caller may see."""
    return with_words(documents_for(request), search)


@api.get("/documents/{document_id}/", response=Document, url_name="detail_document")
def get_document(request: HttpRequest, document_id: int):
    """One document."""
    return _one(documents_for(request), document_id)


def _one(rows: QuerySet, number: int):
    return get_object_or_404(rows, pk=number if 0 < number < TOO_LARGE else 0)


def _place(request: HttpRequest, number: int | str, name: str) -> ArchivePage:
    """The page below which a listing is asked for; what may not be known of is answered as what is not there."""
    if number == "root":
        return Site.find_for_request(request).root_page
    found = pages_for(request).filter(pk=number if 0 < int(number) < TOO_LARGE else 0).first()
    if found is None:
        raise HttpError(400, f"{name}: no such page")
    return found


def _clean(value):
    return value.replace("\0", "") if isinstance(value, str) else value
