"""What a list would do to the archive: new, unchanged, changed, in conflict. Nothing is written here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from fonds.access.decisions import visible

from ..codes import known_records
from ..models import Category, CodeRecord, FondsPage, ItemPage
from ..secrecy import check_mark
from . import checks
from .columns import BY_KEY
from .entries import Entry, Tables
from .faults import Fault
from .reading import CatalogueList, read_list

CHUNK = 500


@dataclass(frozen=True)
class Change:
    """A field of an existing unit that the list gives another value."""

    row: int
    code: str
    field: str
    old: Any
    new: Any

    @property
    def label(self) -> str:
        return str(BY_KEY[self.field].label) if self.field in BY_KEY else self.field

    def as_dict(self) -> dict:
        """For a job's result (JSON)."""
        return {
            "row": self.row,
            "code": self.code,
            "field": self.field,
            "label": self.label,
            "old": shown(self.old),
            "new": shown(self.new),
        }


def shown(value: Any) -> str:
    """A value as a person reads it: table rows and choices by name."""
    if value is None:
        return ""
    return str(getattr(value, "label", value))


@dataclass
class Plan:
    """The outcome of checking a list against the archive; ``faults`` are in the order of the rows."""

    table: CatalogueList
    fonds: FondsPage
    category: Category
    entries: list[Entry]
    update: bool
    head_faults: list[Fault] = field(default_factory=list)
    other_faults: list[Fault] = field(default_factory=list)
    new: list[Entry] = field(default_factory=list)
    unchanged: list[Entry] = field(default_factory=list)
    changed: list[tuple[Entry, ItemPage]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    units: dict[str, ItemPage] = field(default_factory=dict)

    @property
    def faults(self) -> list[Fault]:
        rows = [fault for entry in self.entries for fault in entry.faults] + self.other_faults
        return self.head_faults + sorted(rows, key=lambda fault: (fault.row is None, fault.row or 0))

    @property
    def errors(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.is_error]

    @property
    def blocks_all(self) -> bool:
        """Whether not even the sound rows can be taken: the head is wrong."""
        return any(fault.is_error for fault in self.head_faults)

    @property
    def changes_nothing(self) -> bool:
        return not self.new and not self.changed


def make_plan(
    path: Path,
    fonds: FondsPage,
    category: Category,
    *,
    update: bool = False,
    name: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    user=None,
) -> Plan:
    """Read the list at ``path``, check every row, and compare it with the archive as ``user`` knows it (``None``: the
    system itself). Of a unit he may not know of he learns that its code was given, and nothing of it is changed.

    Raises ``ListFault`` where it is no list at all. ``progress`` is called with rows done and rows in all.
    """
    table = read_list(path, name)
    plan = Plan(table, fonds, category, [], update, checks.check_head(table))
    tables = Tables.load(fonds, category)
    if not tables.patterns:
        words = {"category": category.code}
        sentence = _("There is no reference code template for category %(category)s. Add one under the tables.") % words
        plan.head_faults.append(Fault(None, "", "DA/T 13", sentence))
    if plan.blocks_all:
        return plan
    for number, row in enumerate(table.rows, start=1):
        entry = Entry(row, table)
        for check in checks.ROW_CHECKS:
            check(entry, tables)
        plan.entries.append(entry)
        if progress and number % CHUNK == 0:
            progress(number, len(table.rows))
    checks.check_duplicates(plan.entries)
    checks.check_gaps(plan.entries)
    _compare(plan, user)
    return plan


def _compare(plan: Plan, user) -> None:
    for chunk in _chunks([entry for entry in plan.entries if entry.code]):
        codes = [entry.code for entry in chunk]
        records = {row.code: row for row in CodeRecord.objects.filter(code__in=codes).select_related("page")}
        units = ItemPage.objects.filter(reference_code__in=codes).select_related("category", "retention", "department")
        hidden: set[str] = set()
        if user is not None:
            units = visible(units, user)
            hidden = records.keys() - set(known_records(user).filter(code__in=codes).values_list("code", flat=True))
        plan.units.update({unit.reference_code: unit for unit in units})
        for entry in chunk:
            if entry.code in hidden:
                sentence = _("%(code)s was given already; a code is never given twice.") % {"code": entry.code}
                entry.fault("reference_code", "DA/T 70 1-8", sentence)
            else:
                _sort(plan, entry, records.get(entry.code))


def _sort(plan: Plan, entry: Entry, record: CodeRecord | None) -> None:
    unit = plan.units.get(entry.code)
    if record is None and unit is None:
        plan.new.append(entry)
    elif unit is None:
        _report_taken(entry, record)
    elif entry.is_sound:
        _sort_existing(plan, entry, unit)


def _report_taken(entry: Entry, record: CodeRecord) -> None:
    words = {"code": entry.code}
    if record.page is None:
        sentence = _("%(code)s was given to a unit that is no longer there; a code is never given twice.") % words
    elif not record.is_current:
        words["now"] = record.page.reference_code
        sentence = _("%(code)s is the former code of %(now)s; a code is never given twice.") % words
    else:
        sentence = _("%(code)s belongs to a unit that is not an item.") % words
    entry.fault("reference_code", "DA/T 70 1-8", sentence)


def _sort_existing(plan: Plan, entry: Entry, unit: ItemPage) -> None:
    differing = list(_differences(entry, unit))
    if not differing:
        plan.unchanged.append(entry)
        return
    names = "、".join(change.label for change in differing)
    if not plan.update:
        words = {"code": entry.code, "names": names}
        sentence = _("%(code)s is in the archive with another %(names)s. Choose to update, or correct the row.") % words
        entry.fault("reference_code", "DA/T 70 1-8", sentence)
    elif unit.locked or unit.has_unpublished_changes:
        words = {"code": entry.code}
        sentence = _("%(code)s is locked or has unpublished changes; finish those first.") % words
        entry.fault("reference_code", "DA/T 70 1-8", sentence)
    else:
        if _may_bear_its_mark(entry, unit):
            plan.changed.append((entry, unit))
            plan.changes += differing


def _may_bear_its_mark(entry: Entry, unit: ItemPage) -> bool:
    """Whether the mark of the row can stand on the unit that is there, with its scans and photographs."""
    try:
        if "secrecy" in entry.values:
            check_mark(unit, entry.values["secrecy"])
    except ValueError as error:
        entry.fault("secrecy", "DA/T 70 2-9", error)
        return False
    return True


def _differences(entry: Entry, unit: ItemPage) -> Iterator[Change]:
    for name, new in entry.values.items():
        old = getattr(unit, name)
        counted_from_scans = name == "page_count" and new is None and old == unit.scan_count
        if old != new and not counted_from_scans:
            yield Change(entry.row.number, entry.code, name, old, new)


def _chunks(rows: list) -> Iterator[list]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
