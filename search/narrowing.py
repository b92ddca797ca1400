"""The conditions by which a reader narrows what was found."""

from collections.abc import Mapping

from django.db.models import Q

from fonds.access.decisions import is_archive_staff, visible
from fonds.access.enums import OpeningStatus
from fonds.archive_pages.enums import Level
from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.reference_codes import normalise_code

from .media import Media, has_media

FILTERS = ("fonds", "category", "year", "retention", "department", "level", "scans", "media", "status")


def narrowing(filters: Mapping[str, str], user) -> dict[str, Q]:
    """The conditions that ``filters`` mean for ``user``, by name; only the archive's staff asks for an opening status,
    and a fonds that may not be known of is one that is not there."""
    conditions: dict[str, Q] = {}
    for name in ("category", "retention", "department"):
        if filters.get(name):
            conditions[name] = Q(**{f"{name}__code": filters[name]})
    if filters.get("fonds"):
        conditions["fonds"] = _in_fonds(filters["fonds"], user)
    if filters.get("year", "").isdecimal() and len(filters["year"]) <= 4:
        conditions["year"] = Q(year=int(filters["year"]))
    if filters.get("level") in Level.values:
        conditions["level"] = Q(level=filters["level"])
    if filters.get("scans") in {"0", "1"}:
        conditions["scans"] = Q(scan_count__gt=0) if filters["scans"] == "1" else Q(scan_count=0)
    if filters.get("media") in Media.values:
        conditions["media"] = has_media(filters["media"], user)
    if filters.get("status") in OpeningStatus.values and is_archive_staff(user):
        conditions["status"] = Q(opening_status=filters["status"])
    return conditions


def _in_fonds(code: str, user) -> Q:
    named = visible(ArchivePage.objects.filter(reference_code=normalise_code(code)), user)
    path = named.values_list("path", flat=True).first()
    return Q(path__startswith=path) if path else Q(pk__in=[])
