"""How a page of the tree reaches a reader: one look-up to find it, one decision whether the reader may have it.

Wagtail finds a page by walking down the tree with two queries a level; units lie seven levels deep, so the address is
looked up at once by its last part (indexed) and its whole path. The decision stands in a ``before_serve_page`` hook,
which Wagtail calls for every page type, whatever its ``serve`` does.
"""

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from wagtail import hooks
from wagtail.models import PageViewRestriction, Site
from wagtail.url_routing import RouteResult

from fonds.access.decisions import may, require, visible
from fonds.access.enums import Right
from fonds.audit.looks import record_look

from .models import ArchivePage

TABLES = ("category", "retention", "department")


@hooks.register("before_serve_page", order=-100)
def only_what_the_reader_may_see(page: ArchivePage, request: HttpRequest, args, kwargs) -> None:
    """Raise ``Http404`` for a page of any type that is not open to this reader, before anything of it is rendered."""
    require(request.user, Right.CATALOGUE, page)
    if page.catalogue_class or (page.content_class and may(request.user, Right.VIEW, page)):
        record_look(page, user=request.user, request=request)


def route_at_once(request: HttpRequest, path: str) -> RouteResult | None:
    """What Wagtail's routing finds for ``path``, kept on the request as Wagtail keeps it; ``None`` where no page has
    this address, it is a draft, or the reader may not know of it: the same one query for all three.

    No page of the archive has addresses below its own.
    """
    if hasattr(request, "_wagtail_route_for_request"):
        return request._wagtail_route_for_request
    site = Site.find_for_request(request)
    parts = "".join(f"{part}/" for part in path.split("/") if part)
    page = page_at(site.root_page.url_path + parts, request.user) if site else None
    if page is not None:
        request._wagtail_route_for_request = page.route(request, [])
    return getattr(request, "_wagtail_route_for_request", None)


def restrictions_on(page: ArchivePage) -> QuerySet:
    """The view restrictions that Wagtail's editors set on ``page`` or a page above it, or on what those are aliases
    of."""
    step = ArchivePage.steplen
    paths = [page.path[:end] for end in range(step, len(page.path) + 1, step)]
    named = Q(page__path__in=paths) | Q(page__aliases__path__in=paths)
    return PageViewRestriction.objects.filter(named).distinct()


def page_at(url_path: str, user) -> ArchivePage | None:
    """The published page of its own type at ``url_path`` (as in ``Page.url_path``) that ``user`` may know of, with the
    tables it refers to: two queries."""
    slug = url_path.rstrip("/").rpartition("/")[2]
    pages = visible(ArchivePage.objects.live().filter(slug=slug, url_path=url_path), user)
    found = pages.values_list("pk", "content_type_id").first()
    if found is None:
        return None
    model = ContentType.objects.get_for_id(found[1]).model_class()
    return model._default_manager.select_related(*TABLES).get(pk=found[0])
