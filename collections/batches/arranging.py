"""Changes of the arrangement of a batch: each is recorded with what stood before, and can be taken back until the batch
is closed. Masters are never touched."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fonds.archive_pages.models import ArchivePage
from fonds.audit import names
from fonds.audit.events import record

from ..models import BatchChange, BatchPage, ScanBatch
from ..page_steps import Step, checked, size_after
from ..scans import refuse_secret
from .matching import load_pages, note_twins
from .states import BatchFault, held_open
from .taking import check_permission

BATCH_CHANGE, BATCH_UNDO = "batch.change", "batch.undo"
names.register(BATCH_CHANGE, gettext_lazy("Pages of a batch arranged"))
names.register(BATCH_UNDO, gettext_lazy("Change of a batch taken back"))

FIELDS = ("unit_id", "position", "page", "scan_id", "steps", "width", "height", "is_removed")
MOST = 2_000


class _Change:
    """A change being made: notes what stood before, once for each page, and saves all together."""

    def __init__(self, batch: ScanBatch, kind: str, user) -> None:
        self.batch, self.kind, self.user = batch, kind, user
        self.rows: dict[int, BatchPage] = {}
        self.before: dict[str, dict] = {}
        self.created: list[int] = []
        self.units: set[int] = set()

    def touch(self, row: BatchPage) -> BatchPage:
        """Tell that ``row`` is about to change; returns the one instance of it that this change works with."""
        if row.pk not in self.rows:
            self.rows[row.pk] = row
            self.before[str(row.pk)] = {field: getattr(row, field) for field in FIELDS}
            self.units.add(row.unit_id)
        return self.rows[row.pk]

    def order(self, unit: ArchivePage | None) -> list[BatchPage]:
        """The pages of ``unit`` as this change has them so far, in their order."""
        if unit is None:
            return []
        rows = {row.pk: self.rows.get(row.pk, row) for row in load_pages(self.batch, unit)}
        rows |= {key: row for key, row in self.rows.items() if row.unit_id == unit.pk}
        return [row for row in rows.values() if row.unit_id == unit.pk and not row.is_removed]

    def number(self, order: Sequence[BatchPage]) -> None:
        """Give the pages of ``order`` the positions 1, 2, 3 …"""
        for position, row in enumerate(order, 1):
            if row.position != position:
                self.touch(row).position = position

    def save(self) -> BatchChange:
        BatchPage.objects.bulk_update(self.rows.values(), FIELDS, batch_size=200)
        self.units |= {row.unit_id for row in self.rows.values()}
        note_twins(self.batch, self.units - {None})
        record(BATCH_CHANGE, unit=self.batch, user=self.user, detail={"kind": self.kind, "pages": len(self.rows)})
        by = self.user if self.user and self.user.pk else None
        return BatchChange.objects.create(
            batch=self.batch, kind=self.kind, by=by, before=self.before, created=self.created
        )


def _begin(batch: ScanBatch, kind: str, user, keys: Iterable[int]) -> tuple[_Change, list[BatchPage]]:
    check_permission(user)
    held_open(batch)
    keys = list(keys)
    found = {row.pk: row for row in batch.pages.filter(pk__in=keys[:MOST]).exclude(master=None)}
    rows = [found[key] for key in dict.fromkeys(keys) if key in found]
    if not rows:
        raise BatchFault(_("Choose at least one page."))
    change = _Change(batch, kind, user)
    return change, [change.touch(row) for row in rows]


@transaction.atomic
def move_pages(
    batch: ScanBatch, keys: Iterable[int], unit: ArchivePage | None, user=None, *, before: int | None = None
) -> BatchChange:
    """Put pages into ``unit`` in the order given, before the page ``before`` or at the end; ``None``: back to the unsorted.
    Raises ``BatchFault``; ``ScanFault`` where the unit may have no scans here."""
    change, rows = _begin(batch, "move", user, keys)
    if unit is not None:
        refuse_secret(unit)
    left = {row.unit_id: row.unit for row in rows if row.unit_id and row.unit_id != getattr(unit, "pk", None)}
    moved = {row.pk for row in rows}
    order = [row for row in change.order(unit) if row.pk not in moved]
    place = next((number for number, row in enumerate(order) if row.pk == before), len(order))
    for row in rows:
        row.unit_id, row.is_removed = getattr(unit, "pk", None), False
    change.number([*order[:place], *rows, *order[place:]])
    for other in left.values():
        change.number([row for row in change.order(other) if row.pk not in moved])
    return change.save()


@transaction.atomic
def split_unit(batch: ScanBatch, key: int, unit: ArchivePage, user=None) -> BatchChange:
    """Move the page ``key`` and all that follow it in its unit to ``unit``."""
    _change, [row] = _begin(batch, "split", user, [key])
    if row.unit_id is None:
        raise BatchFault(_("Choose a page that belongs to a unit."))
    following = [page.pk for page in load_pages(batch, row.unit) if not page.is_removed]
    return move_pages(batch, following[following.index(key) :], unit, user)


@transaction.atomic
def adjust_pages(batch: ScanBatch, keys: Iterable[int], step: Step, user=None) -> BatchChange:
    """Add an adjustment to pages. Raises ``ScanFault`` for one that is not possible."""
    change, rows = _begin(batch, next(iter(step), ""), user, keys)
    for row in rows:
        _set_steps(row, [*row.steps, step])
    return change.save()


@transaction.atomic
def straighten_pages(batch: ScanBatch, keys: Iterable[int], user=None) -> BatchChange:
    """Straighten pages by the skew that was measured on them. Raises ``BatchFault`` where none of them leans."""
    change, rows = _begin(batch, "straighten", user, keys)
    leaning = [(row, found["degrees"]) for row in rows for found in row.findings if found["rule"] == "skew"]
    if not leaning:
        raise BatchFault(_("No skew was measured on these pages."))
    for row, degrees in leaning:
        _set_steps(row, [*row.steps, {"straighten": -degrees}])
    return change.save()


@transaction.atomic
def set_adjustments(batch: ScanBatch, key: int, steps: Sequence[Step], user=None) -> BatchChange:
    """Give one page exactly these adjustments. Raises ``ScanFault`` for one that is not possible."""
    change, [row] = _begin(batch, "adjust", user, [key])
    _set_steps(row, list(steps))
    return change.save()


@transaction.atomic
def clear_adjustments(batch: ScanBatch, keys: Iterable[int], user=None) -> BatchChange:
    """Take all adjustments of pages away: they look as their masters do."""
    change, rows = _begin(batch, "as_delivered", user, keys)
    for row in rows:
        _set_steps(row, [])
    return change.save()


def _set_steps(row: BatchPage, steps: list[Step]) -> None:
    """Width and height follow: those of the master are found by going back through the steps that stood."""
    width, height = _size_before(row)
    row.steps = checked(steps)
    row.width, row.height = size_after(width, height, row.steps)


def _size_before(row: BatchPage) -> tuple[int, int]:
    """The size of the page in its master: that of an unadjusted page of the same picture, or worked out backwards."""
    width, height = row.width, row.height
    for step in reversed(row.steps):
        match step:
            case {"turn": 90 | 270}:
                width, height = height, width
            case {"crop": [left, top, right, bottom]}:
                width, height = round(width / (right - left)), round(height / (bottom - top))
    return width, height


@transaction.atomic
def halve_page(batch: ScanBatch, key: int, user=None, *, at: float = 0.5) -> BatchChange:
    """Make two pages of a picture that shows two side by side, cut at ``at`` of its width. Raises ``ScanFault`` where a
    part would be too small."""
    change, [row] = _begin(batch, "halve", user, [key])
    second = BatchPage.objects.get(pk=row.pk)
    second.pk, second.scan, second.findings = None, None, []
    _set_steps(second, [*row.steps, {"crop": [at, 0, 1, 1]}])
    second.save(force_insert=True)
    change.created.append(second.pk)
    _set_steps(row, [*row.steps, {"crop": [0, 0, at, 1]}])
    if row.unit_id:
        order = [page for page in change.order(row.unit) if page.pk != second.pk]
        order.insert(order.index(row) + 1, second)
        for position, page in enumerate(order, 1):
            if page is second:
                BatchPage.objects.filter(pk=second.pk).update(position=position)
            elif page.position != position:
                change.touch(page).position = position
    return change.save()


@transaction.atomic
def join_pages(batch: ScanBatch, keys: Iterable[int], user=None) -> BatchChange:
    """Make one page again of the parts of one picture: the first shows all of it, the others go. Raises ``BatchFault``
    where they are not parts of one picture."""
    change, rows = _begin(batch, "join", user, keys)
    pictures = {(row.master_id, row.frame) for row in rows}
    if len(rows) < 2 or len(pictures) != 1:
        raise BatchFault(_("Only parts of one picture can be joined; move pages of other pictures instead."))
    first, *others = rows
    _set_steps(first, [step for step in first.steps if "crop" not in step])
    for row in others:
        row.is_removed = True
    if first.unit_id:
        change.number(change.order(first.unit))
    return change.save()


@transaction.atomic
def replace_page(batch: ScanBatch, key: int, by: int, user=None) -> BatchChange:
    """Let the page ``by`` take the place of the page ``key``."""
    change, rows = _begin(batch, "replace", user, [key, by])
    if len(rows) != 2:
        raise BatchFault(_("Choose two pages: the one that goes, and the one that takes its place."))
    old, new = rows
    left = new.unit if new.unit_id and new.unit_id != old.unit_id else None
    new.unit, new.position, new.page, new.is_removed = old.unit, old.position, old.page, False
    new.scan, old.is_removed = new.scan or old.scan, True
    for unit in filter(None, (left, new.unit)):
        change.number(sorted(change.order(unit), key=lambda row: row.position))
    return change.save()


@transaction.atomic
def remove_pages(batch: ScanBatch, keys: Iterable[int], user=None, *, back: bool = False) -> BatchChange:
    """Leave pages out; ``back``: take them in again, at the end of their unit."""
    change, rows = _begin(batch, "restore" if back else "remove", user, keys)
    for row in rows:
        row.is_removed = not back
        if back and row.unit_id:
            row.position = MOST * 10
    for unit in {row.unit for row in rows if row.unit_id}:
        change.number(sorted(change.order(unit), key=lambda row: row.position))
    return change.save()


@transaction.atomic
def dismiss_faulty(batch: ScanBatch, user=None) -> int:
    """Leave out the files that could not be taken in; how many there were."""
    check_permission(user)
    held_open(batch)
    count = batch.pages.filter(master=None, is_removed=False).update(is_removed=True)
    record(BATCH_CHANGE, unit=batch, user=user, detail={"kind": "dismiss", "pages": count})
    return count


@transaction.atomic
def undo(batch: ScanBatch, user=None) -> BatchChange:
    """Take the last change back that stands. Raises ``BatchFault`` where there is none, or the batch is past arranging."""
    check_permission(user)
    held_open(batch)
    change = batch.changes.filter(is_undone=False).order_by("-pk").first()
    if change is None:
        raise BatchFault(_("There is no change to take back."))
    rows = {row.pk: row for row in batch.pages.filter(pk__in=change.before)}
    wanted = {values["unit_id"] for values in change.before.values()}
    there = set(ArchivePage.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    for key, values in change.before.items():
        for field, value in values.items():
            setattr(rows[int(key)], field, value)
        if values["unit_id"] not in there:  # none before, or one that is gone since
            rows[int(key)].unit_id = None
    units = {row.unit_id for row in rows.values()}
    BatchPage.objects.bulk_update(rows.values(), FIELDS, batch_size=200)
    batch.pages.filter(pk__in=change.created).delete()
    note_twins(batch, units - {None})
    change.is_undone = True
    change.save(update_fields=["is_undone"])
    record(BATCH_UNDO, unit=batch, user=user, detail={"kind": change.kind, "pages": len(rows)})
    return change
