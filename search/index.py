"""What is indexed of entries and pages, and keeping it so: each function brings the index up to what the database says.

Access is not in the index: every statement that finds joins the page of the tree, whose classes are always in force.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction

from fonds.archive_pages.folding import fold
from fonds.archive_pages.models import ArchivePage, CodeRecord
from fonds.collections.models import PageScan

from .engines import PageText, engine
from .engines.base import ENTRY_FIELDS, in_chunks
from .models import IndexedEntry
from .query import LINE

OVERLAP = 31  # characters of the next page: fragments of up to 32 are found across the break
NAME_LENGTH = 40  # lines up to this length are names and subject words
CHUNK = 500
_FIELDS = (*ENTRY_FIELDS, "letters", "draft")


@transaction.atomic
def index_entries(page_ids: Iterable[int]) -> int:
    """Bring the entries of these pages of the tree up to date, gone ones too; how many were not."""
    changed = 0
    for chunk in in_chunks(page_ids, CHUNK):
        wanted = {entry.pk: entry for entry in entry_texts(chunk)}
        stored = IndexedEntry.objects.in_bulk(chunk)
        old = [entry for pk, entry in stored.items() if pk not in wanted or _differs(entry, wanted[pk])]
        new = [entry for pk, entry in wanted.items() if pk not in stored or _differs(stored[pk], entry)]
        engine().remove_entries(old)
        engine().add_entries(new)
        changed += len({entry.pk for entry in [*old, *new]} | {entry.page_id for entry in old})
    return changed


def _differs(one: IndexedEntry, other: IndexedEntry) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in _FIELDS)


def entry_texts(page_ids: Sequence[int]) -> list[IndexedEntry]:
    """The folded texts of these pages of the tree, unsaved."""
    former = defaultdict(list)
    for pk, code in CodeRecord.objects.filter(page_id__in=page_ids).order_by("code").values_list("page_id", "code"):
        former[pk].append(code)
    columns = ("pk", "title", "creator", "document_number", "reference_code", "search_text", "draft_title")
    rows = ArchivePage.objects.filter(pk__in=page_ids, depth__gt=1).order_by("pk").values_list(*columns)
    return [_entry(*row, former[row[0]]) for row in rows]


def _entry(
    pk: int, title: str, creator: str, number: str, code: str | None, text: str, draft: str, former: list[str]
) -> IndexedEntry:
    title, creator, number = fold(title), fold(creator), fold(number)
    codes = list(dict.fromkeys(fold(each) for each in [code or "", *former] if each))
    known = {title, creator, number, *codes}
    other = [line for line in text.split("\n") if line and line not in known]
    names = "".join(line for line in [title, creator, *other] if len(line) <= NAME_LENGTH or line == title)
    codes = f"{LINE}{LINE.join(codes)}{LINE}" if codes else ""
    letters = "".join(sorted(set(names)))
    draft = "" if (draft := fold(draft)) == title else draft
    # in the order of the columns, which costs a fifth of naming them
    return IndexedEntry(pk, title, creator, number, codes, "\n".join(other), letters, draft)


@transaction.atomic
def index_pages(unit_ids: Iterable[int]) -> int:
    """Bring the page texts of these units up to date, gone ones too; how many pages were not."""
    changed = 0
    for chunk in in_chunks(unit_ids, CHUNK):
        wanted = {page.id: page for page in page_texts(chunk)}
        stored = {page.id: page for page in engine().stored_pages(chunk)}
        old = [page for pk, page in stored.items() if wanted.get(pk) != page]
        new = [page for pk, page in wanted.items() if stored.get(pk) != page]
        engine().remove_pages(old)
        engine().add_pages(new)
        changed += len({page.id for page in [*old, *new]})
    return changed


def page_texts(unit_ids: Sequence[int]) -> list[PageText]:
    """The searched texts of all pages of these units that have any, in the order of the pages."""
    rows = (
        PageScan.objects.filter(unit_id__in=unit_ids).order_by("unit_id", "number").values_list("pk", "unit_id", "text")
    )
    folded = [(pk, unit, fold(text)) for pk, unit, text in rows]
    following = [*folded[1:], (0, 0, "")][: len(folded)]
    return [
        PageText(pk, unit, text + (next_text[:OVERLAP] if next_unit == unit else ""))
        for (pk, unit, text), (_pk, next_unit, next_text) in zip(folded, following, strict=True)
        if text
    ]
