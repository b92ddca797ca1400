"""The registers of persons and of controlled tags in the working place, under one menu with the doubles."""

from django.contrib.auth.models import Permission
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import TitleColumn
from wagtail.admin.views.generic.models import IndexView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from ..doors import visible_persons, visible_photos
from ..models import ArchiveImage, Person, Term
from .doubles import photo_policy


class PhotoRegister(ModelViewSet):
    """A register that editors keep."""

    search_backend_name = None
    list_per_page = 50
    copy_view_enabled = False


class PersonIndexView(IndexView):
    """The register, without those who stand on hidden photographs alone."""

    def get_base_queryset(self) -> QuerySet:
        seen = visible_photos(ArchiveImage.objects.all(), self.request.user).order_by().values("pk")
        number = Count("marks__photo", distinct=True, filter=Q(marks__photo__in=seen))
        return visible_persons(super().get_base_queryset(), self.request.user).annotate(photo_number=number)


class PhotosColumn(TitleColumn):
    """The number of photographs with a person that one may see, leading to these."""

    def get_link_url(self, instance: Person, parent_context) -> str | None:
        return reverse("person", args=[instance.pk]) if instance.photo_number else None


class PersonViewSet(PhotoRegister):
    """Persons on photographs."""

    model = Person
    index_view_class = PersonIndexView
    name = "persons"
    icon = "user"
    menu_label = pgettext_lazy("on a photograph", "Persons")
    list_display = [
        "name",
        "other_names",
        "note",
        PhotosColumn("photo_number", label=_("Photographs"), url_name="person"),
    ]
    search_fields = ["name", "other_names", "note"]
    ordering = "name"
    panels = [FieldPanel("name"), FieldPanel("other_names"), FieldPanel("note")]


class TermViewSet(PhotoRegister):
    """The controlled tags."""

    model = Term
    name = "terms"
    icon = "tag"
    menu_label = _("Controlled tags")
    list_display = ["name", "broader", "used_for", "note"]
    search_fields = ["name", "used_for", "note"]
    ordering = "name"
    panels = [FieldPanel("name"), FieldPanel("broader"), FieldPanel("used_for"), FieldPanel("note")]


class PairsMenuItem(MenuItem):
    """Shown to who may change photographs."""

    def is_shown(self, request) -> bool:
        return photo_policy().user_has_permission(request.user, "change")


class PhotoWorkGroup(ModelViewSetGroup):
    """The menu 照片整理."""

    menu_label = _("Work on photographs")
    menu_name = "photo-work"
    menu_icon = "image"
    menu_order = 310
    items = (PersonViewSet("persons"), TermViewSet("terms"))

    def get_submenu_items(self) -> list[MenuItem]:
        pairs = PairsMenuItem(_("Doubles"), reverse("photo_pairs"), name="photo-pairs", icon_name="copy", order=900)
        return [*super().get_submenu_items(), pairs]


photo_work = PhotoWorkGroup()


def register_permissions():
    """The permissions that groups may have on both registers."""
    return Permission.objects.filter(
        content_type__app_label="fonds_collections", content_type__model__in=["person", "term"]
    )
