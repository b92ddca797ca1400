"""Events as a table to take away: .xlsx or CSV. Nothing in it is ever a formula."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from .canonical import to_json
from .models import Event

MOST = 50_000
MIME_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_CELL = 32_000


def head() -> list[str]:
    """The names of the columns."""
    return [
        _("Number"), _("Time"), _("Time (UTC)"), _("Person"), _("Account number"), _("Address"), _("Channel"),
        _("Action"), _("Name of the action"), _("Kind of object"), _("Object"), _("Reference code"), _("Title"),
        _("Earlier value"), _("Later value"), _("Particulars"), _("Request"), _("Checksum"),
    ]  # fmt: skip


def row(event: Event) -> list[str]:
    """One event as text."""
    return [
        str(event.pk), f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}", f"{event.at:%Y-%m-%d %H:%M:%S.%f}",
        event.actor_name, "" if event.actor_id is None else str(event.actor_id), event.address,
        event.get_channel_display(), event.label, event.action, event.object_type, event.object_id, event.object_code,
        event.object_title, to_json(event.before), to_json(event.after), to_json(event.detail), event.request_id,
        event.row_hash,
    ]  # fmt: skip


def as_xlsx(events: Iterable[Event]) -> bytes:
    """A workbook with one sheet whose cells are all plain text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Events"))
    sheet.freeze_panes = "A2"
    for values in [head(), *map(row, events)]:
        cells = []
        for value in values:
            cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub(" ", value)[:_CELL])
            cell.data_type = "s"  # text that begins with "=" is no formula
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(events: Iterable[Event]) -> Iterator[bytes]:
    """Lines of CSV in UTF-8 with a byte order mark, for spreadsheet programs; what they would take for a formula gets an
    apostrophe before it."""
    yield "\ufeff".encode()
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(head())
    for event in events:
        writer.writerow([f"'{value}" if value.startswith(_FORMULA_SIGNS) else value for value in row(event)])
        if buffer.tell() > 65_536:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()
