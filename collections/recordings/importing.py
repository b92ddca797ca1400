"""Taking a list of recordings and its files into the archive (录音录像档案目录; DA/T 63-2017, DA/T 78-2019).

A row becomes an item under the fonds' series of its category and year, its file a recording of it, its transcript the
lines beside it. All or nothing: with one fault nothing is written. What the archive has already is left as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from fonds.access.enums import OpeningStatus
from fonds.archive_pages.archival_dates import parse_archival_date
from fonds.archive_pages.codes import patterns_for
from fonds.archive_pages.enums import Level, Origin
from fonds.archive_pages.importing.faults import Fault, ListFault
from fonds.archive_pages.models import (
    ArchivePage,
    Category,
    CodeRecord,
    FondsPage,
    ItemPage,
    RetentionPeriod,
)
from fonds.archive_pages.reference_codes import normalise_code
from fonds.archive_pages.rules import check_characters

from ..faults import ScanFault
from ..importing.new_units import add_unit, year_series
from ..photo_importing import find_file
from ..photo_list import HEAD_ROWS, LENGTHS, open_book, text_of
from .actions import add_recording
from .probing import Probe, probe
from .transcripts import Cue, decoded, read_transcript

COLUMNS = {
    "档号": "code", "题名": "title", "门类": "kind", "摄录者": "creator", "时间": "date_text", "地点": "place",
    "人物": "persons", "时长": "duration", "参见号": "see_also", "文件名": "file", "文字稿": "transcript",
    "保管期限": "retention", "备注": "note", "文件大小（字节）": "size",
}  # fmt: skip
OBLIGATORY = ("档号", "题名", "文件名")
CATEGORIES = {False: "LY", True: "LX"}
MOST_ROWS, LONGEST = 20_000, 2_000


@dataclass
class Row:
    """One row of the list with what was found for it."""

    number: int
    values: dict[str, str]
    path: Path | None = None
    found: Probe | None = None
    cues: list[Cue] = field(default_factory=list)
    unit: ArchivePage | None = None

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass
class Outcome:
    """What an import did, or why it did nothing."""

    units: int = 0
    recordings: list[int] = field(default_factory=list)
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)


def import_recordings(path: Path, folder: Path, user=None, *, status: str = OpeningStatus.UNREVIEWED) -> Outcome:
    """Take the list at ``path`` in, with its files in ``folder``; the keys of the new recordings still need their copies
    (``jobs.queue_recordings``). Raises ``ListFault`` for what is no list."""
    outcome = Outcome()
    rows = read_list(path, outcome)
    for row in rows:
        _check(row, folder, outcome)
    _check_doubles(rows, outcome)
    if outcome.faults:
        return outcome
    with transaction.atomic():
        for row in rows:
            unit = row.unit or _new_unit(row, status, user)
            outcome.units += row.unit is None
            recording, is_new = add_recording(unit, row.path, user, name=Path(row["file"]).name, cues=row.cues)
            if is_new:
                outcome.recordings.append(recording.pk)
            outcome.unchanged += not is_new
    return outcome


def read_list(path: Path, outcome: Outcome) -> list[Row]:
    """The rows of the first sheet, below the heading with the obligatory columns; formulas and signs that no text has are
    noted in ``outcome``. Raises ``ListFault``."""
    book = open_book(path, ())
    try:
        rows = list(_rows(book.worksheets[0], outcome))
    finally:
        book.close()
    if not rows:
        raise ListFault(
            _("The list has no rows below a heading with the columns %(names)s.") % {"names": "、".join(OBLIGATORY)}
        )
    return rows


def _rows(sheet, outcome: Outcome) -> Iterator[Row]:
    head: dict[int, str] = {}
    for number, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS), 1):
        texts = [text_of(cell) for cell in cells]
        if not head:
            found = {place: text for place, text in enumerate(texts) if text in COLUMNS}
            head = found if set(OBLIGATORY) <= set(found.values()) else {}
            if not head and number >= HEAD_ROWS:
                return
            continue
        if any(texts):
            row = Row(number, {COLUMNS[name]: texts[place] for place, name in head.items() if place < len(texts)})
            for place, name in head.items():
                _check_cell(outcome, row, name, cells[place] if place < len(cells) else None, row[COLUMNS[name]])
            yield row


def _check_cell(outcome: Outcome, row: Row, column: str, cell, text: str) -> None:
    limit = LENGTHS.get(COLUMNS[column], LONGEST)
    if cell is not None and cell.data_type == "f":
        _fault(outcome, row, column, "1-6", _("A formula is not taken in. Write its value."))
    elif len(text) > limit:
        words = {"limit": limit, "length": len(text)}
        _fault(outcome, row, column, "1-2", _("The text has %(length)d characters; the limit is %(limit)d.") % words)
    else:
        try:
            check_characters(text)
        except ValueError as error:
            _fault(outcome, row, column, "1-6", str(error))


def _fault(outcome: Outcome, row: Row, column: str, rule: str, sentence: str) -> None:
    outcome.faults.append(Fault(row.number, column, f"DA/T 70 {rule}", sentence))


def _check(row: Row, folder: Path, outcome: Outcome) -> None:
    row.values["code"] = normalise_code(row["code"])
    for column in OBLIGATORY:
        if not row[COLUMNS[column]]:
            _fault(outcome, row, column, "2-4", _("“%(column)s” is empty.") % {"column": column})
            return
    try:
        if row["date_text"]:
            parse_archival_date(row["date_text"])
    except ValueError as error:
        _fault(outcome, row, "时间", "1-2", str(error))
    _check_file(row, folder, outcome)
    _check_transcript(row, folder, outcome)
    _check_unit(row, outcome)


def _check_file(row: Row, folder: Path, outcome: Outcome) -> None:
    row.path = find_file(folder, row["file"])
    if row.path is None:
        _fault(outcome, row, "文件名", "1-11", _("The file “%(name)s” is not in the folder.") % {"name": row["file"]})
        return
    try:
        row.found = probe(row.path)
    except ScanFault as fault:
        _fault(outcome, row, "文件名", "3-3", str(fault))
    size = row.path.stat().st_size
    if row["size"].isdecimal() and int(row["size"]) != size:
        words = {"stated": row["size"], "found": size}
        _fault(
            outcome,
            row,
            "文件大小（字节）",
            "2-2",
            _("The list says %(stated)s bytes, the file has %(found)s.") % words,
        )


def _check_transcript(row: Row, folder: Path, outcome: Outcome) -> None:
    if not row["transcript"]:
        return
    path = find_file(folder, row["transcript"])
    if path is None:
        words = {"name": row["transcript"]}
        _fault(outcome, row, "文字稿", "1-11", _("The file “%(name)s” is not in the folder.") % words)
        return
    try:
        row.cues = read_transcript(decoded(path.read_bytes()))
    except ScanFault as fault:
        _fault(outcome, row, "文字稿", "3-3", str(fault))


def _check_unit(row: Row, outcome: Outcome) -> None:
    record = CodeRecord.objects.filter(code=row["code"]).select_related("page").first()
    if record:
        row.unit = record.page
        if record.page is None or record.page.level != Level.ITEM:
            words = {"code": row["code"]}
            _fault(outcome, row, "档号", "1-8", _("%(code)s was given to another unit of the archive.") % words)
        return
    fonds = FondsPage.objects.filter(reference_code=row["code"].split("-")[0]).first()
    category = Category.objects.filter(code=CATEGORIES[bool(row.found and row.found.is_film)]).first()
    if fonds is None or category is None:
        words = {"fonds": row["code"].split("-")[0]}
        _fault(outcome, row, "档号", "1-7", _("There is no fonds %(fonds)s in the archive.") % words)
        return
    fields = next(filter(None, (pattern.parse(row["code"]) for pattern in patterns_for(fonds, category))), None)
    if fields is None or "year" not in fields:
        sentence = _("“%(code)s” does not follow the code template.") % {"code": row["code"]}
        _fault(outcome, row, "档号", "1-7", sentence)
        return
    row.values |= {"fonds": str(fonds.pk), "category": str(category.pk), "year": fields["year"]}


def _check_doubles(rows: list[Row], outcome: Outcome) -> None:
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row["code"], row["file"])
        if all(key) and key in seen:
            words = {"row": seen[key]}
            _fault(outcome, row, "文件名", "1-8", _("The same file stands in row %(row)s already.") % words)
        seen.setdefault(key, row.number)


def _new_unit(row: Row, status: str, user) -> ArchivePage:
    fonds = FondsPage.objects.get(pk=row["fonds"])
    category = Category.objects.get(pk=row["category"])
    year = int(row["year"])
    series = year_series(fonds, category, year, f"{year}", status, user)
    item = ItemPage(
        title=row["title"], reference_code=row["code"], creator=row["creator"], date_text=row["date_text"],
        category=category, year=year, retention=RetentionPeriod.objects.filter(code=row["retention"]).first(),
        persons="" if row["persons"] == "无" else row["persons"], see_also=row["see_also"], origin=Origin.DIGITISED,
        note="\n".join(filter(None, [_("Place: %(place)s") % {"place": row["place"]} if row["place"] else "", row["note"]])),
    )  # fmt: skip
    return add_unit(series, item, status, user)
