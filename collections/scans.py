"""Scans belong to a unit: taking them in, and finding them again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Model
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from fonds.access.decisions import is_archive_staff
from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.secrecy import check_content

from .enums import ObjectRole
from .faults import ScanFault
from .jobs import queue_derivatives
from .masters import store_master
from .models import DigitalObject, MasterFile, PageScan
from .scan_files import PageInfo, inspect
from .scan_log import ADD_SCANS
from .signals import scans_changed
from .storage import sha256_of

CLOSED_MARKS = ("机密", "绝密", "機密", "絕密")

ScanFile = Path | str | tuple[Path | str, str]


class ScanList(list):
    """The page scans of a unit in order; ``changed`` is False where the unit had exactly these before."""

    def __init__(self, scans: Iterable[PageScan], *, changed: bool) -> None:
        super().__init__(scans)
        self.changed = changed


def refuse_secret(unit: ArchivePage) -> None:
    """Raise ``ScanFault`` for a unit whose content must not enter a networked system (机密, 绝密)."""
    if (unit.secrecy or "").strip().startswith(CLOSED_MARKS):
        words = {"code": unit.reference_code or unit.title, "mark": unit.secrecy}
        raise ScanFault(_("%(code)s is marked %(mark)s: its pages must not be kept in this system.") % words)
    try:
        check_content(unit)  # a mark above it
    except ValueError as error:
        raise ScanFault(str(error)) from error


def add_scans(
    unit: ArchivePage,
    files: Iterable[ScanFile],
    user=None,
    *,
    pages: Mapping[Path, list[PageInfo]] | None = None,
    replace: bool = False,
    queue: bool = True,
) -> ScanList:
    """Keep ``files`` (paths, or pairs of path and delivered name, in order) as the scans of ``unit``.

    Every page of every file becomes a page scan, numbered from 1; ``unit.scan_count`` is set, ``page_count`` only
    where it is empty. The same content again changes nothing (``changed`` of the result is False). ``pages`` holds
    what ``inspect`` found before, by path, so that nothing is decoded twice. ``queue=False`` leaves the derivatives to
    the caller (``queue_derivatives``). Raises ``ScanFault`` for a faulty file, a unit marked 机密 or 绝密, or one
    that has other scans (unless ``replace``); ``PermissionDenied`` where ``user`` is not of the staff.
    """
    if user is not None and not is_archive_staff(user):
        raise PermissionDenied
    refuse_secret(unit)
    named = [(Path(file[0]), file[1]) if isinstance(file, tuple) else (Path(file), Path(file).name) for file in files]
    if not named:
        raise ScanFault(_("There is no file to take in."))
    present = _unchanged(unit, named)
    if present is not None:
        return ScanList(present, changed=False)
    known = pages or {}
    found = [known.get(path) or inspect(path, name) for path, name in named]
    masters = [store_master(path, infos[0].mime_type) for (path, _name), infos in zip(named, found, strict=True)]
    with transaction.atomic():
        _clear_way(unit, replace)
        scans = _write_rows(unit, [name for _path, name in named], masters, found)
        note_counts(unit, len(scans))
        scans_changed.send(sender=PageScan, units=[unit.pk])
        log(unit, ADD_SCANS, user=user, data={"pages": len(scans), "files": len(named)})
        if queue:
            queue_derivatives([scan.pk for scan in scans], user)
    return ScanList(scans, changed=True)


def _unchanged(unit: ArchivePage, named: list[tuple[Path, str]]) -> list[PageScan] | None:
    """The unit's page scans if its masters are these files in this order."""
    stored = list(
        DigitalObject.objects.filter(unit=unit.pk, role=ObjectRole.SCAN)
        .order_by("number")
        .values_list("master__sha256", "master__size")
    )
    if not stored or len(stored) != len(named):
        return None
    if [size for _sha, size in stored] != [path.stat().st_size for path, _name in named]:
        return None
    if [sha for sha, _size in stored] != [sha256_of(path)[0] for path, _name in named]:
        return None
    return list(PageScan.objects.filter(unit=unit.pk).select_related("master").order_by("number"))


def _clear_way(unit: ArchivePage, replace: bool) -> None:
    """Hold the unit's row, and make sure that no other scans stand there; their masters stay in any case."""
    ArchivePage.objects.select_for_update().only("pk").get(pk=unit.pk)
    if not PageScan.objects.filter(unit=unit.pk).exists():
        return
    if not replace:
        code = unit.reference_code or unit.title
        raise ScanFault(_("%(code)s already has other scans; they are not overwritten.") % {"code": code})
    PageScan.objects.filter(unit=unit.pk).delete()
    DigitalObject.objects.filter(unit=unit.pk, role=ObjectRole.SCAN).delete()


