"""Importing a catalogue: look first, then write all of it or nothing."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from fonds.access.roles import IMPORT_PERMISSION
from fonds.archive_pages.importing.faults import Fault, ListFault
from fonds.archive_pages.importing.loading import Loaded, closed_levels, load, log_import, summary
from fonds.archive_pages.importing.marking import write_marked
from fonds.archive_pages.importing.planning import Change, Plan, make_plan
from fonds.archive_pages.models import Category, FondsPage

from ..jobs import queue_derivatives
from ..scan_files import PageInfo
from ..scans import add_scans
from .scan_checks import Scans, check_scans
from .unpacking import ZipFault, unpack
from .walking import Delivered, walk

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Order:
    """What is to be imported, and how. ``scans`` is a folder, a zip, or files with their delivered names; ``name`` is
    the list's delivered name; ``known_pages`` is what an earlier check found in the files, by name and size. ``user`` is
    who wants it, and from whom units are hidden that he may not know of (``None``: the system itself)."""

    path: Path
    fonds: FondsPage
    category: Category
    name: str = ""
    scans: Path | list[Delivered] | None = None
    update: bool = False
    skip_faulty: bool = False
    known_pages: dict[tuple[str, int], list[PageInfo]] = field(default_factory=dict)
    user: object = None


@dataclass
class Analysis:
    """What an order would do. ``plan`` is ``None`` where the list or the zip could not be read at all."""

    order: Order
    plan: Plan | None
    scans: Scans
    faults: list[Fault]

    @property
    def errors(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.is_error]

    @property
    def may_import(self) -> bool:
        """Whether anything may be written: no faults, or sound rows are wanted and there are some."""
        if self.plan is None or self.plan.blocks_all:
            return False
        return not self.errors or (self.order.skip_faulty and any(entry.is_sound for entry in self.plan.entries))

    @property
    def changes_nothing(self) -> bool:
        return self.plan is not None and self.plan.changes_nothing and not self.scans.by_code

    def counts(self) -> dict[str, int]:
        """Rows by what would happen to them, units and pages of scans, faults and warnings."""
        plan = self.plan
        sound = {entry.row.number for entry in plan.entries if entry.is_sound} if plan else set()
        counted = {
            "rows": len(plan.entries) if plan else 0,
            "new": sum(entry.row.number in sound for entry in plan.new) if plan else 0,
            "changed": sum(entry.row.number in sound for entry, _unit in plan.changed) if plan else 0,
            "unchanged": sum(entry.row.number in sound for entry in plan.unchanged) if plan else 0,
            "faulty": len(plan.entries) - len(sound) if plan else 0,
        }
        return counted | {
            "scanned": len(self.scans.by_code),
            "pages": self.scans.page_total,
            "scans_present": len(self.scans.present),
            "errors": len(self.errors),
            "warnings": len(self.faults) - len(self.errors),
        }

    @property
    def changes(self) -> list[Change]:
        """The changes that would be written: those of sound rows."""
        if self.plan is None:
            return []
        faulty = {entry.row.number for entry in self.plan.entries if not entry.is_sound}
        return [change for change in self.plan.changes if change.row not in faulty]

    def fingerprint(self) -> str:
        """What would be written, as a checksum: the same delivery against the same archive has the same one."""
        new = [entry.row.number for entry in self.plan.new if entry.is_sound] if self.plan else []
        changes = [(change.code, change.field, str(change.old), str(change.new)) for change in self.changes]
        scans = {code: [file.name for file in files] for code, files in sorted(self.scans.by_code.items())}
        return hashlib.sha256(json.dumps([new, changes, scans], ensure_ascii=False).encode()).hexdigest()


@dataclass
class Outcome:
    """What was written."""

    loaded: Loaded
    scanned: int = 0
    pages: int = 0

    def sentences(self) -> list[str]:
        """The outcome in sentences."""
        lines = []
        if self.loaded.created or self.loaded.updated or not self.pages:
            lines.append(summary(self.loaded))
        if self.pages:
            words = {"pages": self.pages, "units": self.scanned}
            lines.append(_("Page scans taken in: %(pages)d, units: %(units)d.") % words)
        if self.loaded.arranged:
            lines.append(_("New series: %(codes)s.") % {"codes": "、".join(self.loaded.arranged)})
        closed = closed_levels(self.loaded)
        if closed:
            words = {"codes": "、".join(closed)}
            lines.append(_("Rows marked open stay hidden until these are open too: %(codes)s.") % words)
        return lines


def check_permission(user) -> None:
    """Raise ``PermissionDenied`` unless ``user`` may import (``None``: the system itself)."""
    if user is not None and not user.has_perm(IMPORT_PERMISSION):
        raise PermissionDenied


@contextmanager
def analysed(order: Order, progress: Progress | None = None) -> Iterator[Analysis]:
    """Read, check and compare everything of ``order``. Unpacked scans last as long as the context."""
    folder = settings.FONDS_DATA / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="unpacked-") as work:
        yield _analyse(order, Path(work) / "scans", progress)


def _analyse(order: Order, work: Path, progress: Progress | None) -> Analysis:
    try:
        plan = make_plan(
            order.path, order.fonds, order.category,
            update=order.update, name=order.name, progress=progress, user=order.user,
        )  # fmt: skip
    except ListFault as fault:
        return Analysis(order, None, Scans(), [Fault(None, "", "DA/T 70 3-2", str(fault))])
    scans = Scans()
    if order.scans is not None and not plan.blocks_all:
        try:
            scans = check_scans(plan, _delivered(order.scans, work), progress, order.known_pages)
        except ZipFault as fault:
            plan.head_faults.append(Fault(None, "", "DA/T 70 3-8", str(fault)))
    return Analysis(order, plan, scans, plan.faults)


def _delivered(scans: Path | list[Delivered], work: Path) -> list[Delivered]:
    if isinstance(scans, list):
        return scans
    return walk(scans) if scans.is_dir() else unpack(scans, work)


def perform(analysis: Analysis) -> Outcome:
    """Write what ``analysis`` found sound, as who ordered it, in one transaction: units, page scans, register of codes,
    log.

    Raises ``PermissionDenied``; ``ValueError`` where faults forbid it; ``CodeTaken`` or ``ScanFault`` where the archive
    changed meanwhile. After any error nothing is written.
    """
    user = analysis.order.user
    check_permission(user)
    if not analysis.may_import:
        raise ValueError("faults forbid the import")
    plan, scans = analysis.plan, analysis.scans
    sound = {entry.code for entry in plan.entries if entry.is_sound}
    with transaction.atomic():
        outcome = Outcome(load(plan, user))
        written = []
        for code, files in scans.by_code.items():
            if code in sound:
                written += _add_scans(outcome, code, files, scans, user)
        queue_derivatives([scan.pk for scan in written], user)
        outcome.pages = len(written)
        if outcome.loaded.created or outcome.loaded.updated or written:
            log_import(plan, outcome.loaded, len(written), user)
    return outcome


def _add_scans(outcome: Outcome, code: str, files: list[Delivered], scans: Scans, user) -> list:
    unit = outcome.loaded.units[code]
    added = add_scans(
        unit,
        [(file.path, file.base) for file in files],
        user,
        pages=scans.pages,
        replace=code in scans.replaced,
        queue=False,
    )
    outcome.scanned += 1
    return list(added) if added.changed else []


def write_report(analysis: Analysis, target: Path) -> None:
    """Write the marked copy of the list to ``target`` (.xlsx)."""
    write_marked(analysis.plan.table if analysis.plan else None, analysis.faults, target)
