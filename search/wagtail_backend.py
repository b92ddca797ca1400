"""The search of Wagtail's admin over the index of this room: ``WAGTAILSEARCH_BACKENDS`` names this module.

Pages are found by any fragment of their entries, photographs by their words, everything else by the texts that its model
lists in ``search_fields``. Nothing is stored for it, so Wagtail's own index stays empty.
"""

from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, Q, QuerySet, TextField
from modelsearch.backends.base import BaseIndex, BaseSearchBackend, BaseSearchQueryCompiler, BaseSearchResults
from modelsearch.index import AutocompleteField, SearchField
from modelsearch.query import MatchAll, PlainText

from fonds.archive_pages.finding import find_by_words
from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import ArchiveImage
from fonds.collections.photo_search import find_photos

from .engines import engine
from .query import Term


def entry_or_draft(word: str, drafts: bool) -> Q:
    """The condition that the folded ``word`` stands in an entry, with ``drafts`` or in the title of its draft."""
    if len(word) > 1 or not drafts:
        return engine().entries(Term(word), drafts=drafts)
    return engine().entries(Term(word)) | engine().entries(Term(word, "draft"))


class NoIndex(BaseIndex):
    """What is found is indexed by this room itself, or not at all."""

    def add_model(self, model) -> None:
        """Nothing is kept for a model."""

    def refresh(self) -> None:
        """Nothing has to be made visible."""

    def reset(self) -> None:
        """Nothing is kept that could be emptied."""

    def add_item(self, obj) -> None:
        """Pages are entered by ``fonds.search.updates``."""

    def add_items(self, model, items) -> None:
        """Pages are entered by ``fonds.search.updates``."""

    def delete_item(self, item) -> None:
        """Pages are taken out by ``fonds.search.updates``."""


class Compiler(BaseSearchQueryCompiler):
    """A query set with the words of a query as a condition, in the order of the query set or by title."""

    def found(self) -> QuerySet:
        """The rows found, in order."""
        rows = self.queryset if isinstance(self.query, MatchAll) else find_rows(self.queryset, self._words())
        if not rows.ordered and issubclass(rows.model, ArchivePage):
            rows = rows.order_by("sort_key", "path")
        return rows if rows.ordered else rows.order_by("pk")

    def _words(self) -> str:
        return self.query.query_string if isinstance(self.query, PlainText) else str(self.query)

    def check(self) -> None:
        """Any condition and any order that a query set can have is welcome: the database answers."""


def find_rows(rows: QuerySet, words: str) -> QuerySet:
    """Those of ``rows`` in which every one of ``words`` occurs."""
    words = words.replace("\0", " ")
    if issubclass(rows.model, ArchivePage):
        return find_by_words(rows, words)
    if issubclass(rows.model, ArchiveImage):
        return find_photos(rows, words)
    columns = _texts(rows.model)
    for word in words.split() if columns else []:
        condition = Q()
        for column in columns:
            condition |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(condition)
    return rows if columns else rows.none()


def _texts(model) -> list[str]:
    """The columns of text among the search fields of ``model``."""
    names = {
        field.field_name for field in model.get_search_fields() if isinstance(field, SearchField | AutocompleteField)
    }
    found = []
    for name in sorted(names):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        if isinstance(field, CharField | TextField):
            found.append(name)
    return found


class Results(BaseSearchResults):
    """The rows of a query set, cut as they are asked for."""

    def _do_search(self) -> list:
        rows = self.query_compiler.found()
        if self.prefetch_related:
            rows = rows.prefetch_related(*self.prefetch_related)
        return list(rows[self.start : self.stop])

    def _do_count(self) -> int:
        found = self.query_compiler.found().order_by().count()
        return max(0, min(found, found if self.stop is None else self.stop) - self.start)


class SearchBackend(BaseSearchBackend):
    """The thin edge between Wagtail and this room."""

    query_compiler_class = autocomplete_query_compiler_class = Compiler
    index_class = NoIndex
    results_class = Results
