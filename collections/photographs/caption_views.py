"""The captioning screen: a table of photographs and fields, its spreadsheet out and in."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from fonds.access.decisions import visible
from fonds.access.doors import door
from fonds.archive_pages.importing.faults import ListFault
from fonds.archive_pages.models import ArchivePage
from fonds.audit import names
from fonds.audit.events import record

from ..storage import as_path
from .caption_lists import captions_xlsx, read_captions
from .captions import FIELDS, MOST, THUMBNAIL, CaptionForm, group_values, photos_to_caption, save_captions
from .doubles import photo_policy

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ListForm(forms.Form):
    """The spreadsheet that comes in."""

    table = forms.FileField(
        label=gettext_lazy("Captions as a spreadsheet"),
        help_text=gettext_lazy(
            "The sheet 照片目录, as it goes out of here. What would change is shown before it is saved."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )


class Selection(WagtailAdminTemplateMixin, TemplateView):
    """Photographs chosen by ``?id=`` or as all below ``?unit=``, of which the person may change some."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not photo_policy().user_has_permission(request.user, "change"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def unit(self) -> ArchivePage | None:
        wanted = self.request.GET.get("unit", "")
        if not wanted:
            return None
        if not wanted.isdecimal() or len(wanted) > 18:
            raise Http404
        return get_object_or_404(visible(ArchivePage.objects.exclude(level=""), self.request.user), pk=int(wanted))

    @cached_property
    def first(self) -> int:
        """The place in the selection, from 1, at which the screen begins (``?from=``)."""
        wanted = self.request.GET.get("from", "")
        return max(1, int(wanted)) if wanted.isdecimal() and len(wanted) <= 9 else 1

    @property
    def lot(self):
        """The photographs of one screen."""
        return self.photos[self.first - 1 : self.first - 1 + MOST]

    @cached_property
    def photos(self):
        """The photographs of the selection, as a query."""
        photos = photos_to_caption(self.request.user)
        if self.unit:
            return photos.filter(unit__path__startswith=self.unit.path)
        wanted = {*self.request.GET.getlist("id"), *self.request.POST.getlist("id")}
        return photos.filter(pk__in=[int(key) for key in wanted if key.isdecimal() and len(key) <= 18])


@door(admin=True, queries={"unit": "unit", "id": "photo"})
class CaptionsView(Selection):
    """Caption many photographs in one table, saved in one go or not at all."""

    template_name = "collections/admin/captions.html"
    page_title = gettext_lazy("Caption photographs")
    header_icon = "image"

    def get_breadcrumbs_items(self) -> list[dict]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs) -> dict:
        rows = kwargs.pop("rows", None)
        if rows is None:
            self.photos = self.photos.prefetch_renditions(THUMBNAIL)
            rows = [CaptionForm(photo) for photo in self.lot]
        photos = [row.instance for row in rows]
        context = {
            "rows": rows,
            "heads": [(name, CaptionForm.base_fields[name].label) for name in FIELDS],
            "groups": group_values(photos, self.request.user),
            "unit": self.unit,
            "query": self.request.GET.urlencode(),
            "thumbnail": THUMBNAIL,
            "part": self._part(),
            "list_form": ListForm(),
        }
        return {**super().get_context_data(**kwargs), **context, **kwargs}

    def _part(self) -> dict | None:
        """Which part of a selection too large for one screen this is, and the way to the parts beside it."""
        count = self.photos.count()
        if count <= MOST:
            return None
        beside = {"earlier": self.first - MOST, "later": self.first + MOST}
        query = self.request.GET.copy()
        found = {"first": self.first, "last": min(count, self.first + MOST - 1), "count": count}
        for name, place in beside.items():
            if 1 <= max(1, place) <= count and place > 1 - MOST:
                query["from"] = max(1, place)
                found[name] = query.urlencode()
        return found

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return self._read(request) if "read" in request.POST else self._save(request)

    def _save(self, request: HttpRequest) -> HttpResponse:
        keys = [int(key) for key in request.POST.getlist("id") if key.isdecimal() and len(key) <= 18][:MOST]
        photos = photos_to_caption(request.user).prefetch_renditions(THUMBNAIL).filter(pk__in=keys)
        rows = [CaptionForm(photo, request.POST) for photo in photos]
        saved = save_captions(rows, request.user)
        if saved.faults:
            return self.render_to_response(self.get_context_data(rows=rows, faults=saved.faults))
        message = ngettext("%(count)s photograph saved.", "%(count)s photographs saved.", saved.photos)
        messages.success(request, message % {"count": saved.photos})
        fresh = photos_to_caption(request.user).prefetch_renditions(THUMBNAIL).filter(pk__in=keys)
        return self.render_to_response(self.get_context_data(rows=[CaptionForm(photo) for photo in fresh]))

    def _read(self, request: HttpRequest) -> HttpResponse:
        form = ListForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(list_form=form))
        photos, table = photos_to_caption(request.user), form.cleaned_data["table"]
        try:
            with as_path(table) as path:
                found, faults = read_captions(path, table.name, photos)
        except ListFault as fault:
            form.add_error("table", str(fault))
            return self.render_to_response(self.get_context_data(list_form=form))
        if faults:
            return self.render_to_response(self.get_context_data(list_form=form, list_faults=faults))
        wanted = photos.prefetch_renditions(THUMBNAIL).filter(pk__in=found)
        rows = [row for row in (CaptionForm(photo, new=found[photo.pk]) for photo in wanted) if row.new]
        if not rows:
            messages.info(request, _("The list says nothing new."))
            return self.render_to_response(self.get_context_data())
        return self.render_to_response(self.get_context_data(rows=rows, preview=sum(len(row.new) for row in rows)))


@door(admin=True, queries={"unit": "unit", "id": "photo"})
class CaptionListView(Selection):
    """The captions of the selection as a spreadsheet; an event each time."""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        photos = list(self.lot)
        data = captions_xlsx(photos)
        record(
            names.PRINTOUT, subject="照片目录.xlsx", user=request.user, request=request, detail={"rows": len(photos)}
        )
        disposition = (
            "attachment; filename=\"captions.xlsx\"; filename*=UTF-8''%E7%85%A7%E7%89%87%E7%9B%AE%E5%BD%95.xlsx"
        )
        return HttpResponse(data, content_type=XLSX, headers={"Content-Disposition": disposition})
