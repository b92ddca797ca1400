"""Taking in a list of enterprise dossiers (企业登记档案): their names and numbers, and the dossiers themselves."""

import re
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from fonds.archive_pages.archival_dates import parse_archival_date
from fonds.archive_pages.bulk import add_units
from fonds.archive_pages.models import ArchivePage, FilePage, RetentionPeriod
from fonds.archive_pages.reference_codes import normalise_code

from ..lists import RowFault, Taken, as_count, read_rows
from ..readers.numbers import credit_code, registration_number
from .models import Enterprise

CODE, NAME, FORMER, REGISTERED, CREDIT = "案卷档号", "企业名称", "曾用名", "注册号", "统一社会信用代码"
NUMBERS = {REGISTERED: registration_number, CREDIT: credit_code}


def import_enterprises(path: Path, *, under: ArchivePage | None = None, user=None) -> Taken:
    """Take in the list at ``path``. A dossier that is not in the archive yet is made below ``under`` (without it, that
    is a fault); one that has its particulars gets those of the list. Nothing is written where there are faults.

    Raises ``ListFault`` where the list cannot be read.
    """
    rows = read_rows(path, [CODE, NAME])
    codes = [normalise_code(row[CODE]) for row in rows]
    units = {unit.reference_code: unit for unit in ArchivePage.objects.filter(reference_code__in=codes)}
    taken, made, seen = Taken(), [], {}
    for number, (row, code) in enumerate(zip(rows, codes, strict=True), 2):
        enterprise, faults = _read(number, row, seen)
        seen[code] = number
        if code not in units and under is None:
            faults.append(RowFault(number, CODE, _("%(code)s is not in the archive.") % {"code": code}))
        taken.faults += faults
        made.append((code, row, enterprise))
    if not taken.faults:
        _write(made, units, under, user, taken)
    return taken


def _read(number: int, row: dict[str, str], seen: dict[str, int]) -> tuple[Enterprise, list[RowFault]]:
    faults = []
    code = normalise_code(row[CODE])
    if not code or not row[NAME]:
        faults.append(RowFault(number, CODE if not code else NAME, _("is empty.")))
    if code in seen:
        faults.append(RowFault(number, CODE, _("stands in row %(row)s already.") % {"row": seen[code]}))
    numbers = {}
    for column, check in NUMBERS.items():
        try:
            numbers[column] = check(row[column]) if row.get(column) else ""
        except ValidationError as error:
            faults.append(RowFault(number, column, " ".join(error.messages)))
    try:
        parse_archival_date(row.get("成立日期", "") or "2000")
    except ValueError as error:
        faults.append(RowFault(number, "成立日期", str(error)))
    former = "\n".join(filter(None, (name.strip() for name in re.split("[；;\n]", row.get(FORMER, "")))))
    enterprise = Enterprise(
        name=row[NAME][:200], former_names=former, registration_number=numbers.get(REGISTERED, ""),
        credit_code=numbers.get(CREDIT, ""), representative=row.get("法定代表人", "")[:60],
        address=row.get("住所", "")[:200], status=row.get("登记状态", "")[:20],
    )  # fmt: skip
    return enterprise, faults


@transaction.atomic
def _write(made: list, units: dict, under: ArchivePage | None, user, taken: Taken) -> None:
    periods = {period.code: period for period in RetentionPeriod.objects.all()}
    dossiers = [_dossier(code, row, each, periods) for code, row, each in made if code not in units]
    if dossiers:
        add_units(under, dossiers, user)
        units.update({unit.reference_code: unit for unit in dossiers})
    known = {each.unit_id: each.pk for each in Enterprise.objects.filter(unit__in=[unit.pk for unit in units.values()])}
    for code, _row, enterprise in made:
        enterprise.unit_id = units[code].pk
        enterprise.pk = known.get(enterprise.unit_id)
        taken.known += enterprise.pk is not None
        taken.new += enterprise.pk is None
        enterprise.save()


def _dossier(code: str, row: dict[str, str], enterprise: Enterprise, periods: dict) -> FilePage:
    former = _("Formerly: %(names)s") % {"names": enterprise.former_names.replace("\n", "；")}
    dossier = FilePage(
        title=f"{enterprise.name}登记档案",
        reference_code=code,
        date_text=row.get("成立日期", ""),
        retention=periods.get(row.get("保管期限", "")),
        item_count=as_count(row.get("卷内件数", "")) or None,
        page_count=as_count(row.get("总页数", "")) or None,
        scope=former if enterprise.former_names else "",
    )
    dossier.apply_date()
    return dossier
