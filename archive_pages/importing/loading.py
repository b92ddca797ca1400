"""Writing a plan into the archive, all of it or nothing: the arrangement category · year · retention, then the items."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from fonds.access.enums import OpeningStatus
from fonds.audit.events import record

from ..bulk import add_units, update_units
from ..codes import check_free
from ..models import ArchivePage, FilePage, ItemPage, SeriesPage
from .entries import Entry
from .planning import Plan

CHANGED = "archive_pages.change_by_list"
# The fields of a code after which a level of the arrangement ends, in their order.
STEPS = ("category", "year", "retention", "file")


@dataclass
class Loaded:
    """What was written. ``units`` has every sound row's unit by its code, also the unchanged ones."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    arranged: list[str] = field(default_factory=list)
    units: dict[str, ArchivePage] = field(default_factory=dict)


@transaction.atomic
def load(plan: Plan, user=None) -> Loaded:
    """Write the sound rows of ``plan``: new items, and changes where it was planned as an update.

    Series and files that are missing are created on the way. Raises ``CodeTaken`` where someone gave a code since the
    plan was made; then nothing is written.
    """
    new = [entry for entry in plan.new if entry.is_sound]
    changed = [(entry, unit) for entry, unit in plan.changed if entry.is_sound]
    unchanged = [entry for entry in plan.unchanged if entry.is_sound]
    result = Loaded(len(new), len(changed), len(unchanged))
    result.skipped = len(plan.entries) - result.created - result.updated - result.unchanged
    groups: dict[tuple, list[Entry]] = {}
    for entry in new:
        groups.setdefault(_place(entry), []).append(entry)
    for place, entries in groups.items():
        parent = _parent(plan, place, entries, result)
        for unit in add_units(parent, [entry.build() for entry in entries], user):
            result.units[unit.reference_code] = unit
    _update(changed, user)
    result.units.update({entry.code: plan.units[entry.code] for entry in unchanged})
    result.units.update({entry.code: unit for entry, unit in changed})
    return result


def log_import(plan: Plan, loaded: Loaded, scans: int = 0, user=None) -> None:
    """Leave one entry for the whole list in the log of its fonds."""
    data = {
        "list": plan.table.name,
        "category": plan.category.code,
        "created": loaded.created,
        "updated": loaded.updated,
        "unchanged": loaded.unchanged,
        "skipped": loaded.skipped,
        "scans": scans,
    }
    log(plan.fonds, "archive_pages.import", user=user, data=data)


def _update(changed: list[tuple[Entry, ItemPage]], user) -> None:
    fields: set[str] = set()
    for entry, unit in changed:
        new = {name: value for name, value in entry.values.items() if getattr(unit, name) != value}
        old = {name: getattr(unit, name) for name in new}
        for name, value in new.items():
            setattr(unit, name, value)
        fields |= new.keys()
        record(CHANGED, unit=unit, before=old, after=new, user=user)
    update_units([unit for _entry, unit in changed], sorted(fields))


# --- The arrangement ------------------------------------------------------------------------------------------------


def _place(entry: Entry) -> tuple[tuple[str, str], ...]:
    """The levels above an item, as (field, code): ``(("category", "J037-WS"), ("year", "J037-WS·2008"), …)``."""
    return tuple(
        (name, _code_up_to(entry, name)) for name in STEPS if name in entry.pattern.fields and name in entry.code_fields
    )


def _code_up_to(entry: Entry, name: str) -> str:
    """The code of ``entry`` cut after the value of the field ``name``."""
    match = entry.pattern.regex.fullmatch(entry.code)
    return entry.code[: match.end(name)]


def _parent(plan: Plan, place: tuple, entries: list[Entry], result: Loaded) -> ArchivePage:
    parent: ArchivePage = plan.fonds
    opens = any(entry.values.get("opening_status") == OpeningStatus.OPEN for entry in entries)
    for name, code in place:
        page = ArchivePage.objects.filter(reference_code=code).first()
        if page is None:
            check_free(code)
            page = parent.add_child(instance=_level(plan, name, code, entries[0], opens))
            result.arranged.append(code)
        parent = page
    return parent


def _level(plan: Plan, name: str, code: str, entry: Entry, opens: bool) -> ArchivePage:
    """An unsaved series or file. It is open where the list opens something below it, else not reviewed."""
    status = OpeningStatus.OPEN if opens else OpeningStatus.UNREVIEWED
    retention = entry.values.get("retention")
    titles = {
        "category": plan.category.name,
        "year": f"{entry.code_fields.get('year')}年度",
        "retention": retention.name if retention else code,
        "file": f"第{entry.code_fields.get('file')}卷",
    }
    values = {"category": plan.category}
    if name != "category":
        values["year"] = entry.values.get("year")
    if name in {"retention", "file"}:
        values["retention"] = retention
    model = FilePage if name == "file" else SeriesPage
    return model(title=titles[name], reference_code=code, opening_status=status, **values)


def closed_levels(loaded: Loaded) -> list[str]:
    """Codes of the levels that keep rows marked open from being seen, because they are not open themselves."""
    above = {
        unit.path[:end]
        for unit in loaded.units.values()
        if unit.opening_status == OpeningStatus.OPEN
        for end in range(unit.steplen, len(unit.path), unit.steplen)
    }
    closed = ArchivePage.objects.filter(path__in=above, reference_code__isnull=False).exclude(
        opening_status=OpeningStatus.OPEN, live=True
    )
    return list(closed.order_by("path").values_list("reference_code", flat=True))


def summary(loaded: Loaded) -> str:
    """The outcome in one sentence."""
    if not loaded.created and not loaded.updated:
        return _("Nothing changed: all %(count)d rows are in the archive already.") % {"count": loaded.unchanged}
    words = {
        "created": loaded.created,
        "updated": loaded.updated,
        "unchanged": loaded.unchanged,
        "skipped": loaded.skipped,
    }
    return _("%(created)d new, %(updated)d changed, %(unchanged)d unchanged, %(skipped)d left out.") % words
