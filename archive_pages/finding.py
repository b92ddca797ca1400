"""Finding pages by the words of their entries. How a fragment is found is the business of the search, on a higher
floor; it enters its way in ``conditions`` when it is ready."""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from .folding import folded_words


def plain(word: str, drafts: bool) -> Q:
    """The condition that the folded ``word`` stands in an entry, with ``drafts`` or in its draft's title; without an
    index."""
    found = Q(search_text__contains=word)
    return found | Q(draft_title__contains=word) if drafts else found


#: The last one is in force.
conditions: list[Callable[[str, bool], Q]] = [plain]


def find_by_words(queryset: QuerySet, query: str, *, drafts: bool = False) -> QuerySet:
    """Pages with every word of ``query`` as a fragment of title, code, document number, creator or names. Titles of
    ``drafts`` count only where all pages are those that the person writes: a hit would tell others what is in them."""
    for word in folded_words(query):
        queryset = queryset.filter(conditions[-1](word, drafts))
    return queryset
