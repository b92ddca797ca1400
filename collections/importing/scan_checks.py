"""Checks of the scans against the rows of the list (DA/T 31-2017; DA/T 70-2018, usability and integrity)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from fonds.archive_pages.importing.entries import Entry
from fonds.archive_pages.importing.faults import Fault
from fonds.archive_pages.importing.planning import Change, Plan
from fonds.archive_pages.rules import is_refused_grade

from ..enums import ObjectRole
from ..faults import ScanFault
from ..models import DigitalObject
from ..scan_files import PageInfo, inspect
from ..storage import sha256_of
from .walking import Delivered, match

_NAME_SEPARATORS = re.compile(r"[；;\n]+")


@dataclass
class Scans:
    """The scans of a delivery that are to be taken in: files by code, and what is in each file."""

    by_code: dict[str, list[Delivered]] = field(default_factory=dict)
    pages: dict[Path, list[PageInfo]] = field(default_factory=dict)
    known: dict[tuple[str, int], list[PageInfo]] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    present: set[str] = field(default_factory=set)

    @property
    def page_total(self) -> int:
        return sum(len(self.pages[file.path]) for files in self.by_code.values() for file in files)


def column_name() -> str:
    """The column under which faults of scans are listed."""
    return _("Scans")


def check_scans(
    plan: Plan,
    files: list[Delivered],
    progress: Callable[[int, int], None] | None = None,
    known: dict[tuple[str, int], list[PageInfo]] | None = None,
) -> Scans:
    """Match ``files`` with the rows of ``plan`` and look into each; faults are added to their rows.

    ``known`` holds what an earlier check found, by delivered name and size; those files are not decoded again.
    """
    entries = {}
    for entry in plan.entries:
        if entry.code:
            entries.setdefault(entry.code, entry)
    attachments = [name for entry in plan.entries for name in _names(entry, "attachments")]
    matched = match(files, entries, attachments)
    _report_strays(plan, matched.strays)
    _report_missing(plan, files)
    scans = Scans(known=known or {})
    done, total = 0, sum(map(len, matched.by_code.values()))
    for code, group in matched.by_code.items():
        entry = entries[code]
        for sentence in matched.faults.get(code, []):
            _fault(entry, "DA/T 70 2-6", sentence)
        if _take(plan, entry, group, scans):
            scans.by_code[code] = group
        done += len(group)
        if progress:
            progress(done, total)
    return scans


def _names(entry: Entry, key: str) -> list[str]:
    return [name.strip() for name in _NAME_SEPARATORS.split(entry.row.text(key)) if name.strip()]


def _fault(entry: Entry, rule: str, sentence: str, severity: str = "error") -> None:
    entry.faults.append(Fault(entry.row.number, column_name(), rule, sentence, severity))


def _report_strays(plan: Plan, strays: list[tuple[str, str]]) -> None:
    for name, sentence in strays:
        plan.other_faults.append(Fault(None, column_name(), "DA/T 70 2-7", sentence, value=name[:200]))


def _report_missing(plan: Plan, files: list[Delivered]) -> None:
    """Files that the list names but that were not delivered (DA/T 70-2018, 2-7)."""
    if not plan.table.has("file_names"):
        return
    there = {file.base for file in files} | {file.name for file in files}
    there |= {part for file in files for part in file.name.split("/")[:-1]}
    for entry in plan.entries:
        for name in _names(entry, "file_names"):
            base = name.replace("\\", "/").rstrip("/").split("/")[-1]
            if name not in there and base not in there:
                sentence = _("“%(name)s” is named in the list but was not delivered.") % {"name": name[:150]}
                entry.fault("file_names", "DA/T 70 2-7", sentence)


def _take(plan: Plan, entry: Entry, group: list[Delivered], scans: Scans) -> bool:
    """Whether the files of one unit are to be written; notes what keeps them out."""
    if is_refused_grade(entry.values.get("secrecy", "")):
        words = {"mark": entry.values["secrecy"]}
        sentence = _("A networked archive must not take in the scans of a unit marked %(mark)s.") % words
        entry.fault("secrecy", "DA/T 70 2-9", sentence)
        return False
    unit = plan.units.get(entry.code)
    if unit is not None and unit.scan_count:
        if _same(unit, group):
            scans.present.add(entry.code)
            return False
        if not plan.update:
            words = {"code": entry.code}
            sentence = _("%(code)s has other scans already. Choose to update, or remove the files.") % words
            _fault(entry, "DA/T 70 1-8", sentence)
            return False
    pages = _look(entry, group, scans)
    if pages is None:
        return False
    stated = entry.values.get("page_count")
    if stated is not None and stated != pages:
        words = {"stated": stated, "found": pages}
        entry.fault(
            "page_count", "DA/T 70 1-10", _("The list says %(stated)d pages, the scans have %(found)d.") % words
        )
    if unit is not None and unit.scan_count:
        scans.replaced.add(entry.code)
        plan.changes.append(Change(entry.row.number, entry.code, column_name(), unit.scan_count, pages))
    return True


def _same(unit, group: list[Delivered]) -> bool:
    stored = DigitalObject.objects.filter(unit_id=unit.pk, role=ObjectRole.SCAN).order_by("number")
    kept = list(stored.values_list("master__sha256", "master__size"))
    if [size for _sha256, size in kept] != [file.path.stat().st_size for file in group]:
        return False
    return [sha256 for sha256, _size in kept] == [sha256_of(file.path)[0] for file in group]


def _look(entry: Entry, group: list[Delivered], scans: Scans) -> int | None:
    """The number of pages in the files; ``None`` where one of them cannot be taken in."""
    total, sound = 0, True
    for file in group:
        try:
            known = scans.known.get((file.name, file.path.stat().st_size))
            scans.pages[file.path] = known or inspect(file.path, file.base)
        except ScanFault as fault:
            _fault(entry, "DA/T 70 3-4", str(fault))
            sound = False
            continue
        total += len(scans.pages[file.path])
    return total if sound else None


__all__ = ["Scans", "check_scans", "column_name"]
