"""Taking a list of photographs and its pictures into the archive (GB/T 11821, DA/T 50-2014).

Groups 组 become files under the fonds' series of photographs and year, photographs become items with an image of the
library. The picture of the list is the access copy; a master and a scanned negative are kept beside it, untouched.
All or nothing: with one fault nothing is written. What is in the archive already is left as it is; only a picture that
was missing is added.
"""

import mimetypes
import re
from dataclasses import dataclass, field
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from fonds.access.enums import OpeningStatus
from fonds.archive_pages.codes import patterns_for
from fonds.archive_pages.enums import Level, Origin
from fonds.archive_pages.importing.faults import Fault
from fonds.archive_pages.models import (
    ArchivePage,
    Category,
    CodeRecord,
    FilePage,
    FondsPage,
    ItemPage,
    RetentionPeriod,
)
from fonds.archive_pages.secrecy import check_content

from .curation import CARD, LARGE, MEDIUM, THUMBNAIL
from .enums import ObjectRole
from .faults import ScanFault
from .importing.new_units import add_unit, year_series
from .masters import store_master
from .models import ArchiveImage, DigitalObject
from .photo_list import OPENING, PhotoList, PhotoRow, read_photo_list
from .photographs.terms import preferred
from .scan_files import inspect

CATEGORY = "ZP"
ACCESS_FORMATS = {".jpg", ".jpeg", ".png", ".tif", ".tiff"}
NEGATIVE_SUFFIXES = (".tif", ".tiff", ".jpg", ".jpeg", ".png")
_SPLIT = re.compile(r"[；;,，、]+")


@dataclass
class PhotoImport:
    """What an import did, or would do: numbers of groups, photographs, pictures, masters, negatives, and the faults."""

    groups: int = 0
    photos: int = 0
    pictures: int = 0
    masters: int = 0
    negatives: int = 0
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass
class _Files:
    """The files found for one photograph."""

    picture: Path | None = None
    master: Path | None = None
    negative: Path | None = None


