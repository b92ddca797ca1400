"""Recordings belong to a unit: taking them in, and setting what is read while they play."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from fonds.access.decisions import is_archive_staff
from fonds.archive_pages.models import ArchivePage
from fonds.audit import names
from fonds.audit.events import record

from ..enums import ObjectRole
from ..masters import store_master
from ..models import DigitalObject, Recording
from ..scan_log import ADD_RECORDING
from ..scans import refuse_secret
from ..storage import as_path
from .probing import probe
from .transcripts import Cue, searched_text

TRANSCRIPT = "recording.transcript"
names.register(TRANSCRIPT, _("Transcript of a recording changed"))


def add_recording(
    unit: ArchivePage, source: BinaryIO | Path, user=None, *, name: str | None = None, cues: Sequence[Cue] = ()
) -> tuple[Recording, bool]:
    """Keep ``source`` (a path, or a binary stream with its ``name``) as a recording of ``unit``, behind those it has; and whether it was not there before. The
    same content again changes nothing. Derivatives are the caller's to queue (``jobs.queue_recordings``).

    Raises ``ScanFault`` for a file that is no sound or film, or a unit marked 机密 or 绝密; ``PermissionDenied``.
    """
    if user is not None and not is_archive_staff(user):
        raise PermissionDenied
    refuse_secret(unit)
    with as_path(source) as path:
        name = name or path.name
        found = probe(path, name)
        master = store_master(path, found.mime_type)
    with transaction.atomic():
        ArchivePage.objects.select_for_update().only("pk").get(pk=unit.pk)
        objects = DigitalObject.objects.filter(unit=unit.pk, role=ObjectRole.RECORDING)
        there = Recording.objects.filter(file__in=objects, file__master=master).first()
        if there:
            return there, False
        number = (objects.aggregate(last=Max("number"))["last"] or 0) + 1
        file = DigitalObject.objects.create(
            unit_id=unit.pk, master=master, role=ObjectRole.RECORDING, number=number, name=name[-255:]
        )
        fields = {key: value for key, value in found._asdict().items() if key != "mime_type"}
        recording = Recording.objects.create(file=file, cues=list(cues), searched=searched_text(cues), **fields)
        log(unit, ADD_RECORDING, user=user, data={"name": file.name, "sha256": master.sha256})
    return recording, True


@transaction.atomic
def set_words(recording: Recording, cues: Sequence[Cue], chapters: Sequence[Sequence], user=None) -> None:
    """Give ``recording`` its transcript and chapters."""
    fields = {"cues": list(cues), "chapters": list(chapters), "searched": searched_text(cues)}
    Recording.objects.filter(pk=recording.pk).update(**fields)
    recording.cues, recording.chapters = list(cues), list(chapters)
    detail = {"file": recording.file.name, "lines": len(recording.cues), "chapters": len(recording.chapters)}
    record(TRANSCRIPT, unit=recording.file.unit, user=user, detail=detail)
