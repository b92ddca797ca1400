"""Taking in an older use register (利用登记簿): a list with one line for each visit."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fonds.audit.events import record

from .. import events
from ..lists import RowFault, Taken, as_count, as_date, as_time, read_rows
from .entries import BOTH, CERTIFIED, COPIED
from .models import UseEntry

NUMBER, DAY, BEGAN, ENDED = "登记号", "日期", "开始时间", "完成时间"
TEXTS = {"reader_kind": "读者类型", "purpose": "利用目的", "record_kind": "档案种类", "manner": "利用方式",
         "desk": "窗口", "clerk": "经办人", "organisation": "单位", "reader_name": "利用者", "effect": "利用效果"}  # fmt: skip
BATCH = 1000


def import_uses(path: Path, *, user=None) -> Taken:
    """Take in the list at ``path``; a number that is in the register already stays as it is. Nothing is written where
    there are faults. Raises ``ListFault`` where the list cannot be read."""
    rows = read_rows(path, [NUMBER, DAY, BEGAN, ENDED])
    taken, entries, seen = Taken(), [], {}
    for place, row in enumerate(rows, 2):
        entry, faults = _read(place, row)
        if row[NUMBER] in seen:
            faults.append(RowFault(place, NUMBER, _("stands in row %(row)s already.") % {"row": seen[row[NUMBER]]}))
        seen[row[NUMBER]] = place
        taken.faults += faults
        entries.append(entry)
    if not taken.faults:
        _write(entries, taken, path.name, user)
    return taken


@transaction.atomic
def _write(entries: list[UseEntry], taken: Taken, name: str, user) -> None:
    known = set()
    for start in range(0, len(entries), BATCH):
        numbers = [entry.number for entry in entries[start : start + BATCH]]
        known |= set(UseEntry.objects.filter(number__in=numbers).values_list("number", flat=True))
    new = [entry for entry in entries if entry.number not in known]
    UseEntry.objects.bulk_create(new, batch_size=BATCH)
    taken.new, taken.known = len(new), len(known)
    record(events.IMPORT, subject=name, user=user, detail={"new": taken.new, "known": taken.known})


def _read(place: int, row: dict[str, str]) -> tuple[UseEntry, list[RowFault]]:
    faults: list[RowFault] = []

    def value(column: str, read, otherwise):
        try:
            return read(row.get(column, ""))
        except ValueError as error:
            faults.append(RowFault(place, column, str(error)))
            return otherwise

    if not row[NUMBER] or len(row[NUMBER]) > 20:
        faults.append(RowFault(place, NUMBER, _("is empty or longer than 20 characters.")))
    day = value(DAY, as_date, dt.date.min)
    began, ended = value(BEGAN, as_time, dt.time()), value(ENDED, as_time, dt.time.max)
    if ended < began:
        faults.append(RowFault(place, ENDED, _("lies before the beginning.")))
    printed = value("打印页数", as_count, 0)
    texts = {field: row.get(column, "") for field, column in TEXTS.items()}
    for field, text in texts.items():
        longest = UseEntry._meta.get_field(field).max_length
        if len(text) > longest:
            faults.append(RowFault(place, TEXTS[field], _("is longer than %(most)s characters.") % {"most": longest}))
    if faults:
        return UseEntry(number=row[NUMBER]), faults
    began_at, ended_at = (timezone.make_aware(dt.datetime.combine(day, each)) for each in (began, ended))
    certified = texts["manner"] == CERTIFIED
    entry = UseEntry(
        number=row[NUMBER], day=day, began_at=began_at, ended_at=ended_at,
        seconds=int((ended_at - began_at).total_seconds()), item_count=value("件数", as_count, 0),
        pages_copied=printed if texts["manner"] in (COPIED, BOTH) else 0,
        pages_certified=printed if certified else 0, fee=value("收费（元）", _as_money, Decimal(0)), **texts,
    )  # fmt: skip
    return entry, faults


def _as_money(text: str) -> Decimal:
    try:
        amount = Decimal(text or "0")
    except InvalidOperation as error:
        raise ValueError(_("“%(text)s” is no amount of money.") % {"text": text}) from error
    if not 0 <= amount < 1_000_000:
        raise ValueError(_("“%(text)s” is no amount of money.") % {"text": text})
    return amount
