"""The audit administrator's pages: events, one event, seals, alarms."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from . import names
from .alarms import acknowledge
from .differences import changed_fields, shown_fields
from .event_export import MIME_TYPES, MOST, as_csv, as_xlsx
from .events import record
from .forms import EventFilter, NoteForm
from .keyset import event_page
from .models import Alarm, Event, Purge, Seal
from .retention import note_seal_export, seal_as_json, seal_as_text
from .verification import verify

PERMISSION = "audit.view_event"
PAGE_SIZE = 50
VERIFIED = 1_000
_allowed = permission_required(PERMISSION, raise_exception=True)


@method_decorator([never_cache, _allowed], name="dispatch")
class AuditView(WagtailAdminTemplateMixin, TemplateView):
    """A page for whoever may see events."""

    header_icon = "history"
    trail: list[tuple[str, str]] = []

    def get_breadcrumbs_items(self) -> list[dict]:
        middle = [{"url": reverse(name), "label": str(label)} for name, label in self.trail]
        return [*self.breadcrumbs_items, *middle, {"url": "", "label": str(self.get_page_title())}]


class EventListView(AuditView):
    """The events, newest first; the address holds the filter and the place."""

    template_name = "audit/events.html"
    page_title = gettext_lazy("Events")

    def get_context_data(self, **kwargs) -> dict:
        form = EventFilter(self.request.GET)
        page = event_page(form.apply(), self.request.GET.get("place", ""), PAGE_SIZE)
        query = self.request.GET.copy()
        query.pop("place", None)
        return {
            **super().get_context_data(**kwargs),
            "form": form,
            "page": page,
            "query": query.urlencode(),
            "tabs": tabs("audit_events"),
            "most": MOST,
        }


class EventView(AuditView):
    """One event, with what it changed."""

    template_name = "audit/event.html"
    page_title = gettext_lazy("Audit event")
    trail = [("audit_events", gettext_lazy("Events"))]

    def get_page_subtitle(self) -> str:
        return str(self.kwargs["pk"])

    def get_context_data(self, **kwargs) -> dict:
        event = get_object_or_404(Event, pk=self.kwargs["pk"])
        seal = Seal.objects.filter(first_id__lte=event.pk, last_id__gte=event.pk).defer("manifest").first()
        return {
            **super().get_context_data(**kwargs),
            "event": event,
            "seal": seal,
            "changes": changed_fields(event.before, event.after),
            "particulars": shown_fields(event.detail),
        }


@never_cache
@_allowed
def export_events(request: HttpRequest, kind: str) -> HttpResponse:
    """The filtered events as .xlsx or CSV, the newest ``MOST`` of them; an event itself."""
    if kind not in MIME_TYPES:
        raise Http404
    events = EventFilter(request.GET).apply()[:MOST]
    asked = {name: value for name, value in request.GET.items() if value and name != "place"}
    record(names.EVENT_EXPORT, subject=kind, detail={"filter": asked}, user=request.user, request=request)
    name = f"audit-{timezone.localtime():%Y%m%d-%H%M%S}.{kind}"
    if kind == "csv":
        response = StreamingHttpResponse(as_csv(events.iterator(chunk_size=2000)), content_type=MIME_TYPES[kind])
    else:
        response = HttpResponse(as_xlsx(events.iterator(chunk_size=2000)), content_type=MIME_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class SealListView(AuditView):
    """The newest seals; a POST verifies the newest ``VERIFIED`` of them (seconds) and shows what was found."""

    template_name = "audit/seals.html"
    page_title = gettext_lazy("Seals")
    report = None

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        newest = Seal.objects.defer("manifest").first()
        self.report = verify(max(1, newest.number - VERIFIED + 1) if newest else 1)
        return TemplateResponse(request, self.template_name, self.get_context_data(**kwargs))

    def get_context_data(self, **kwargs) -> dict:
        before = self.request.GET.get("before", "")
        seals = Seal.objects.defer("manifest")
        if before.isascii() and before.isdigit() and len(before) < 19:
            seals = seals.filter(number__lt=int(before))
        rows = list(seals.prefetch_related("exports")[: PAGE_SIZE + 1])
        purged = set(Purge.objects.filter(seal__in=[seal.pk for seal in rows]).values_list("pk", flat=True))
        newest = Seal.objects.defer("manifest").first()
        return {
            **super().get_context_data(**kwargs),
            "seals": rows[:PAGE_SIZE],
            "purged": purged,
            "older": rows[PAGE_SIZE - 1].number if len(rows) > PAGE_SIZE else None,
            "unsealed": Event.objects.filter(pk__gt=newest.last_id if newest else 0).count(),
            "report": self.report,
            "verified": VERIFIED,
            "tabs": tabs("audit_seals"),
        }


@never_cache
@_allowed
def export_seal(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """One seal as JSON or as a page of text to print; an event itself."""
    if kind not in ("json", "txt"):
        raise Http404
    seal = get_object_or_404(Seal, pk=number)
    with transaction.atomic():
        note_seal_export(seal, request.user)
    if kind == "txt":
        response = HttpResponse(seal_as_text(seal), content_type="text/plain; charset=utf-8")
    else:
        response = HttpResponse(seal_json_text(seal), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="audit-seal-{seal.number}.{kind}"'
    return response


def seal_json_text(seal: Seal) -> str:
    """The export of a seal as indented JSON."""
    return json.dumps(seal_as_json(seal), indent=1)


class AlarmListView(AuditView):
    """The alarms: those nobody has looked into first, or all."""

    template_name = "audit/alarms.html"
    page_title = gettext_lazy("Alarms")
    header_icon = "warning"

    def get_context_data(self, **kwargs) -> dict:
        show_all = self.request.GET.get("state") == "all"
        alarms = Alarm.objects.all() if show_all else Alarm.objects.filter(acknowledged_at=None)
        before = self.request.GET.get("before", "")
        if before.isascii() and before.isdigit() and len(before) < 19:
            alarms = alarms.filter(pk__lt=int(before))
        rows = list(alarms.order_by("-pk")[: PAGE_SIZE + 1])
        return {
            **super().get_context_data(**kwargs),
            "alarms": rows[:PAGE_SIZE],
            "older": rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None,
            "show_all": show_all,
            "note_form": kwargs.get("note_form") or NoteForm(),
            "tabs": tabs("audit_alarms"),
        }


@require_POST
@_allowed
def acknowledge_alarm(request: HttpRequest, pk: int) -> HttpResponse:
    """Close one alarm with a note."""
    alarm = get_object_or_404(Alarm, pk=pk)
    try:
        acknowledge(alarm, request.POST.get("note", "")[:2000], request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The alarm is acknowledged."))
    return redirect("audit_alarms")


def tabs(current: str) -> list[dict]:
    """The ways between the pages of this room."""
    pages = [("audit_events", _("Events")), ("audit_seals", _("Seals")), ("audit_alarms", _("Alarms"))]
    return [{"url": reverse(name), "label": label, "current": name == current} for name, label in pages]