class PhotoImporter:
    """One run over one list. ``status`` is the opening status of what the list does not say otherwise for."""

    def __init__(
        self,
        path: Path,
        photos: Path,
        masters: Path | None = None,
        negatives: Path | None = None,
        *,
        status: str = OpeningStatus.UNREVIEWED,
        user=None,
    ) -> None:
        self.path, self.folder, self.masters, self.negatives = path, photos, masters, negatives
        self.status, self.user = status, user
        self.result = PhotoImport()
        self.files: dict[str, _Files] = {}
        self.written: list[str] = []

    def run(self, *, dry_run: bool = False) -> PhotoImport:
        """Check everything, then write it in one transaction. Raises ``ListFault`` for what is no list."""
        self.list, self.dry_run = read_photo_list(self.path), dry_run
        self._check_archive()
        self._check_files()
        self.result.faults = self.list.faults
        if self.result.faults:
            return self.result
        try:
            with transaction.atomic():
                self._write()
                if dry_run:
                    transaction.set_rollback(True)
        except BaseException:
            self._remove_written()
            raise
        if dry_run:
            self._remove_written()
        return self.result

    # --- Checks -----------------------------------------------------------------------------------------------------

    def _check_archive(self) -> None:
        found: PhotoList = self.list
        self.category = Category.objects.filter(code=CATEGORY).first()
        self.retentions = _retentions()
        codes = {row["number"].split("-")[0] for row in found.groups if row["number"]}
        self.fonds = {page.reference_code: page for page in FondsPage.objects.filter(reference_code__in=codes)}
        self.years: dict[str, int] = {}
        for row in found.groups:
            self._check_group(row)
        wanted = [row["number"] for row in (*found.groups, *found.photos)]
        records = CodeRecord.objects.filter(code__in=wanted).select_related("page")
        self.known = {record.code: record.page for record in records}
        for row in found.groups:
            self._check_code(row, "组号", Level.FILE)
        for row in found.photos:
            self._check_code(row, "照片号", Level.ITEM)

    def _check_group(self, row: PhotoRow) -> None:
        found, code = self.list, row["number"]
        fonds = self.fonds.get(code.split("-")[0])
        if self.category is None:
            found.fault(row, "组号", _("The archive has no category ZP. Add it under the tables."), "1-7")
            return
        if code and fonds is None:
            words = {"fonds": code.split("-")[0]}
            found.fault(row, "组号", _("There is no fonds %(fonds)s in the archive.") % words, "1-7")
        elif code:
            patterns = patterns_for(fonds, self.category, Level.FILE)
            fields = next(filter(None, (pattern.parse(code) for pattern in patterns)), None)
            if fields is None or "year" not in fields:
                found.fault(row, "组号", _("“%(code)s” does not follow the code template.") % {"code": code}, "1-7")
            else:
                self.years[code] = int(fields["year"])
        if row["retention"] and row["retention"] not in self.retentions:
            words = {"text": row["retention"]}
            found.fault(row, "保管期限", _("“%(text)s” is not a retention period of this archive.") % words, "1-4")

    def _check_code(self, row: PhotoRow, column: str, level: str) -> None:
        if row["number"] not in self.known:
            return
        page = self.known[row["number"]]
        if page is None or page.level != level or page.reference_code != row["number"]:
            words = {"code": row["number"]}
            self.list.fault(row, column, _("%(code)s was given to another unit of the archive.") % words, "1-8")
            return
        try:
            check_content(page)
        except ValueError as error:
            self.list.fault(row, column, str(error), "2-9")

    def _check_files(self) -> None:
        for row in self.list.photos:
            files = _Files()
            if row["file"]:
                files.picture = self._checked(row, "文件名", self.folder, row["file"], ACCESS_FORMATS)
            if row["master"] and self.masters:
                files.master = self._checked(row, "母版文件", self.masters, row["master"], ACCESS_FORMATS)
            if row["negative_number"] and self.negatives:
                files.negative = self._negative(row)
            self.files[row["number"]] = files

    def _checked(self, row: PhotoRow, column: str, folder: Path, name: str, formats: set[str]) -> Path | None:
        """The file ``name`` in ``folder``, really decoded; ``None`` and a fault where it is not there or not sound."""
        path = find_file(folder, name)
        if path is None:
            words = {"name": name}
            self.list.fault(row, column, _("The file “%(name)s” is not in the folder.") % words, "1-11")
            return None
        try:
            if path.suffix.lower() not in formats:
                raise ScanFault(_("“%(name)s” is not a picture (JPEG, PNG or TIFF).") % {"name": path.name})
            inspect(path)
        except ScanFault as fault:
            self.list.fault(row, column, str(fault), "3-3")
            return None
        return path

    def _negative(self, row: PhotoRow) -> Path | None:
        names = [f"{row['negative_number']}{suffix}" for suffix in NEGATIVE_SUFFIXES]
        present = next((name for name in names if find_file(self.negatives, name)), None)
        return self._checked(row, "底片号", self.negatives, present, ACCESS_FORMATS) if present else None

    # --- Writing ----------------------------------------------------------------------------------------------------

    def _write(self) -> None:
        groups = {row["number"]: self._group(row) for row in self.list.groups}
        for row in self.list.photos:
            self._photo(row, groups[row["group"]])

    def _group(self, row: PhotoRow) -> ArchivePage:
        known = self.known.get(row["number"])
        if known:
            return known
        year = self.years[row["number"]]
        page = FilePage(
            title=row["title"],
            reference_code=row["number"],
            date_text=_span(row["start"], row["end"]),
            year=year,
            category=self.category,
            retention=self.retentions.get(row["retention"]),
            scope="\n".join(filter(None, [row["scope"], _labelled(_("Occasion"), row["occasion"])])),
            item_count=int(row["count"]) if row["count"] else None,
            note=_labelled(_("Related records"), row["see_also"]),
        )
        self.result.groups += 1
        return add_unit(self._year_series(row, year), page, self.status, self.user)

    def _year_series(self, row: PhotoRow, year: int) -> ArchivePage:
        fonds = self.fonds[row["number"].split("-")[0]]
        title = _("%(year)d, photographs") % {"year": year}
        return year_series(fonds, self.category, year, title, self.status, self.user)

    def _photo(self, row: PhotoRow, group: ArchivePage) -> None:
        known = self.known.get(row["number"])
        files = self.files[row["number"]]
        status = OPENING.get(row["opening_status"], self.status)
        item = known or add_unit(group, self._item(row, group), status, self.user)
        self.result.photos += not known
        image = ArchiveImage.objects.filter(unit=item, photo_number=row["number"]).first()
        added = 0
        if files.picture and image is None:
            self._picture(row, item, files.picture, status)
            added = 1
        self.result.pictures += added
        added += self._keep(item, files.master, ObjectRole.PHOTO)
        added += self._keep(item, files.negative, ObjectRole.NEGATIVE)
        self.result.unchanged += bool(known and not added)

    def _item(self, row: PhotoRow, group: ArchivePage) -> ItemPage:
        return ItemPage(
            title=row["title"],
            reference_code=row["number"],
            creator=row["photographer"],
            date_text=row["taken_text"],
            category=self.category,
            retention=group.retention,
            page_count=1,
            carrier=row["carrier"],
            persons="" if row["persons"] == "无" else row["persons"],
            subjects="；".join(tags_of(row)),
            origin=Origin.BORN_DIGITAL if "数码" in row["carrier"] else Origin.DIGITISED,
            see_also=row["see_also"],
            note=row["note"],
        )

    def _picture(self, row: PhotoRow, item: ArchivePage, path: Path, status: str) -> None:
        fields = "occasion taken_text place persons background photographer caption negative_number see_also"
        fields += " credit licence description"
        image = ArchiveImage(
            title=row["title"],
            photo_number=row["number"],
            unit=item,
            opening_status=status,
            uploaded_by_user=self.user,
            **{name: row[name] for name in fields.split()},
        )
        with path.open("rb") as stream:
            image.file = File(stream, name=path.name)
            image._set_image_file_metadata()
            image.save()
        self.written.append(image.file.name)
        image.tags.add(*preferred(tags_of(row)))
        log(image, "wagtail.create", user=self.user)

    def _keep(self, item: ArchivePage, path: Path | None, role: str) -> int:
        """Keep a master beside the picture; 1 where it is new."""
        if path is None or DigitalObject.objects.filter(unit=item, role=role).exists():
            return 0
        if not self.dry_run:
            master = store_master(path, mimetypes.guess_type(path.name)[0])
            DigitalObject.objects.create(unit=item, master=master, role=role, number=1, name=path.name)
        if role == ObjectRole.NEGATIVE:
            self.result.negatives += 1
        else:
            self.result.masters += 1
        return 1

    def _remove_written(self) -> None:
        """Take away the files of pictures whose rows were rolled back."""
        for name in self.written:
            default_storage.delete(name)