def _write_rows(
    unit: ArchivePage, names: list[str], masters: list[MasterFile], found: list[list[PageInfo]]
) -> list[PageScan]:
    DigitalObject.objects.bulk_create(
        DigitalObject(unit_id=unit.pk, master=master, role=ObjectRole.SCAN, number=number, name=name[-255:])
        for number, (name, master) in enumerate(zip(names, masters, strict=True), 1)
    )
    leaves = [(master, info) for master, infos in zip(masters, found, strict=True) for info in infos]
    return PageScan.objects.bulk_create(
        PageScan(
            unit_id=unit.pk, number=number, master=master, sha256=master.sha256,
            frame=info.frame, width=info.width, height=info.height, dpi=info.dpi,
        )
        for number, (master, info) in enumerate(leaves, 1)
    )  # fmt: skip


def note_counts(unit: ArchivePage, count: int) -> None:
    """Note that ``unit`` has ``count`` page scans; its number of pages too, where it has none."""
    rows = ArchivePage.objects.filter(pk=unit.pk)
    rows.update(scan_count=count)
    rows.filter(page_count__isnull=True).update(page_count=count)
    unit.scan_count = count
    if unit.page_count is None:
        unit.page_count = count


# --- Many units at once ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page whose master is stored and was inspected before: ``picture`` is a page scan that shows it, of any unit;
    its derivatives are shared. ``name`` is the delivered file's, ``text`` the page's."""

    picture: PageScan
    name: str
    text: str = ""


@transaction.atomic
def add_known_pages(pages: Mapping[int, Sequence[KnownPage]]) -> int:
    """Write page scans of many units, by their keys, behind those that stand there; how many there are now more.

    What ``add_scans`` does for one unit, without touching a file; derivatives are not queued. ``scan_count`` follows,
    ``page_count`` where it is empty or smaller. Raises ``ScanFault`` where a unit is marked 机密 or 绝密; then nothing
    is written.
    """
    units = list(
        ArchivePage.objects.select_for_update().filter(pk__in=pages).only(
            "reference_code", "title", "secrecy", "scan_count", "page_count", "content_class", "path"
        )
    )  # fmt: skip
    for unit in units:
        refuse_secret(unit)
    numbers = _last_numbers(PageScan, pages)
    objects = _last_numbers(DigitalObject, pages, role=ObjectRole.SCAN)
    DigitalObject.objects.bulk_create(
        DigitalObject(unit_id=unit, master_id=master, role=ObjectRole.SCAN, number=number, name=name[-255:])
        for unit, known in pages.items()
        for number, (master, name) in enumerate(_files_of(known), objects[unit] + 1)
    )
    written = PageScan.objects.bulk_create(
        _copied(page, unit, number)
        for unit, known in pages.items()
        for number, page in enumerate(known, numbers[unit] + 1)
    )
    for unit in units:
        unit.scan_count = numbers[unit.pk] + len(pages[unit.pk])
        unit.page_count = max(unit.page_count or 0, unit.scan_count)
    ArchivePage.objects.bulk_update(units, ["scan_count", "page_count"], batch_size=500)
    scans_changed.send(sender=PageScan, units=[unit.pk for unit in units])
    return len(written)


@transaction.atomic
def set_texts(texts: Mapping[int, str]) -> int:
    """Write the texts of page scans, by their keys (recognised, or corrected by hand); how many there were."""
    scans = list(PageScan.objects.select_for_update().filter(pk__in=texts).only("unit_id", "text").order_by("pk"))
    for scan in scans:
        scan.text = texts[scan.pk]
    PageScan.objects.bulk_update(scans, ["text"], batch_size=100)
    scans_changed.send(sender=PageScan, units=sorted({scan.unit_id for scan in scans}))
    return len(scans)


def _last_numbers(model: type[Model], units: Iterable[int], **which) -> dict[int, int]:
    """The highest number of each unit's rows; 0 where there are none."""
    rows = model.objects.filter(unit__in=list(units), **which).order_by()
    return defaultdict(int, rows.values_list("unit").annotate(Max("number")))


def _files_of(known: Sequence[KnownPage]) -> list[tuple[int, str]]:
    """Master and name of each file: pages of one master and name that follow each other come from one file."""
    return [key for key, _pages in groupby(known, key=attrgetter("picture.master_id", "name"))]


def _copied(page: KnownPage, unit: int, number: int) -> PageScan:
    seen = page.picture
    return PageScan(
        unit_id=unit, number=number, master_id=seen.master_id, sha256=seen.sha256, frame=seen.frame,
        width=seen.width, height=seen.height, dpi=seen.dpi, steps=seen.steps, text=page.text,
        thumbnail=seen.thumbnail, preview=seen.preview, deep_zoom=seen.deep_zoom,
    )  # fmt: skip
