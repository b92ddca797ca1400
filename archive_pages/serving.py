"""How a page of the tree reaches a reader: one look-up to find it, one decision whether the reader may have it.

Wagtail finds a page by walking down the tree with two queries a level; units lie seven levels deep, so the address is
looked up at once by its last part (indexed) and its whole path. The decision stands in a ``before_serve_page`` hook,
which Wagtail calls for every page type, whatever its ``serve`` does.
"""

from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from wagtail import hooks

from fonds.access.decisions import require
from fonds.access.enums import Right

from .models import ArchivePage

TABLES = ("category", "retention", "department")


@hooks.register("before_serve_page", order=-100)
def only_what_the_reader_may_see(page: ArchivePage, request: HttpRequest, args, kwargs) -> None:
    """Raise ``Http404`` for a page of any type that is not open to this reader, before anything of it is rendered."""
    require(request.user, Right.CATALOGUE, page)


def page_at(url_path: str) -> ArchivePage | None:
    """The page of its own type at ``url_path`` (as in ``Page.url_path``), with the tables it refers to: two queries."""
    slug = url_path.rstrip("/").rpartition("/")[2]
    found = ArchivePage.objects.filter(slug=slug, url_path=url_path).values_list("pk", "content_type_id").first()
    if found is None:
        return None
    model = ContentType.objects.get_for_id(found[1]).model_class()
    return model._default_manager.select_related(*TABLES).get(pk=found[0])