def import_photos(path: Path, photos: Path, masters: Path | None = None, negatives: Path | None = None, **options):
    """Take the list at ``path`` and its pictures in: see ``PhotoImporter``. ``dry_run=True`` writes nothing."""
    dry_run = options.pop("dry_run", False)
    return PhotoImporter(path, photos, masters, negatives, **options).run(dry_run=dry_run)


def make_renditions() -> int:
    """Make the derivatives of all photographs that pages show, so that no visitor waits for them; their number."""
    specs = (THUMBNAIL, CARD, MEDIUM, LARGE)
    made = 0
    for image in ArchiveImage.objects.prefetch_renditions(*specs).order_by("pk").iterator(chunk_size=200):
        made += len(image.get_renditions(*specs))
    return made


def find_file(folder: Path, name: str) -> Path | None:
    """The file ``name`` in ``folder``, with or without the first folder the list writes before it; never outside."""
    parts = Path(name.replace("\\", "/")).parts
    for start in range(min(2, len(parts))):
        path = folder.joinpath(*parts[start:])
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            return path
    return None


def tags_of(row: PhotoRow) -> list[str]:
    """The tags of a row, each once, in their order."""
    return list(dict.fromkeys(tag.strip()[:100] for tag in _SPLIT.split(row["tags"]) if tag.strip()))


def _retentions() -> dict[str, RetentionPeriod]:
    """Retention periods by code, name and other spellings."""
    return {
        spelling: period
        for period in RetentionPeriod.objects.all()
        for spelling in (period.code, period.name, *period.aliases.split())
    }


def _span(start: str, end: str) -> str:
    return f"{start}-{end}" if start and end and start != end else start or end


def _labelled(label: str, text: str) -> str:
    return f"{label}: {text}" if text else ""
