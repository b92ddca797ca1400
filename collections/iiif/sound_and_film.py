"""Recordings in manifests: canvases that last (IIIF Presentation API 3.0, 5.3), their captions, their chapters as ranges."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from fonds.archive_pages.models import ArchivePage

from ..models import Recording
from ..recordings.deriving import web_type
from .languages import as_written, in_all_languages
from .presentation import Maker

CAPTIONS = gettext_noop("Transcript")
CHAPTERS = gettext_noop("Chapters")


def recordings_of(unit: ArchivePage) -> QuerySet[Recording]:
    """The recordings of ``unit`` in their order, as far as it is known how long they last."""
    found = Recording.objects.filter(file__unit=unit.pk, duration__gt=0).select_related("file__master")
    return found.defer("searched", "waveform").order_by("file__number", "pk")


def recording_canvas(maker: Maker, recording: Recording) -> dict:
    """One recording, which the reader may hear and see."""
    address, seconds = maker.address("iiif_recording_canvas", recording.pk), round(recording.duration, 3)
    sides = {"width": recording.width, "height": recording.height} if recording.is_film and recording.width else {}
    body = {"id": maker.address("recording", recording.pk), "type": "Video" if sides else "Sound",
            "format": web_type(recording), "duration": seconds, **sides}  # fmt: skip
    canvas = {
        "id": address,
        "type": "Canvas",
        "label": as_written(recording.file.name),
        "duration": seconds,
        **sides,
        "items": [_page(f"{address}/media", "painting", body, address)],
    }
    if recording.is_timed:
        text = {"id": maker.address("recording_captions", recording.pk), "type": "Text", "format": "text/vtt",
                "label": in_all_languages(CAPTIONS)}  # fmt: skip
        canvas["annotations"] = [_page(f"{address}/captions", "supplementing", text, address)]
    if recording.poster:
        canvas["thumbnail"] = [
            {"id": maker.address("recording_poster", recording.pk), "type": "Image", "format": "image/jpeg"}
        ]
    return canvas


def chapters_of(maker: Maker, recordings: Sequence[Recording]) -> list[dict]:
    """The table of contents: a range for each recording that has chapters, with one for each of them."""
    return [_range(maker, recording) for recording in recordings if recording.chapters]


def _range(maker: Maker, recording: Recording) -> dict:
    address = maker.address("iiif_recording_canvas", recording.pk)
    ends = [start for start, _title in recording.chapters[1:]] + [round(recording.duration, 3)]
    chapters = [
        {"id": f"{address}/chapter/{number}", "type": "Range", "label": as_written(title),
         "items": [{"id": f"{address}#t={start:g},{end:g}", "type": "Canvas"}]}
        for number, ((start, title), end) in enumerate(zip(recording.chapters, ends, strict=True), 1)
    ]  # fmt: skip
    return {
        "id": f"{address}/chapters",
        "type": "Range",
        "label": in_all_languages(CHAPTERS),
        "items": chapters,
    }


def _page(address: str, motivation: str, body: dict, canvas: str) -> dict:
    annotation = {"id": f"{address}/1", "type": "Annotation", "motivation": motivation, "target": canvas, "body": body}
    return {"id": address, "type": "AnnotationPage", "items": [annotation]}
