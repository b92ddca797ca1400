"""Sound and film for whoever may see the unit: stream, poster, captions, chapters; and the screens of its editors."""

import hashlib

from django import forms
from django.core.files.storage import storages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from fonds.access.decisions import require
from fonds.access.doors import door
from fonds.access.enums import Right
from fonds.archive_pages.models import ArchivePage
from fonds.audit import names
from fonds.audit.events import record
from fonds.audit.looks import record_look

from ..delivery.reading import deliver_read
from ..delivery.sending import deliver, deliver_bytes
from ..faults import ScanFault
from ..iiif.answers import open_to_other_sites
from ..models import Recording
from ..recognising.views import UnitView
from ..watermarks.rules import is_for_everybody, watermark_of_look, with_rule
from .actions import add_recording, set_words
from .deriving import web_type
from .jobs import queue_recordings
from .probing import SUFFIXES
from .transcripts import as_text, as_vtt, chapters_vtt, clock, decoded, read_chapters, read_transcript


def recording_for(request: HttpRequest, pk: int) -> Recording:
    """The recording, if the reader may see the content of its unit; else it is not there."""
    found = with_rule(Recording.objects.select_related("file__unit", "file__master").filter(pk=pk)).first()
    require(request.user, Right.VIEW, found and found.file.unit)
    return found


