"""What stands on the screen of the window: all of it from the request as it is kept, so that it reopens where it was."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from fonds.access.decisions import may, visible
from fonds.access.enums import Right
from fonds.archive_pages.enums import Level
from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import PageScan
from fonds.search.find import find_units
from fonds.search.state import OldIndex
from fonds.search.views import Hit

from ..enterprises.finding import find_enterprises, number_fault
from ..readers.actions import BLOCK_PERMISSION, check_served
from ..readers.enums import ListName
from ..readers.models import ListEntry
from . import actions
from .basket import basket_of
from .entitlement import Entitlement, approvals_of, entitlement
from .forms import PurposeForm, ReaderForm
from .models import UseRequest, WindowSettings
from .prints import new_token

HITS = 12
STRIP = 12  # thumbnails on either side of the page
BELOW = 60  # units of a file that are listed
GREEN, AMBER = 180, 300  # seconds


@dataclass
class Pages:
    """The pages of the record that is shown: two beside each other, a strip around them, what may be done."""

    unit: ArchivePage
    rights: Entitlement
    shown: list[PageScan]
    strip: list[tuple[int, int]]  # number, key
    numbers: list[int]
    below: list[ArchivePage]
    below_count: int = 0
    above: ArchivePage | None = None  # the file of a record

    @property
    def number(self) -> int | None:
        return self.shown[0].number if self.shown else None

    @property
    def previous(self) -> int | None:
        return self._beside(-1)

    @property
    def next(self) -> int | None:
        return self._beside(1)

    @cached_property
    def is_sealed_for_all(self) -> bool:
        from fonds.access.grants.rules import is_sealed

        return is_sealed(self.unit)

    def _beside(self, step: int) -> int | None:
        if self.number is None:
            return None
        place = self.numbers.index(self.number) + step
        return self.numbers[place] if 0 <= place < len(self.numbers) else None


def screen(request: HttpRequest, served: UseRequest, *, status: int = 200, **more) -> HttpResponse:
    """The screen of ``served``; ``more`` are faults, forms that were sent, readers that were found."""
    approvals = approvals_of(served)
    pages = pages_of(served, request.user, approvals)
    lines = basket_of(served, request.user, approvals)
    items = list(served.items.all())
    context = {
        "served": served,
        "reader_fault": _reader_fault(served),
        "may_block": request.user.has_perm(BLOCK_PERMISSION),
        "pages": pages,
        "lines": lines,
        "basket_count": sum(len(line.items) for line in lines),
        "ticked": {item.page for item in items if item.ticked_at and pages and item.unit_id == pages.unit.pk},
        "prints": list(served.prints.prefetch_related("certificates")),
        "shown_count": sum(1 for item in items if item.shown_at),
        "waits": any(approval.state == "waiting" for approval in approvals),
        "token": new_token(),
        "charges": WindowSettings.load().charges,
        "clock": clock(served),
        **_hits(served, request.user),
        **_forms(served),
        **more,
    }
    return render(request, "reading_room/desk/request.html", context, status=status)


def clock(served: UseRequest) -> dict:
    """What the clock of ``served`` shows, and from how many seconds on it is amber and red."""
    return {"shown": f"{served.seconds // 60:02d}:{served.seconds % 60:02d}", "amber_from": GREEN, "red_from": AMBER}


def _forms(served: UseRequest) -> dict:
    entries = list(ListEntry.objects.filter(is_used=True))
    lists = {name: [entry for entry in entries if entry.list == name] for name in ListName.values}
    purpose = {"purpose": served.purpose_id, "note": served.purpose_note}
    return {"reader_form": ReaderForm(lists=lists), "purpose_form": PurposeForm(initial=purpose, lists=lists)}


def _reader_fault(served: UseRequest) -> str:
    """Why the reader, who was let in, may not be served any more."""
    from django.core.exceptions import ValidationError

    if served.reader is None:
        return ""
    try:
        check_served(served.reader, served.letter)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _hits(served: UseRequest, user) -> dict:
    """Dossiers of enterprises first, then what the whole search finds."""
    query = served.query.strip()
    if not query:
        return {"query": "", "hits": [], "enterprises": [], "found": None}
    enterprises = find_enterprises(query, user)
    try:
        found = find_units(query, user, page_size=HITS)
    except OldIndex as error:
        return {"query": query, "hits": [], "enterprises": enterprises, "search_fault": str(error), "found": None}
    known = {hit.unit.pk for hit in enterprises}
    hits = [Hit(unit, found.words, "", found.page_hits.get(unit.pk, [])) for unit in found.hits if unit.pk not in known]
    fault = number_fault(query)
    return {"query": query, "hits": hits, "enterprises": enterprises, "found": found, "search_fault": fault}


def pages_of(served: UseRequest, user, approvals=None) -> Pages | None:
    """The record where the clerk is, with its pages where they may be shown; ``None`` where there is none (any more)."""
    unit = ArchivePage.objects.filter(pk=served.shown_unit_id).select_related("category").first()
    if unit is None or not may(user, Right.CATALOGUE, unit):
        return None
    rights = entitlement(served, unit, user, approvals)
    below = visible(ArchivePage.objects.child_of(unit).exclude(level="").live(), user).order_by("sort_key", "path")
    listed = list(below[: BELOW + 1]) if unit.level != Level.ITEM else []
    pages = Pages(unit, rights, [], [], [], listed[:BELOW], below.count() if len(listed) > BELOW else len(listed))
    if unit.level == Level.ITEM:
        pages.above = visible(ArchivePage.objects.parent_of(unit).filter(level=Level.FILE), user).first()
    if rights.may_show and unit.scan_count:
        _add_pages(pages, served.shown_page)
    return pages


def _add_pages(pages: Pages, wanted: int | None) -> None:
    rows = list(PageScan.objects.filter(unit_id=pages.unit.pk).order_by("number").values_list("number", "pk"))
    if not rows:
        return
    pages.numbers = [number for number, _pk in rows]
    number = wanted if wanted in pages.numbers else pages.numbers[0]
    place = pages.numbers.index(number)
    keys = [pk for _number, pk in rows[place : place + 2]]
    pages.shown = list(PageScan.objects.filter(pk__in=keys).defer("text").order_by("number"))
    pages.strip = rows[max(0, place - STRIP) : place + STRIP]


def go_to(served: UseRequest, user, data) -> None:
    """Follow what the address asks for: ``q`` (a search), ``unit`` and ``page``; what was seen is noted at once."""
    if "q" in data:
        actions.set_query(served, data["q"].replace("\0", " ").strip()[:200])
    if "unit" not in data:
        return
    number = data["unit"]
    page = data.get("page", "")
    served.shown_unit_id = int(number) if number.isdecimal() and len(number) < 18 else None
    served.shown_page = int(page) if page.isdecimal() and len(page) < 9 else None
    pages = pages_of(served, user)
    served.refresh_from_db(fields=["shown_unit", "shown_page"])
    if pages is None:
        from django.http import Http404

        raise Http404(_("There is no such record."))
    actions.show(served, pages.unit, pages.shown, user)
