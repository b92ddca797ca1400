"""Finding pages by the words of their entries. How a fragment is found is the business of the search, on a higher
floor; it enters its way in ``conditions`` when it is ready."""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from .folding import folded_words


def plain(word: str) -> Q:
    """The condition that the folded ``word`` stands in an entry or its draft's title, without an index."""
    return Q(search_text__contains=word) | Q(draft_title__contains=word)


#: The last one is in force.
conditions: list[Callable[[str], Q]] = [plain]


def find_by_words(queryset: QuerySet, query: str) -> QuerySet:
    """Pages with every word of ``query`` as a fragment of title, code, document number, creator or names."""
    for word in folded_words(query):
        queryset = queryset.filter(conditions[-1](word))
    return queryset