@door(decides_itself="recording_for", pk="recording")
@open_to_other_sites
def play(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What the player plays, in ranges: the copy for the web, or the master where browsers play it."""
    found = recording_for(request, pk)
    unit, master = found.file.unit, found.file.master
    if not unit.is_open:
        record_look(unit, user=request.user, request=request, detail={"recording": found.file.name})
    store, key = (storages["derivatives"], found.web) if found.web else (storages["masters"], master.key)
    mime_type = web_type(found)
    return deliver(
        request, store, key, mime_type=mime_type, name=found.file.name, etag=key.rsplit("/", 1)[-1], public=unit.is_open
    )


@door(decides_itself="recording_for", pk="recording")
@open_to_other_sites
def poster(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A picture out of a film."""
    found = recording_for(request, pk)
    if not found.poster:
        raise Http404
    unit, detail = found.file.unit, {"recording": found.file.name}
    words = watermark_of_look(request, unit, found.watermark, is_open=unit.is_open, detail=detail)
    public = is_for_everybody(found.watermark, is_open=unit.is_open)
    return deliver_read(request, found.poster, words, name=f"{pk}.jpg", public=public)


@door(decides_itself="recording_for", pk="recording")
@open_to_other_sites
def captions(request: HttpRequest, pk: int) -> HttpResponse:
    """The timed lines as WebVTT."""
    found = recording_for(request, pk)
    return _vtt(request, found, as_vtt(found.cues, found.duration))


@door(decides_itself="recording_for", pk="recording")
@require_safe
def chapters(request: HttpRequest, pk: int) -> HttpResponse:
    """The chapters as WebVTT."""
    found = recording_for(request, pk)
    return _vtt(request, found, chapters_vtt(found.chapters, found.duration))


def _vtt(request: HttpRequest, found: Recording, text: str) -> HttpResponse:
    data = text.encode()
    return deliver_bytes(
        request,
        data,
        mime_type="text/vtt",
        name="words.vtt",
        etag=hashlib.sha256(data).hexdigest()[:32],
        public=found.file.unit.is_open,
    )


@door(decides_itself="recording_for", pk="recording")
@require_safe
def master(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as it was delivered, for whoever may copy it."""
    found = recording_for(request, pk)
    unit, kept = found.file.unit, found.file.master
    require(request.user, Right.COPY, unit)
    record(
        names.ORIGINAL,
        unit=unit,
        user=request.user,
        request=request,
        detail={"recording": found.file.name, "sha256": kept.sha256},
    )
    return deliver(
        request, storages["masters"], kept.key, mime_type=kept.mime_type, name=found.file.name, etag=kept.sha256,
        public=False, as_attachment=True,
    )  # fmt: skip


class RecordingForm(forms.Form):
    """A sound or film file, with its transcript."""

    file = forms.FileField(
        label=gettext_lazy("Sound or film"), widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)})
    )
    words = forms.FileField(
        label=gettext_lazy("Transcript"), required=False,
        help_text=gettext_lazy("Text, WebVTT or SubRip; a line may begin with its time, 00:12."),
        widget=forms.FileInput(attrs={"accept": ".txt,.vtt,.srt"}),
    )  # fmt: skip

    def clean_words(self) -> list:
        """The lines of the transcript."""
        given = self.cleaned_data["words"]
        try:
            return read_transcript(decoded(given.read())) if given else []
        except ScanFault as fault:
            raise forms.ValidationError(str(fault)) from fault


@door(admin=True, pk="unit", right=Right.VIEW)
class RecordingsView(UnitView):
    """The recordings of a unit, and another one."""

    template_name = "collections/recordings/unit.html"
    form_class = RecordingForm
    page_title = gettext_lazy("Sound and film")

    def get_context_data(self, **kwargs) -> dict:
        found = (
            Recording.objects.select_related("file__master").filter(file__unit=self.unit.pk).order_by("file__number")
        )
        return {**super().get_context_data(**kwargs), "unit": self.unit, "recordings": found}

    def form_valid(self, form: RecordingForm) -> HttpResponse:
        upload = form.cleaned_data["file"]
        try:
            found, is_new = add_recording(
                self.unit, upload, self.request.user, name=upload.name, cues=form.cleaned_data["words"]
            )
        except ScanFault as fault:
            form.add_error("file", str(fault))
            return self.form_invalid(form)
        if not is_new:
            messages.warning(self.request, _("The unit has this recording already."))
            return redirect("unit_recordings", self.unit.pk)
        return redirect("job", queue_recordings([found.pk], self.request.user).pk)


class WordsForm(forms.Form):
    """Transcript and chapters of one recording."""

    transcript = forms.CharField(
        label=gettext_lazy("Transcript"), required=False, max_length=500_000,
        help_text=gettext_lazy("One line after the other; a line may begin with its time, 00:12."),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
    )  # fmt: skip
    chapters = forms.CharField(
        label=gettext_lazy("Chapters"), required=False, max_length=20_000,
        help_text=gettext_lazy("One a line: 00:12 title."), widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def clean_transcript(self) -> list:
        """The lines with their times."""
        return self._read(read_transcript, "transcript")

    def clean_chapters(self) -> list:
        """The chapters in their order."""
        return self._read(read_chapters, "chapters")

    def _read(self, reader, field: str) -> list:
        try:
            return reader(self.cleaned_data[field])
        except ScanFault as fault:
            raise forms.ValidationError(str(fault)) from fault


@door(admin=True, pk="recording")
class WordsView(UnitView):
    """Write down what is said, beside the player."""

    template_name = "collections/recordings/words.html"
    form_class = WordsForm
    page_title = gettext_lazy("Transcript")

    @cached_property
    def recording(self) -> Recording:
        return get_object_or_404(Recording.objects.select_related("file__unit", "file__master"), pk=self.kwargs["pk"])

    def find_unit(self) -> ArchivePage:
        return self.recording.file.unit

    def get_initial(self) -> dict:
        chapters_text = "\n".join(f"{clock(start)} {title}" for start, title in self.recording.chapters)
        return {"transcript": as_text(self.recording.cues), "chapters": chapters_text}

    def get_context_data(self, **kwargs) -> dict:
        return {**super().get_context_data(**kwargs), "unit": self.unit, "recording": self.recording}

    def form_valid(self, form: WordsForm) -> HttpResponse:
        set_words(self.recording, form.cleaned_data["transcript"], form.cleaned_data["chapters"], self.request.user)
        messages.success(self.request, _("The transcript is saved."))
        return redirect("recording_words", self.recording.pk)
