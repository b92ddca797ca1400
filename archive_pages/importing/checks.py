"""The checks of a catalogue list: one function each, citing DA/T 22-2015, DA/T 18-2022 and the items of DA/T 70-2018.

Checks of a row fill its values as they go: what a check has accepted is in normal form. Checks of a list look at all
rows together.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from fonds.access.enums import OpeningStatus

from ..archival_dates import parse_archival_date
from ..codes import gaps_in, split_run
from ..enums import Disclosure, Origin
from ..folding import fold
from ..models import CodeRecord, ItemPage
from ..reference_codes import normalise_code
from ..rules import CLASSIFIED_GRADES, check_characters, read_page_count, read_secrecy
from ..secrecy import check_entry
from .columns import COLUMNS, REQUIRED
from .entries import Entry, Tables, spelling
from .faults import WARNING, Fault
from .reading import DATE, FORMULA, CatalogueList

TEXT_KEYS = ("title", "document_number", "creator", "note", "carrier", "subjects", "persons", "see_also")
MAX_LENGTHS = {key: ItemPage._meta.get_field(key).max_length for key in (*TEXT_KEYS, "date_text", "reference_code")}
OPENING = {
    "开放": OpeningStatus.OPEN,
    "控制": OpeningStatus.CONTROLLED,
    "控制使用": OpeningStatus.CONTROLLED,
    "延期开放": OpeningStatus.DELAYED,
    "延期": OpeningStatus.DELAYED,
    "未审核": OpeningStatus.UNREVIEWED,
} | {value.upper(): OpeningStatus(value) for value in OpeningStatus.values}
DISCLOSURE = {"主动公开": Disclosure.PROACTIVE, "依申请公开": Disclosure.ON_REQUEST, "不予公开": Disclosure.NONE}
ORIGIN = {"原生": Origin.BORN_DIGITAL, "数字化": Origin.DIGITISED, "编辑": Origin.EDITED}
CHOICES = {"opening_status": OPENING, "disclosure": DISCLOSURE, "origin": ORIGIN}
SHOWN_GAPS = 20


# --- The head -------------------------------------------------------------------------------------------------------


def check_head(table: CatalogueList) -> list[Fault]:
    """Missing, unknown, repeated and unused columns, and a list without rows (DA/T 70-2018, 2-1, 2-3)."""
    row = table.head_row
    faults = [
        Fault(row, column.heading, "DA/T 70 2-3", _("The column %(name)s is missing.") % {"name": column.heading})
        for column in REQUIRED
        if not table.has(column.key)
    ]
    faults += [
        Fault(row, name, "DA/T 70 2-3", _("The column “%(name)s” is not known. Rename or remove it.") % {"name": name})
        for name in table.unknown
    ]
    faults += [
        Fault(row, name, "DA/T 70 2-3", _("Two columns mean the same: “%(name)s”. Remove one.") % {"name": name})
        for name in table.repeated
    ]
    faults += [
        Fault(row, table.heading(column.key), "DA/T 70 2-3", _("This column is not taken over."), WARNING)
        for column in COLUMNS
        if not column.taken and table.has(column.key) and column.key not in {"sequence", "number", "file_code"}
    ]
    if not table.rows:
        faults.append(Fault(None, "", "DA/T 70 2-1", _("The list has no rows below its head.")))
    return faults


# --- A row ----------------------------------------------------------------------------------------------------------


def check_formulas(entry: Entry, tables: Tables) -> None:
    """A formula is never evaluated: its result is not what someone wrote (DA/T 70-2018, 1-6)."""
    for key, cell in entry.row.cells.items():
        if cell.kind == FORMULA:
            entry.fault(key, "DA/T 70 1-6", _("The cell holds a formula. Write its value as text."))


def check_obligatory(entry: Entry, tables: Tables) -> None:
    """The obligatory elements of an item (DA/T 18-2022; DA/T 70-2018, 2-4)."""
    for column in COLUMNS:
        if column.obligatory and entry.table.has(column.key) and not entry.row.text(column.key):
            entry.fault(column.key, "DA/T 70 2-4", _("%(name)s is empty.") % {"name": entry.table.heading(column.key)})


def check_texts(entry: Entry, tables: Tables) -> None:
    """Characters and length of the texts (DA/T 70-2018, 1-2, 1-6)."""
    for key in TEXT_KEYS:
        if not entry.table.has(key):
            continue
        written = entry.row.cells[key].text if key in entry.row.cells else ""
        text = re.sub(r"\s*[\r\n]+\s*", "" if key != "note" else "；", written.strip())
        if text != written:
            entry.fault(key, "DA/T 70 1-6", _("Blanks at the ends and line breaks are removed."), WARNING)
        try:
            check_characters(text)
        except ValueError as error:
            entry.fault(key, "DA/T 70 1-6", error)
        limit = MAX_LENGTHS[key]
        if limit and len(text) > limit:
            entry.fault(
                key,
                "DA/T 70 1-2",
                _("The text has %(length)d characters; %(limit)d are allowed.") % {"length": len(text), "limit": limit},
            )
        entry.values[key] = text


def check_code(entry: Entry, tables: Tables) -> None:
    """The reference code: normal form, template, fonds, category (DA/T 13-2022; DA/T 70-2018, 1-7)."""
    written = entry.row.text("reference_code")
    if not written or entry.row.cells["reference_code"].kind == FORMULA:
        return
    code = normalise_code(written)
    if code != written:
        words = {"code": code}
        entry.fault("reference_code", "DA/T 70 1-7", _("Read as %(code)s.") % words, WARNING)
    for pattern in tables.patterns:
        fields = pattern.parse(code)
        if fields:
            if _check_owner(entry, fields, tables):
                entry.values["reference_code"], entry.code_fields, entry.pattern = code, fields, pattern
            return
    start = code.split("-")[0]
    if start != tables.fonds.reference_code and re.fullmatch(r"[A-Z]*\d+", start):
        return _other_fonds(entry, start, tables)
    words = {"code": code, "pattern": tables.patterns[0].pattern}
    entry.fault("reference_code", "DA/T 70 1-7", _("“%(code)s” does not follow the template %(pattern)s.") % words)


def _check_owner(entry: Entry, fields: dict[str, str], tables: Tables) -> bool:
    """Whether the code is of the list's fonds and category."""
    if fields.get("fonds", tables.fonds.reference_code) != tables.fonds.reference_code:
        _other_fonds(entry, fields["fonds"], tables)
        return False
    if fields.get("category", tables.category.code) != tables.category.code:
        words = {"found": fields["category"], "category": tables.category.code}
        sentence = _("The code belongs to category %(found)s; this list is of category %(category)s.") % words
        entry.fault("reference_code", "DA/T 70 1-7", sentence)
        return False
    return True


