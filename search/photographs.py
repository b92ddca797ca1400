"""The words of photographs (captions, the six elements, the names of marked persons): which units they lead to, and where.

A photograph carries its words folded, so they are looked through as they stand. All words of a question must stand in one
photograph.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from fonds.access.decisions import visible
from fonds.access.enums import Right
from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import ArchiveImage

from .marks import extract
from .query import Question

SHOWN = 3  # photographs of a unit that are shown


@dataclass(frozen=True)
class PhotoHit:
    """A photograph of a unit: its number, the address of its page, an extract with marks."""

    unit_id: int
    photo_number: str
    address: str
    snippet: SafeString | str


def units_of_photographs(question: Question, units: QuerySet, user, most: int) -> Counter:
    """In how many of the photographs of each of ``units`` that ``user`` may see all words stand; ``most`` photographs
    are counted."""
    rows = _matching(question, user).filter(unit__in=units.order_by().values("pk")).order_by("-pk")
    return Counter(rows.values_list("unit_id", flat=True)[:most])


def best_photographs(question: Question, unit_ids: Sequence[int], user) -> dict[int, list[PhotoHit]]:
    """The first photographs of these units that ``user`` may see and whose words say more than the unit's own title."""
    live = ArchivePage.objects.filter(pk__in=unit_ids).live()
    words = [term.text for term in question.words]
    rows = _matching(question, user).filter(unit__in=live.order_by().values("pk")).select_related("unit")
    found: dict[int, list[PhotoHit]] = {}
    for photo in rows.prefetch_related("marks__person").order_by("unit", "photo_number", "pk"):
        hits = found.setdefault(photo.unit_id, [])
        said = [text for text in photo.searched_texts() if text and text not in (photo.unit.title, photo.photo_number)]
        snippet = extract(" · ".join(dict.fromkeys(said)), words)
        if snippet and len(hits) < SHOWN:
            address = reverse("photo", args=[photo.pk])
            hits.append(PhotoHit(photo.unit_id, photo.photo_number or photo.title, address, snippet))
    return {unit: hits for unit, hits in found.items() if hits}


def _matching(question: Question, user) -> QuerySet[ArchiveImage]:
    """The photographs that ``user`` may see with all words and none of the unwanted ones."""
    rows = visible(ArchiveImage.objects.exclude(unit=None), user, right=Right.VIEW)
    for term in question.words:
        rows = rows.filter(search_text__contains=term.text)
    for term in question.unwanted:
        rows = rows.exclude(search_text__contains=term.text)
    return rows
