"""The words of transcripts: units whose recordings have them, and the moment at which they are spoken.

Transcripts are few beside pages, so their folded text is looked through as it stands. All words of a question must
stand in one transcript.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from fonds.access.decisions import visible
from fonds.access.enums import Right
from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import Recording
from fonds.collections.recordings.transcripts import clock, line_with

from .marks import extract
from .query import Question

SHOWN = 3  # recordings of a unit that are shown
AROUND = 3  # lines of an extract


@dataclass(frozen=True)
class MomentHit:
    """A moment of a recording: when it is (``moment``, as it is read; empty where the transcript has no times), the
    address to follow the unit's own (``query``), an extract with marks."""

    unit_id: int
    moment: str
    query: str
    snippet: SafeString | str


def units_of_transcripts(question: Question, units: QuerySet, most: int) -> Counter:
    """In how many recordings of each of ``units``, whose content the reader may see, all words are spoken; ``most``
    recordings are counted."""
    rows = _matching(question).filter(file__unit__in=units.order_by().values("pk")).order_by("-pk")
    return Counter(rows.values_list("file__unit_id", flat=True)[:most])


def best_moments(question: Question, unit_ids: Sequence[int], user) -> dict[int, list[MomentHit]]:
    """Where the first of the words is spoken in the recordings of these units whose content ``user`` may see."""
    seen = visible(ArchivePage.objects.filter(pk__in=unit_ids).live(), user, right=Right.VIEW)
    words = [term.text for term in question.words]
    rows = (
        _matching(question).filter(file__unit__in=seen.order_by().values("pk")).order_by("file__unit", "file__number")
    )
    found: dict[int, list[MomentHit]] = {}
    for pk, unit, cues in rows.values_list("pk", "file__unit_id", "cues"):
        if len(found.setdefault(unit, [])) < SHOWN:
            place = line_with(cues, words[0])
            start = cues[place][0]
            asked = "" if start is None else "?" + urlencode({"t": f"{start:g}"})
            text = "\n".join(line[2] for line in cues[place : place + AROUND])
            moment = "" if start is None else clock(start)
            found[unit].append(MomentHit(unit, moment, f"{asked}#recording-{pk}", extract(text, words)))
    return found


def _matching(question: Question) -> QuerySet[Recording]:
    """Recordings with all words and none of the unwanted ones in their transcript."""
    rows = Recording.objects.exclude(searched="")
    for term in question.words:
        rows = rows.filter(searched__contains=term.text)
    for term in question.unwanted:
        rows = rows.exclude(searched__contains=term.text)
    return rows
