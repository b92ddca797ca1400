"""The access class of photographs: the stricter of their own opening status and their unit's content.

Kept in one statement for a whole subtree, called back by ``fonds.archive_pages.standing`` after each refresh.
"""

from django.conf import settings
from django.db import connection

from fonds.access.classes import OWNED, class_of
from fonds.access.enums import OpeningStatus, Rank
from fonds.archive_pages.models import ArchivePage

from .models import ArchiveImage

_SQL = """
UPDATE {image} SET catalogue_class = fresh.class, content_class = fresh.class
FROM (
    SELECT photo.id, CASE WHEN photo.opening_status = %(open)s THEN COALESCE(unit.content_class, 0)
           ELSE {greatest}(COALESCE(unit.content_class, 0), {floor}) END AS class
    FROM {image} photo LEFT JOIN {page} unit ON unit.id = photo.unit_id
    WHERE {which}
) AS fresh
WHERE {image}.id = fresh.id AND {image}.content_class <> fresh.class
"""


def refresh_photo_standing(path: str) -> None:
    """Compute the access class anew for the photographs of the units at ``path`` and below; from the root, for those of
    no unit too."""
    rank = Rank(settings.FONDS_UNOPENED_CONTENT_RANK)
    floor = f"{OWNED} + COALESCE(unit.owner_department_id, 0)" if rank == Rank.DEPARTMENT else str(class_of(rank))
    statement = _SQL.format(
        image=ArchiveImage._meta.db_table,
        page=ArchivePage._meta.db_table,
        greatest="GREATEST" if connection.vendor == "postgresql" else "MAX",
        floor=floor,
        which="TRUE" if len(path) == ArchivePage.steplen else "unit.path BETWEEN %(path)s AND %(end)s",
    )
    end = path + ArchivePage.alphabet[-1] * (ArchivePage._meta.get_field("path").max_length - len(path))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"open": OpeningStatus.OPEN.value, "path": path, "end": end})
