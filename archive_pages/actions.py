"""What an archivist does with units in the admin: proposing and reserving codes, finding doubles, opening many units.

``fonds.archive_pages.codes`` gives the codes; here is what surrounds a form.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from fonds.access.decisions import visible
from fonds.access.enums import OpeningStatus

from . import codes
from .archival_dates import parse_archival_date
from .enums import Level
from .models import ArchivePage, FondsPage
from .reference_codes import normalise_code
from .rules import CLASSIFIED_GRADES
from .standing import refresh_standing

INHERITED = ("category", "year", "retention", "department")
NUMBERED = (Level.FILE, Level.ITEM)
_FEW = 20
_PIECES = re.compile(r"([^{}]*)\{(\w+)[^}]*\}")


@dataclass
class CodeValues:
    """What a new unit's code is made of. ``parent`` is the page it will stand under."""

    parent: ArchivePage
    level: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def fonds(self) -> FondsPage | None:
        return codes.fonds_of(self.parent)

    def for_template(self) -> dict[str, Any]:
        """The values as the templates name them; an item in a file has the file's number too."""
        given = {name: self.values.get(name) for name in ("year", "retention", "department")}
        if self.parent.level == Level.FILE and self.parent.reference_code:
            given["file"] = codes.split_run(self.parent.reference_code)[1] or None
        return given


def inherited_values(parent: ArchivePage) -> dict[str, Any]:
    """Category, year, retention period and department that a new unit takes from the nearest unit above it."""
    found: dict[str, Any] = dict.fromkeys(INHERITED)
    above = parent.get_ancestors(inclusive=True).exclude(level="").order_by("-depth")
    for page in above.select_related("category", "retention", "department"):
        for name in INHERITED:
            found[name] = getattr(page, name) if found[name] is None else found[name]
    return {name: value for name, value in found.items() if value is not None}


def propose_code(wanted: CodeValues) -> str:
    """The code the unit would get now, without reserving it; empty where codes of its level are written by hand.

    Raises ``ValidationError`` where the template or a value it needs is missing.
    """
    fonds, category = wanted.fonds, wanted.values.get("category")
    if fonds is None:
        return ""
    if wanted.level == Level.SERIES:
        return _series_code(fonds, wanted)
    if wanted.level not in NUMBERED:
        return ""
    _require_category(category)
    return codes.peek_code(fonds, category, wanted.level, **wanted.for_template())


def reserve_code(wanted: CodeValues) -> str:
    """Take the next code; call inside the transaction that saves the unit, so that no number is lost."""
    if wanted.level not in NUMBERED:
        return propose_code(wanted)
    _require_category(wanted.values.get("category"))
    return codes.next_code(wanted.fonds, wanted.values["category"], wanted.level, **wanted.for_template())


def _require_category(category) -> None:
    if category is None:
        raise ValidationError({"category": _("Choose the category: the reference code is made from it.")})


def _series_code(fonds: FondsPage, wanted: CodeValues) -> str:
    """The beginning of the codes of the units in a series, as far as its values reach: ``J037-WS·2008-D30``."""
    category = wanted.values.get("category")
    if category is None:
        return ""
    patterns = codes.patterns_for(fonds, category, Level.ITEM)
    if not patterns:
        return ""
    given = {"fonds": fonds.reference_code, "category": category.code, **wanted.for_template()}
    code = ""
    for literal, name in _PIECES.findall(patterns[0].pattern):
        if given.get(name) in (None, ""):
            break
        code += literal + str(getattr(given[name], "code", given[name]))
    code = normalise_code(code)
    return "" if code == wanted.parent.reference_code else code


def check_code(wanted: CodeValues, code: str) -> None:
    """Raise ``ValidationError`` where a code written by hand is of another fonds or follows no template."""
    fonds = wanted.fonds
    if fonds is None or not code:
        return
    if not code.startswith(fonds.reference_code or ""):
        raise ValidationError(
            _("“%(code)s” is not a code of this fonds: it must begin with %(fonds)s.")
            % {"code": code, "fonds": fonds.reference_code}
        )
    category = wanted.values.get("category")
    patterns = codes.patterns_for(fonds, category, wanted.level) if category else []
    if wanted.level not in NUMBERED or not patterns:
        return
    parsed = next(filter(None, (pattern.parse(code) for pattern in patterns)), None)
    if parsed is None or parsed.get("fonds", fonds.reference_code) != fonds.reference_code:
        raise ValidationError(
            _("“%(code)s” does not follow the template %(pattern)s.") % {"code": code, "pattern": patterns[0].pattern}
        )


def find_doubles(
    fonds: FondsPage, title: str, date_text: str, document_number: str, unit_id: int | None, user
) -> list[ArchivePage]:
    """Up to five other units of ``fonds`` that ``user`` may know of with the same title and date, or with the same
    document number."""
    within = visible(ArchivePage.objects.filter(path__startswith=fonds.path), user)
    within = within.exclude(pk=unit_id or 0).exclude(level="")
    found: dict[int, ArchivePage] = {}
    try:
        span = parse_archival_date(date_text) if date_text else None
    except ValueError:  # told beside the date itself
        span = None
    if title and span:
        same = Q(date_start=span.start, date_end=span.end) & (Q(title=title) | Q(draft_title=title))
        found.update((page.pk, page) for page in within.filter(same)[:5])
    if document_number and len(found) < 5:
        found.update((page.pk, page) for page in within.filter(document_number=document_number)[:5])
    return sorted(found.values(), key=lambda page: page.sort_key)[:5]


def check_opening(secrecy: str, status: str) -> None:
    """Raise ``ValidationError`` for the opening of a unit that bears a mark from 秘密 upwards (DA/T 70-2018, 1-5)."""
    if status == OpeningStatus.OPEN and secrecy.startswith(CLASSIFIED_GRADES):
        raise ValidationError(_("A unit with a secrecy mark cannot be open."))


@transaction.atomic
def set_opening_status(units: Iterable[ArchivePage], status: str, user) -> int:
    """Give ``units`` the opening status (开放标识) and note it in the log of each; how many changed.

    It takes effect at once, so ``user`` needs the right to publish each unit (``PermissionDenied``). A draft of a
    unit takes the status too, so that publishing it later does not undo the decision.
    """
    status = OpeningStatus(status)
    changing = [unit for unit in units if unit.level and unit.opening_status != status]
    for unit in changing:
        if not unit.permissions_for_user(user).can_publish():
            raise PermissionDenied
        check_opening(unit.secrecy, status)
    for start in range(0, len(changing), 500):
        part = changing[start : start + 500]
        ArchivePage.objects.filter(pk__in=[unit.pk for unit in part]).update(opening_status=status)
    for unit in changing:
        _carry_into_draft(unit, status)
        data = {"old": str(OpeningStatus(unit.opening_status).label), "new": str(status.label)}
        log(unit, "archive_pages.set_opening_status", user=user, data=data)
    for path in _paths_to_refresh(changing):
        refresh_standing(path)
    return len(changing)


def _carry_into_draft(unit: ArchivePage, status: OpeningStatus) -> None:
    if unit.has_unpublished_changes and unit.latest_revision_id:
        unit.latest_revision.content["opening_status"] = status.value
        unit.latest_revision.save(update_fields=["content"])


def _paths_to_refresh(units: list[ArchivePage]) -> set[str]:
    """Each unit where there are few of them, else the places they stand in: one statement for many siblings."""
    if len(units) <= _FEW:
        return {unit.path for unit in units}
    return {unit.path[: -ArchivePage.steplen] for unit in units}
