"""The pages of a found unit on which the words stand: which are best, what to show of them, where they open."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Left
from django.utils.safestring import SafeString

from fonds.access.decisions import visible
from fonds.access.enums import Right
from fonds.archive_pages.folding import fold, fold_with_places
from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import PageScan

from .engines import engine
from .index import OVERLAP
from .marks import extract
from .query import Question

CANDIDATES = 4  # pages of a unit that are looked at
SHOWN = 3  # pages of a unit that are shown
_HEAD = 4 * OVERLAP  # characters of the next page as written, enough for the folded ones


@dataclass(frozen=True)
class PageHit:
    """One page of a unit: its number, the address in the viewer (to follow the unit's own) where the ``words`` are
    marked on the picture, an extract with marks."""

    unit_id: int
    number: int
    snippet: SafeString | str
    words: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        asked = [("page", self.number), *(("mark", word) for word in self.words)]
        return f"?{urlencode(asked)}#viewer"


def best_pages(question: Question, unit_ids: Sequence[int], user) -> dict[int, list[PageHit]]:
    """The best pages of each of these units whose content ``user`` may see: those with most of the words first."""
    viewable = visible(ArchivePage.objects.filter(pk__in=unit_ids).live(), user, right=Right.VIEW)
    ids = [pk for pk, _unit in engine().pages_of(question, viewable, unit_ids, CANDIDATES)]
    if not ids:
        return {}
    following = PageScan.objects.filter(unit=OuterRef("unit"), number__gt=OuterRef("number")).order_by("number")
    rows = (
        PageScan.objects.filter(pk__in=ids)
        .annotate(head=Left(Subquery(following.values("text")[:1]), _HEAD))
        .values_list("unit_id", "number", "text", "head")
    )
    words = [term.text for term in question.words]
    weighed = defaultdict(list)
    for unit, number, text, head in rows:
        weight = _weight(text, head or "", words)
        if weight:
            weighed[unit].append((-weight, number, text, head or ""))
    return {
        unit: [
            PageHit(unit, number, extract(text + _head(head), words), tuple(words))
            for _weight, number, text, head in sorted(pages)[:SHOWN]
        ]
        for unit, pages in weighed.items()
    }


def _weight(text: str, head: str, words: list[str]) -> int:
    """How often ``words`` begin on the page itself; none of them may only do so on the next one."""
    own = fold(text)
    whole = own + fold(head)[:OVERLAP]
    return sum(whole.count(word, 0, len(own) + len(word) - 1) for word in words)


def _head(head: str) -> str:
    """As much of the beginning of the next page as belongs to the searched text."""
    places = fold_with_places(head)[1]
    return head[: places[OVERLAP]] if len(places) > OVERLAP else head
