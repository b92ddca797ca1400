"""Finding photographs by any fragment of their words, Chinese ones of one character too: the one place that does it."""

from django.db.models import QuerySet

from fonds.archive_pages.folding import fold


def find_photos(queryset: QuerySet, words: str) -> QuerySet:
    """The photographs of ``queryset`` whose title, number, persons, place or caption hold every word of ``words``."""
    for word in words.split():
        queryset = queryset.filter(search_text__contains=fold(word))
    return queryset
