"""What readers see of persons and negatives."""

import pyvips
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from fonds.access.classes import class_of
from fonds.access.decisions import visible
from fonds.access.doors import door
from fonds.access.enums import Rank, Right

from ..curation import PER_PAGE, THUMBNAIL, near
from ..delivery.reading import deliver_read
from ..enums import ObjectRole
from ..models import DigitalObject, Person
from ..watermarks.rules import is_for_everybody, watermark_of_look, with_rule
from .marking import photos_of
from .negatives import ensure_positive


@door(decides_itself="photographs.marking.photos_of", pk="person")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """The photographs with one person that the reader may see; 404 where there is none."""
    found = Person.objects.filter(pk=pk).first() or Person(pk=pk)
    photos = Paginator(photos_of(found, request.user).prefetch_renditions(THUMBNAIL), PER_PAGE)
    if not photos.count:
        raise Http404
    shown = photos.get_page(request.GET.get("page"))
    shown.shown_numbers = near(shown)
    return render(request, "collections/person.html", {"person": found, "photos": shown, "thumbnail": THUMBNAIL})


@door(decides_itself="visible, with the right to see the pages", pk="negative")
@require_safe
def positive(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A negative as a positive, for who may see the pages of its unit."""
    rows = with_rule(DigitalObject.objects.filter(role=ObjectRole.NEGATIVE).select_related("unit", "master"))
    negative = get_object_or_404(visible(rows, request.user, "unit__", Right.VIEW), pk=pk)
    try:
        key = ensure_positive(negative)
    except (pyvips.Error, OSError) as error:
        raise Http404 from error
    is_open = negative.unit.content_class == class_of(Rank.PUBLIC)
    detail = {"negative": negative.pk}
    words = watermark_of_look(request, negative.unit, negative.watermark, is_open=is_open, detail=detail)
    public = is_for_everybody(negative.watermark, is_open=is_open)
    return deliver_read(request, key, words, name=f"{negative.pk}.jpg", public=public)