def _other_fonds(entry: Entry, found: str, tables: Tables) -> None:
    words = {"found": found, "fonds": tables.fonds.reference_code}
    sentence = _("The code belongs to fonds %(found)s; this list is of fonds %(fonds)s.") % words
    entry.fault("reference_code", "DA/T 70 1-7", sentence)


def check_date(entry: Entry, tables: Tables) -> None:
    """The date: form, existence, and whether it fits the year of the code (DA/T 70-2018, 1-3, 1-5)."""
    cell = entry.row.cells.get("date_text")
    if not cell or not cell.text.strip() or cell.kind == FORMULA:
        return
    text = unicodedata.normalize("NFKC", cell.text).strip().replace("〔", "[").replace("〕", "]")
    if cell.kind == DATE:
        entry.fault("date_text", "DA/T 70 1-3", _("A date cell, read as %(text)s.") % {"text": text}, WARNING)
    elif text != cell.text:
        entry.fault("date_text", "DA/T 70 1-3", _("Read as %(code)s.") % {"code": text}, WARNING)
    if len(text) > MAX_LENGTHS["date_text"]:
        return entry.fault("date_text", "DA/T 70 1-2", _("The date is too long."))
    try:
        span = parse_archival_date(text)
    except ValueError as error:
        return entry.fault("date_text", "DA/T 70 1-3", error)
    entry.values["date_text"] = text
    # The year of a code with a file number is that of the file: its documents may be years younger.
    year = None if "file" in entry.code_fields else entry.code_fields.get("year")
    if span.start > tables.today:
        entry.fault("date_text", "DA/T 70 1-5", _("The date lies in the future."))
    elif year and span.start.year > int(year) + 1:
        words = {"year": year}
        entry.fault("date_text", "DA/T 70 1-5", _("The date lies years after the year of the code, %(year)s.") % words)


def check_year(entry: Entry, tables: Tables) -> None:
    """The year of the code and of the column 年度 (DA/T 70-2018, 1-3, 1-5)."""
    given = entry.code_fields.get("year")
    written = unicodedata.normalize("NFKC", entry.row.text("year")).removesuffix("年")
    if written and not re.fullmatch(r"\d{4}", written):
        entry.fault("year", "DA/T 70 1-3", _("“%(text)s” is not a year.") % {"text": written})
    elif written and given and written != given:
        _differs(entry, "year", written, given)
    if given or re.fullmatch(r"\d{4}", written):
        entry.values["year"] = int(given or written)


def _differs(entry: Entry, key: str, written: str, given: str) -> None:
    words = {"written": written, "given": given}
    entry.fault(key, "DA/T 70 1-5", _("The column says %(written)s, the code says %(given)s.") % words)


def check_tables(entry: Entry, tables: Tables) -> None:
    """Retention period and department stand in their tables and agree with the code (DA/T 70-2018, 1-4, 1-5)."""
    _check_table(entry, "retention", tables.retentions, _("“%(text)s” is not a retention period of the table."))
    _check_table(entry, "department", tables.departments, _("“%(text)s” is not a department of the table."))
    for key, known, own in (
        ("category", tables.categories, tables.category),
        ("fonds", {tables.fonds.reference_code: tables.fonds}, tables.fonds),
    ):
        written = entry.row.text(key)
        if written and known.get(spelling(written)) != own:
            label = getattr(own, "code", None) or own.reference_code
            words = {"text": written, "own": label}
            entry.fault(key, "DA/T 70 1-4", _("“%(text)s” is not the %(own)s of this list.") % words)
    entry.values["category"] = tables.category


