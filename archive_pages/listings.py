"""Listings of the units under a page: paged, sorted, filtered; the number of queries never depends on their number."""

import math
from dataclasses import dataclass, field
from functools import cached_property

from django import forms
from django.db.models import F, QuerySet, Value
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from fonds.access.decisions import is_archive_staff, visible
from fonds.access.enums import OpeningStatus
from fonds.access.models import Department

from .folding import folded_words
from .models import ArchivePage, RetentionPeriod

PAGE_SIZE = 50
COUNT_LIMIT = 10_000
SORTS = {"code": "sort_key", "title": "title", "date": "date_start", "pages": "page_count"}
SCANS = [("", _("All")), ("1", _("With scans")), ("0", _("Without scans"))]


class ListingForm(forms.Form):
    """What a reader may narrow a listing by. Bad values are named beside their field and do not narrow it."""

    text = forms.CharField(label=_("Words"), required=False, max_length=100)
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1, max_value=9999)
    retention = forms.ChoiceField(label=_("Retention period"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)
    status = forms.ChoiceField(
        label=_("Opening status"), required=False, choices=[("", _("All")), *OpeningStatus.choices]
    )
    scans = forms.ChoiceField(label=_("Scans"), required=False, choices=SCANS)

    def __init__(self, data, *, staff: bool) -> None:
        super().__init__(data)
        if not staff:
            del self.fields["status"]
        for name, choices in table_choices().items():
            self.fields[name].choices = [("", _("All")), *choices]

    def narrow(self, rows: QuerySet) -> QuerySet:
        """``rows`` under the conditions that are given and sound."""
        self.is_valid()
        values = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        for word in folded_words(values.get("text", "")):
            rows = rows.filter(search_text__contains=word)
        for name in ("year", "retention", "department"):
            if name in values:
                rows = rows.filter(**{name: int(values[name])})
        if "status" in values:
            rows = rows.filter(opening_status=values["status"])
        if "scans" in values:
            rows = rows.filter(scan_count__gt=0) if values["scans"] == "1" else rows.filter(scan_count=0)
        return rows

    @property
    def is_narrowing(self) -> bool:
        """Whether any condition is given."""
        return any(self.data.get(name) for name in self.fields)


def table_choices() -> dict[str, list[tuple[str, str]]]:
    """Retention periods and departments as choices in the reader's language: one query for both tables."""
    columns = ("pk", "code", "name", "name_en")
    rows = RetentionPeriod.objects.order_by().values_list(Value("retention"), *columns)
    rows = rows.union(Department.objects.order_by().values_list(Value("department"), *columns), all=True)
    english = (get_language() or "").startswith("en")
    choices: dict[str, list[tuple[str, str]]] = {"retention": [], "department": []}
    for table, pk, code, name, name_en in sorted(rows, key=lambda row: row[2]):
        choices[table].append((str(pk), f"{code} {name_en if english and name_en else name}"))
    return choices


@dataclass
class Listing:
    """One page of a listing. ``count`` is exact up to ``COUNT_LIMIT``; beyond it ``capped`` is true."""

    queryset: QuerySet
    sort: str
    wanted: int
    form: ListingForm | None = None
    page_size: int = PAGE_SIZE
    columns: list = field(default_factory=list)

    @cached_property
    def _counted(self) -> int:
        return self.queryset.order_by()[: COUNT_LIMIT + 1].count()

    @property
    def count(self) -> int:
        return min(self._counted, COUNT_LIMIT)

    @property
    def capped(self) -> bool:
        return self._counted > COUNT_LIMIT

    @property
    def last(self) -> int:
        """The number of the last page that is offered."""
        return max(1, math.ceil(self.count / self.page_size))

    @property
    def number(self) -> int:
        """The page shown, from 1: the wanted one, or the nearest that exists."""
        return max(1, min(self.wanted, self.last))

    @cached_property
    def rows(self) -> list[ArchivePage]:
        start = (self.number - 1) * self.page_size
        return list(self.queryset[start : start + self.page_size])

    @property
    def first_row(self) -> int:
        return (self.number - 1) * self.page_size + 1 if self.count else 0

    @property
    def last_row(self) -> int:
        return (self.number - 1) * self.page_size + len(self.rows)

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.last

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1

    @property
    def shown_numbers(self) -> list[int]:
        """First, last and the pages around this one."""
        near = range(max(1, self.number - 2), min(self.last, self.number + 2) + 1)
        return sorted({1, *near, self.last})


@dataclass(frozen=True)
class Column:
    """A sortable head: ``next_sort`` is what a click asks for, ``aria`` how it is sorted now."""

    name: str
    label: str
    next_sort: str
    aria: str
    is_number: bool = False


def list_children(parent: ArchivePage, user, data) -> Listing:
    """The live children of ``parent`` that ``user`` may know of, as the query string ``data`` asks."""
    form = ListingForm(data, staff=is_archive_staff(user))
    children = visible(ArchivePage.objects.child_of(parent).live(), user)
    rows = form.narrow(children.select_related("retention", "department").defer("search_text"))
    sort = data.get("sort", "")
    if sort.lstrip("-") not in SORTS:
        sort = "code"
    return Listing(ordered(rows, sort), sort, page_number(data), form, columns=columns(sort))


def ordered(rows: QuerySet, sort: str) -> QuerySet:
    """``rows`` by one of ``SORTS``, descending with a leading minus; empty values last, then by code."""
    column = F(SORTS[sort.lstrip("-")])
    by = column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True)
    if sort == "code":
        by = F("sort_key").asc()
    elif sort == "-code":
        by = F("sort_key").desc()
    return rows.order_by(by, "path") if sort.lstrip("-") == "code" else rows.order_by(by, "sort_key", "path")


def columns(sort: str) -> list[Column]:
    """The sortable heads of a listing now sorted by ``sort``."""
    labels = {
        "code": _("Reference code"),
        "title": _("Title"),
        "date": _("Date"),
        "pages": pgettext_lazy("of a record", "Pages"),
    }
    heads = []
    for name, label in labels.items():
        aria = {name: "ascending", f"-{name}": "descending"}.get(sort, "none")
        heads.append(Column(name, label, f"-{name}" if sort == name else name, aria, name == "pages"))
    return heads


def page_number(data, name: str = "page") -> int:
    """The page number in the query string, 1 where it is missing or no number."""
    value = data.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 9 else 1
