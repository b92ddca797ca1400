"""Values for the arguments of every address, by the kind that its door gives to each argument.

``VARIED`` holds the kinds that lead to a unit, photograph or document: a value for each state. ``FIXED`` holds all others,
one value each. An address with a kind that stands in neither fails the matrix test: enter it here.
"""

from collections.abc import Callable

from fonds.archive_pages.models import CodeRecord

from .matrix_data import World
from .matrix_oracle import sees_content, sees_entry, sees_grant, sees_request

MISSING = 987_654_321
ENTRY, CONTENT = sees_entry, sees_content


class Varied:
    """A kind with a value for each state; ``judge`` says whether a role may have the thing."""

    def __init__(
        self, values: Callable[[World], dict[str, object]], judge: Callable, missing: object = MISSING
    ) -> None:
        self._find, self.judge, self.missing = values, judge, missing
        self._found: tuple[World, dict[str, object]] | None = None

    def values(self, world: World) -> dict[str, object]:
        """State → value, looked up once for a data set."""
        if self._found is None or self._found[0] is not world:
            self._found = world, self._find(world)
        return self._found[1]


def _revisions(world: World) -> dict[str, object]:
    return {state: unit.latest_revision_id for state, unit in world.units.items()}


def _code_records(world: World) -> dict[str, object]:
    numbers = dict(CodeRecord.objects.values_list("page_id", "pk"))
    return {state: numbers[unit.pk] for state, unit in world.units.items()}


def _paths(world: World) -> dict[str, object]:
    """Files of the library: the pictures themselves, and the documents."""
    files = {state: photo.file.name for state, photo in world.photos.items()}
    return {**files, **{state: document.file.name for state, document in world.documents.items()}}


def _renditions(world: World) -> dict[str, object]:
    return {state: photo.renditions.first().file.name for state, photo in world.photos.items()}


def _url_paths(world: World) -> dict[str, object]:
    start = len(world.home.url_path)
    return {state: unit.url_path[start:] for state, unit in world.units.items()}


def _numbers(name: str) -> Callable[[World], dict[str, object]]:
    return lambda world: {state: row.pk for state, row in getattr(world, name).items()}


VARIED = {
    "unit": Varied(_numbers("units"), ENTRY),
    "photo": Varied(_numbers("photos"), CONTENT),
    "document": Varied(_numbers("documents"), CONTENT),
    "scan": Varied(_numbers("scans"), CONTENT),
    "scan_of_entry": Varied(_numbers("scans"), ENTRY),  # who may know of the unit is told that the page is closed
    "revision": Varied(_revisions, ENTRY),
    "code": Varied(
        lambda world: {s: unit.reference_code for s, unit in world.units.items()}, ENTRY, "J037-WS·2008-Y-X-9"
    ),
    "code_record": Varied(_code_records, ENTRY),
    "grant": Varied(_numbers("grants"), sees_grant),
    "access_request": Varied(_numbers("requests"), sees_request),
    "page_path": Varied(_url_paths, ENTRY, "fonds/unknown/"),
    "library_path": Varied(_paths, CONTENT, "original_images/unknown.jpg"),
    "person": Varied(_numbers("persons"), CONTENT),
    "negative": Varied(_numbers("negatives"), CONTENT),
    "document_name": Varied(
        lambda world: {state: row.filename for state, row in world.documents.items()}, CONTENT, "unknown.txt"
    ),
}
RENDITIONS = Varied(_renditions, CONTENT, "images/unknown.jpg")
PAGE_MODEL = "itempage"
FIXED: dict[str, object] = {
    "workflow_state": MISSING, "task_state": MISSING, "task": MISSING, "workflow": MISSING,
    "library_folder": 1, "upload": MISSING, "page_app": "archive_pages", "page_model": PAGE_MODEL,
    "workflow_action": "approve", "filter_spec": "max-100x100", "editing_session": MISSING, "redirect": MISSING,
    "account_code": "MQ", "token": "set-password", "sitemap_section": "pages", "view_restriction": MISSING,
    "job": MISSING, "batch": MISSING, "batch_page": MISSING, "recording": MISSING, "printout": "catalogue", "version_number": 1, "certificate": "2026-9999", "zoom_level": 0,
    "zoom_column": 0, "zoom_row": 0, "bulk_action": "delete", "page_action": "copy_for_translation",
    "object_id": MISSING, "account": MISSING, "group": MISSING, "site": MISSING, "setting_app": "reading_room",
    "setting_model": "windowsettings", "certificate_id": "1", "event": MISSING,
    "event_export": "xlsx", "seal": 1, "seal_export": "json", "alarm": MISSING, "provider": "unknown",
    "row_of_categories": MISSING, "row_of_retention_periods": MISSING, "row_of_departments": MISSING,
    "row_of_code_templates": MISSING, "row_of_alarm_rules": MISSING,
    "row_of_clearances": MISSING, "row_of_terms": MISSING,
    "use_request": MISSING, "desk_print": MISSING, "desk_approval": MISSING, "introduction_letter": MISSING,
    "use_entry": MISSING, "copy_request": MISSING, "desk_reader": MISSING, "row_of_window_lists": MISSING, "row_of_desks": MISSING, "row_of_issuing_offices": MISSING, "saved_search": MISSING, "iiif_part": "full", "iiif_number": 0,
}  # fmt: skip