def _check_table(entry: Entry, key: str, known: dict, unknown: str) -> None:
    written, given = entry.row.text(key), entry.code_fields.get(key, "")
    by_column, by_code = known.get(spelling(written)), known.get(spelling(given))
    if given and not by_code:
        entry.fault("reference_code", "DA/T 70 1-4", unknown % {"text": given})
    if written and not by_column:
        entry.fault(key, "DA/T 70 1-4", unknown % {"text": written})
    elif written and by_code and by_column != by_code:
        _differs(entry, key, by_column.code, by_code.code)
    if key == "retention" and not written and not given and entry.pattern:
        entry.fault(key, "DA/T 70 2-4", _("The retention period is neither in the code nor in a column."))
    if by_code or by_column:
        entry.values[key] = by_code or by_column


def check_secrecy(entry: Entry, tables: Tables) -> None:
    """The secrecy mark, and that this archive may describe what bears it (DA/T 70-2018, 1-4, 1-5)."""
    if not entry.table.has("secrecy"):
        return
    try:
        mark = read_secrecy(entry.row.text("secrecy"))
        check_entry(mark)
        entry.values["secrecy"] = mark
    except ValueError as error:
        entry.fault("secrecy", "DA/T 70 1-4", error)


def check_pages(entry: Entry, tables: Tables) -> None:
    """The number of pages (DA/T 70-2018, 1-3)."""
    if not entry.table.has("page_count"):
        return
    try:
        entry.values["page_count"] = read_page_count(entry.row.text("page_count"))
    except ValueError as error:
        entry.fault("page_count", "DA/T 70 1-3", error)


def check_choices(entry: Entry, tables: Tables) -> None:
    """Opening status, disclosure and origin have the words of their vocabularies (DA/T 70-2018, 1-4)."""
    for key, words in CHOICES.items():
        written = entry.row.text(key)
        if not entry.table.has(key):
            continue
        if written and spelling(written) not in words:
            allowed = {"text": written, "allowed": "、".join(word for word in words if not word.isascii())}
            entry.fault(key, "DA/T 70 1-4", _("“%(text)s” is not one of: %(allowed)s.") % allowed)
        elif written or key != "opening_status":
            entry.values[key] = words[spelling(written)] if written else ""
    classified = entry.values.get("secrecy", "").startswith(CLASSIFIED_GRADES)
    if classified and entry.values.get("opening_status") == OpeningStatus.OPEN:
        entry.fault("opening_status", "DA/T 70 1-5", _("A unit with a secrecy mark cannot be open."))


ROW_CHECKS: tuple[Callable[[Entry, Tables], None], ...] = (
    check_formulas,
    check_obligatory,
    check_texts,
    check_code,
    check_date,
    check_year,
    check_tables,
    check_secrecy,
    check_pages,
    check_choices,
)


# --- All rows -------------------------------------------------------------------------------------------------------


def check_duplicates(entries: Iterable[Entry]) -> None:
    """Each code stands once in the list; units alike in title, number and date deserve a look (DA/T 70-2018, 1-8)."""
    codes: dict[str, int] = {}
    likes: dict[tuple, int] = {}
    for entry in entries:
        number = entry.row.number
        if entry.code and codes.setdefault(entry.code, number) != number:
            words = {"code": entry.code, "row": codes[entry.code]}
            entry.fault("reference_code", "DA/T 70 1-8", _("%(code)s stands in row %(row)d already.") % words)
        values = entry.values
        like = (fold(values.get("title", "")), fold(values.get("document_number", "")), values.get("date_text"))
        if all(like) and likes.setdefault(like, number) != number:
            words = {"row": likes[like]}
            sentence = _("Title, document number and date are those of row %(row)d: a double?") % words
            entry.fault("title", "DA/T 70 1-8", sentence, WARNING)


def check_gaps(entries: list[Entry]) -> None:
    """Numbers left out in a run, counting what the archive has already (DA/T 70-2018, 2-6)."""
    by_code = {entry.code: entry for entry in entries if entry.code}
    runs = {gap.prefix for gap in gaps_in(by_code)}
    registered = {
        code
        for run in runs
        for code in CodeRecord.objects.filter(code__startswith=run).values_list("code", flat=True)
        if split_run(code)[0] == run
    }
    found = [gap for gap in gaps_in({*by_code, *registered}) if gap.prefix in runs and gap.before in by_code]
    for gap in found[:SHOWN_GAPS]:
        width = len(gap.before) - len(gap.prefix)
        numbers = "–".join(str(number).zfill(width) for number in dict.fromkeys((gap.first, gap.last)))
        words = {"prefix": gap.prefix, "numbers": numbers}
        sentence = _("Numbers left out before this row: %(prefix)s%(numbers)s.") % words
        by_code[gap.before].fault("reference_code", "DA/T 70 2-6", sentence, WARNING)
