"""Finding photographs by any fragment of their words, Chinese ones of one character too: the one place that does it."""

from django.db.models import QuerySet

from fonds.archive_pages.folding import folded_words


def find_photos(queryset: QuerySet, words: str) -> QuerySet:
    """The photographs of ``queryset`` whose title, number, persons, place or caption hold every word of ``words``."""
    for word in folded_words(words):
        queryset = queryset.filter(search_text__contains=word)
    return queryset
