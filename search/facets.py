"""The parts of what was found, with counts, by which a reader narrows the search."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fonds.access.decisions import is_archive_staff, visible
from fonds.access.enums import OpeningStatus
from fonds.access.models import Department
from fonds.archive_pages.enums import Level
from fonds.archive_pages.models import Category, FondsPage, RetentionPeriod

from .engines import among
from .media import Media, media_of

SHOWN = 12


@dataclass(frozen=True)
class FacetValue:
    """One value: what stands in the address, what the reader sees, how many of the found units have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Facet:
    """One way to narrow what was found; ``name`` is the filter of ``find_units``."""

    name: str
    label: str
    values: list[FacetValue]


def count_facets(rows: list[tuple], user) -> list[Facet]:
    """The facets of the found ``rows`` (as read by ``find_units``), each with its most frequent values."""
    if not rows:
        return []
    facets = [
        Facet("fonds", _("Fonds"), _fonds(rows, user)),
        Facet("category", _("Category"), _from_table(Category, Counter(row[2] for row in rows))),
        Facet("year", _("Year"), _years(Counter(row[3] for row in rows))),
        Facet("retention", _("Retention period"), _from_table(RetentionPeriod, Counter(row[4] for row in rows))),
        Facet("department", _("Department"), _from_table(Department, Counter(row[5] for row in rows))),
        Facet("level", _("Level"), _choices(Level, Counter(row[8] for row in rows))),
        Facet("scans", _("Scans"), _scans(Counter(row[6] > 0 for row in rows))),
        Facet("media", _("Media type"), _media(rows, user)),
    ]
    if is_archive_staff(user):
        facets.append(Facet("status", _("Opening status"), _choices(OpeningStatus, Counter(row[7] for row in rows))))
    return [facet for facet in facets if facet.values]


def _most(values: list[FacetValue]) -> list[FacetValue]:
    return sorted(values, key=lambda value: -value.count)[:SHOWN]


def _from_table(model, counts: Counter) -> list[FacetValue]:
    """Values from one of the archive's tables, named in the reader's language."""
    counts.pop(None, None)
    english = (get_language() or "").startswith("en")
    rows = model.objects.in_bulk(list(counts)) if counts else {}
    return _most(
        [
            FacetValue(row.code, row.name_en if english and row.name_en else row.name, counts[pk])
            for pk, row in rows.items()
        ]
    )


def _fonds(rows: list[tuple], user) -> list[FacetValue]:
    fonds = visible(FondsPage.objects.live(), user).values_list("path", "reference_code", "title")
    by_path = {path: (code, title) for path, code, title in fonds}
    lengths = {len(path) for path in by_path}
    counts = Counter(row[1][:length] for row in rows for length in lengths if row[1][:length] in by_path)
    return _most(
        [
            FacetValue(by_path[path][0] or "", f"{by_path[path][0]} {by_path[path][1]}", count)
            for path, count in counts.items()
        ]
    )


def _years(counts: Counter) -> list[FacetValue]:
    counts.pop(None, None)
    newest = sorted(counts, reverse=True)[:SHOWN]
    return [FacetValue(str(year), str(year), counts[year]) for year in newest]


def _scans(counts: Counter) -> list[FacetValue]:
    labels = {True: ("1", _("With scans")), False: ("0", _("Without scans"))}
    return [FacetValue(*labels[has], counts[has]) for has in (True, False) if counts[has]]


def _media(rows: list[tuple], user) -> list[FacetValue]:
    found = media_of(among((row[0] for row in rows), "unit"), user)
    return _choices(Media, Counter(kind for _unit, kind in found))


def _choices(choices, counts: Counter) -> list[FacetValue]:
    return [FacetValue(value, str(label), counts[value]) for value, label in choices.choices if counts[value]]
