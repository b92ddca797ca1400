"""Tags in the working place: a word that stands on hidden photographs and documents alone is as hidden as they are.

Wagtail proposes tags while somebody types, and offers the most used ones in its library and chooser, for all alike.
"""

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, JsonResponse
from taggit.models import Tag
from wagtail.admin import filters
from wagtail.admin.auth import require_admin_access
from wagtail.images.views import chooser

from fonds.access.doors import door
from fonds.audit.context import current

from .doors import visible_documents, visible_photos
from .models import ArchiveDocument, ArchiveImage, Term

PROPOSED = 10
LIBRARIES = {ArchiveImage: visible_photos, ArchiveDocument: visible_documents}


def tags_shown_to(user, *models: type) -> QuerySet[Tag]:
    """The tags of those photographs and documents that ``user`` may see; ``item_count``: of how many."""
    seen = Q()
    for model in models or LIBRARIES:
        rows = LIBRARIES[model](model.objects.all(), user).order_by().values("pk")
        kind = ContentType.objects.get_for_model(model)
        seen |= Q(taggit_taggeditem_items__content_type=kind, taggit_taggeditem_items__object_id__in=rows)
    return Tag.objects.filter(seen).annotate(item_count=Count("taggit_taggeditem_items"))


def popular_tags(model: type, count: int = PROPOSED) -> QuerySet[Tag]:
    """In place of ``popular_tags_for_model``, which knows no person: the most used tags for who asks."""
    request = current().request
    return tags_shown_to(getattr(request, "user", None), model).order_by("-item_count", "name")[:count]


@door(admin=True, app_name="page_app", model_name="page_model")
@require_admin_access
def propose_tags(request: HttpRequest, app_name: str = "", model_name: str = "") -> JsonResponse:
    """The tags that begin with ``?term=``; the controlled ones first, also for the words they are used for."""
    term = request.GET.get("term", "")
    tags = tags_shown_to(request.user).filter(name__istartswith=term) if term else Tag.objects.none()
    names = list(tags.order_by("name").values_list("name", flat=True)[:PROPOSED])
    if term and request.user.has_perm("fonds_collections.view_term"):
        terms = Term.objects.filter(Q(name__istartswith=term) | Q(used_for__icontains=term))
        names = list(dict.fromkeys([*terms.values_list("name", flat=True)[:PROPOSED], *names]))[:PROPOSED]
    return JsonResponse(names, safe=False)


def connect() -> None:
    """Wagtail has no hook there."""
    filters.popular_tags_for_model = chooser.popular_tags_for_model = popular_tags
