"""The public list of policies: status filter, words, pages."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fonds.access.decisions import visible
from fonds.archive_pages.folding import folded_words
from fonds.archive_pages.listings import Listing, page_number
from fonds.archive_pages.reading import trail

from .enums import PolicyStatus

PER_PAGE = 20
DEFAULT_TITLE = "制度"  # as long as nobody gives the list another name, it is called so in the reader's language
PUBLIC_STATES = (PolicyStatus.IN_FORCE, PolicyStatus.REPLACED, PolicyStatus.REPEALED)


def list_context(page, policies: QuerySet, request) -> dict:
    """What the list at ``page`` shows for ``?status=``, ``?q=`` and ``?page=``; unknown values are as if absent."""
    status = request.GET.get("status", "")
    status = status if status in PUBLIC_STATES else ""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = visible(policies.live(), request.user).in_reading_order()
    for word in folded_words(words):
        found = found.filter(search_text__contains=word)
    if status:
        found = found.filter(standing=status)
    found = found.select_related("replaced_by").defer("body", "preface", "search_text")
    return {
        "heading": _("Policies") if page.title == DEFAULT_TITLE else page.title,
        "listing": Listing(found, "", page_number(request.GET), page_size=PER_PAGE),
        "states": PUBLIC_STATES,
        "status": status,
        "words": words,
        "trail": trail(page, request.user),
    }
