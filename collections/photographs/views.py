"""Screens of the working place for single photographs and for pairs: marks of persons, doubles."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from fonds.access.decisions import require
from fonds.access.doors import door
from fonds.access.enums import Right
from fonds.archive_pages.folding import folded_words

from ..doors import visible_persons
from ..models import ArchiveImage, PairDecision, Person
from .doubles import decide, pairs_shown_to, photo_policy
from .marking import MarkFormSet, initial_of, save_marks

SHOWN = "max-1600x1600|jpegquality-85"
BESIDE = "max-800x600"
PER_PAGE = 20
SUGGESTED = 20


class WorkView(WagtailAdminTemplateMixin, TemplateView):
    """A screen for whoever may change photographs."""

    header_icon = "image"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not photo_policy().user_has_permission(request.user, "change"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


@door(admin=True, image_id="photo")
class MarksView(WorkView):
    """Draw rectangles around the persons on a picture and name them."""

    template_name = "collections/admin/marks.html"
    page_title = gettext_lazy("Mark persons")

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.photo = ArchiveImage.objects.select_related("unit").filter(pk=kwargs["image_id"]).first()
        require(request.user, Right.VIEW, self.photo)
        if not photo_policy().user_has_permission_for_instance(request.user, "change", self.photo):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs) -> dict:
        if "marks" not in kwargs:
            kwargs["marks"] = MarkFormSet(initial=initial_of(self.photo), prefix="marks")
        return {**super().get_context_data(**kwargs), "photo": self.photo, "shown": SHOWN}

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        register = visible_persons(Person.objects.all(), request.user)
        given = {"initial": initial_of(self.photo), "prefix": "marks", "form_kwargs": {"register": register}}
        marks = MarkFormSet(request.POST, **given)
        if not marks.is_valid():
            return self.render_to_response(self.get_context_data(marks=marks))
        kept = [form for form in marks if form.cleaned_data.get("name") and not form.cleaned_data.get("DELETE")]
        count = save_marks(
            self.photo, [form.cleaned_data for form in kept], [form.person for form in kept], request.user
        )
        messages.success(request, _("Marks of persons: %(count)s") % {"count": count})
        return redirect("photo_marks", self.photo.pk)


@door(permission="fonds_collections.view_person")
def suggest_persons(request: HttpRequest) -> JsonResponse:
    """The persons of the register whose names hold ``?term=``."""
    if not request.user.has_perm("fonds_collections.view_person"):
        raise PermissionDenied
    people = visible_persons(Person.objects.all(), request.user)
    words = folded_words(request.GET.get("term", "").replace("\0", ""))
    for word in words:
        people = people.filter(search_text__contains=word)
    return JsonResponse([str(person) for person in (people[:SUGGESTED] if words else ())], safe=False)


@door(admin=True)
class PairsView(WorkView):
    """Photographs that are or look the same, side by side, until somebody decides."""

    template_name = "collections/admin/pairs.html"
    page_title = gettext_lazy("Doubles")

    @cached_property
    def pairs(self):
        return pairs_shown_to(self.request.user).order_by("-same_bytes", "distance", "pk")

    def get_context_data(self, **kwargs) -> dict:
        page = Paginator(self.pairs.filter(decision=""), PER_PAGE).get_page(self.request.GET.get("p"))
        pairs = list(page)
        keys = {key for pair in pairs for key in (pair.first_id, pair.second_id)}
        photos = ArchiveImage.objects.select_related("unit").prefetch_renditions(BESIDE).in_bulk(keys)
        shown = [(pair, (photos[pair.first_id], photos[pair.second_id])) for pair in pairs]
        choices = [choice for choice in PairDecision.choices if choice[0]]
        return {**super().get_context_data(**kwargs), "page": page, "pairs": shown, "choices": choices, "size": BESIDE}

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        wanted = request.POST.get("pair", "")
        pair = get_object_or_404(self.pairs, pk=int(wanted) if wanted.isdecimal() and len(wanted) <= 18 else 0)
        decision = request.POST.get("decision", "")
        if decision in PairDecision.values and decision:
            decide(pair, PairDecision(decision), request.user)
            messages.success(request, PairDecision(decision).label)
        return redirect("photo_pairs")
