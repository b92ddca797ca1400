"""The public search page: everything it shows stands in its address."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fonds.access.doors import door
from fonds.archive_pages.listings import page_number

from .find import COUNT_LIMIT, SORTS, Found, find_units
from .marks import extract, marked
from .models import SavedSearch
from .narrowing import FILTERS
from .page_hits import PageHit
from .query import parse
from .state import OldIndex
from .suggestions import did_you_mean, suggest
from .thumbnails import thumbnails

QUERY_LENGTH = 200
FEW = 3  # hits under which another spelling is looked for


@door(decides_itself="search.find.find_units")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """One box, facets, hits; ``?q=…&year=…&sort=…&page=…`` can be shared."""
    query = _query(request)
    filters = {name: request.GET.get(name, "").replace("\0", "") for name in FILTERS}
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "relevance"
    try:
        found = find_units(query, request.user, filters=filters, sort=sort, page=page_number(request.GET))
    except OldIndex as error:
        return render(request, "search/search.html", {"query": query, "refused": str(error)}, status=503)
    pictures = thumbnails(found.hits, request.user)
    context = {
        "query": query,
        "found": found,
        "listing": ResultPages(found),
        "hits": [
            Hit(unit, found.words, pictures.get(unit.pk, ""), found.page_hits.get(unit.pk, [])) for unit in found.hits
        ],
        "chosen": _chosen(found),
        "asked": bool(query or found.filters),
        "limit": COUNT_LIMIT,
        "sort": sort,
        "sorts": _sorts(),
        "meant": did_you_mean(parse(query), request.user) if query and found.count < FEW else "",
        "is_saved": _is_saved(request),
    }
    return render(request, "search/search.html", context)


def _query(request: HttpRequest) -> str:
    """What is searched: the words in the box, and those by which its results are searched again."""
    parts = (request.GET.get(name, "").replace("\0", " ").strip() for name in ("q", "within"))
    return " ".join(filter(None, parts))[:QUERY_LENGTH]


def _is_saved(request: HttpRequest) -> bool:
    """Whether the reader keeps this search already."""
    if not request.user.is_authenticated:
        return False
    return SavedSearch.objects.filter(user=request.user, address=request.GET.urlencode()).exists()


@door(decides_itself="search.suggestions.suggest")
@require_safe
def suggestions(request: HttpRequest) -> JsonResponse:
    """``?q=`` → ``{"suggestions": [{"text": …, "kind": "title" | "code" | "number" | "name"}]}``, at most eight."""
    try:
        found = suggest(request.GET.get("q", "").replace("\0", "")[:QUERY_LENGTH], request.user)
    except OldIndex:
        found = []
    return JsonResponse({"suggestions": [{"text": each.text, "kind": each.kind} for each in found]})


class Hit:
    """A found unit with the words marked, for the template."""

    def __init__(self, unit, words: list[str], picture: str, pages: list[PageHit]) -> None:
        self.unit = unit
        self.words = words
        self.picture = picture
        self.pages = pages

    @property
    def title(self) -> SafeString:
        return marked(self.unit.title, self.words)

    @property
    def code(self) -> SafeString:
        return marked(self.unit.shown_code, self.words)

    @property
    def document_number(self) -> SafeString:
        return marked(self.unit.document_number, self.words)

    @property
    def creator(self) -> SafeString:
        return marked(self.unit.creator, self.words)

    @property
    def snippet(self) -> SafeString | str:
        """The further lines of the entry (names, subject words, notes) in which a word stands, as they are written."""
        unit = self.unit
        known = {unit.title, unit.shown_code, unit.document_number, unit.creator}
        lines = [line for text in unit.searched_texts() if text for line in text.splitlines() if line not in known]
        return format_html_join(" · ", "{}", ((found,) for line in lines if (found := extract(line, self.words))))


class ResultPages:
    """What the pager include asks of a list."""

    def __init__(self, found: Found) -> None:
        self.number, self.last = found.page, found.pages
        self.has_previous, self.has_next = self.number > 1, self.number < self.last
        self.previous_page_number, self.next_page_number = self.number - 1, self.number + 1
        near = range(max(1, self.number - 2), min(self.last, self.number + 2) + 1)
        self.shown_numbers = sorted({1, *near, self.last})


def _chosen(found: Found) -> list[dict]:
    """The filters in force, with the words the reader knows them by."""
    labels = {(facet.name, value.value): value.label for facet in found.facets for value in facet.values}
    return [
        {"name": name, "value": value, "label": labels.get((name, value), value)}
        for name, value in found.filters.items()
    ]


def _sorts() -> list[tuple[str, str]]:
    return [
        ("relevance", _("Relevance")),
        ("newest", _("Newest first")),
        ("oldest", _("Oldest first")),
        ("code", _("Reference code")),
    ]
