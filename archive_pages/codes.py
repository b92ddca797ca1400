"""Giving, registering, changing and resolving reference codes 档号 (DA/T 13-2022, DA/T 22-2015 6.2).

A code is never given twice: the register ``CodeRecord`` has a row for every code any unit ever had, kept by the
database's unique constraint. The next number of a run comes from ``CodeCounter``, whose row is locked while it moves,
so two editors at once get two numbers.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from fonds.access.decisions import visible_q

from .enums import Level
from .models import ArchivePage, CodeCounter, CodeRecord, FondsPage, ReferenceCodeTemplate
from .reference_codes import CodePattern, code_pattern, normalise_code

_CHUNK = 500
_RUN = re.compile(r"(.*?)(\d+)")


class CodeTaken(ValidationError):
    """A code that another unit has, or once had."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = sorted(codes)
        shown = "、".join(self.codes[:5])
        super().__init__(
            _("Reference code already given: %(codes)s. A code is never given twice, even after destruction.")
            % {"codes": shown}
        )


def patterns_for(fonds, category, level: str = Level.ITEM) -> list[CodePattern]:
    """The templates for ``level``, most specific first: of fonds and category, of the category, of any."""
    rows = ReferenceCodeTemplate.objects.filter(
        Q(fonds=fonds) | Q(fonds=None), Q(category=category) | Q(category=None), level=level
    ).order_by("pk")
    ranked = sorted(rows, key=lambda row: (row.fonds_id is None, row.category_id is None))
    return [code_pattern(row.pattern) for row in ranked]


def best_pattern(fonds, category, level: str = Level.ITEM) -> CodePattern:
    """The template new codes follow; raises ``ValidationError`` where none is set up."""
    patterns = patterns_for(fonds, category, level)
    if not patterns:
        raise ValidationError(
            _("There is no reference code template for category %(category)s. Add one under the tables.")
            % {"category": category.code}
        )
    return patterns[0]


def peek_code(fonds, category, level: str = Level.ITEM, **values) -> str:
    """The code ``next_code`` would give now, without reserving it."""
    pattern, filled = _filled(fonds, category, level, values)
    prefix = pattern.prefix(**filled)
    counter = CodeCounter.objects.filter(prefix=prefix).first()
    number = (counter.last if counter else _last_registered(prefix)) + 1
    while CodeRecord.objects.filter(code=_numbered(pattern, filled, number)).exists():
        number += 1
    return _numbered(pattern, filled, number)


@transaction.atomic
def next_code(fonds, category, level: str = Level.ITEM, **values) -> str:
    """Reserve and return the next code of its run, e.g. ``next_code(fonds, ws, year=2008, retention=d30,
    department=bgs)``. The number is used up even where no unit is saved with it.

    ``values`` are what the template names (objects with a ``code`` or plain text). Raises ``ValidationError``
    where a value or the template is missing.
    """
    pattern, filled = _filled(fonds, category, level, values)
    prefix = pattern.prefix(**filled)
    while True:
        code = _numbered(pattern, filled, _advance(prefix))
        if not CodeRecord.objects.filter(code=code).exists():
            return code


def _filled(fonds, category, level: str, values: dict) -> tuple[CodePattern, dict[str, str]]:
    pattern = best_pattern(fonds, category, level)
    given = {"fonds": fonds.reference_code, "category": category.code, **values}
    filled = {name: str(getattr(value, "code", value)) for name, value in given.items() if value not in (None, "")}
    missing = [name for name in pattern.fields[:-1] if name not in filled]
    if missing:
        raise ValidationError(
            _("The reference code also needs: %(names)s.")
            % {"names": "、".join(FIELD_NAMES[name]() for name in missing)}
        )
    return pattern, filled


FIELD_NAMES = {
    "fonds": lambda: _("fonds"),
    "category": lambda: _("category"),
    "year": lambda: _("year"),
    "retention": lambda: _("retention period"),
    "department": lambda: _("department"),
    "file": lambda: _("file number"),
    "number": lambda: _("number"),
}


def _numbered(pattern: CodePattern, filled: dict[str, str], number: int) -> str:
    return normalise_code(pattern.build(**{**filled, pattern.fields[-1]: number}))


def _advance(prefix: str) -> int:
    """One step of the counter of ``prefix``: the UPDATE locks its row until the transaction ends."""
    counter = CodeCounter.objects.filter(prefix=prefix)
    if not counter.update(last=F("last") + 1):
        CodeCounter.objects.bulk_create(
            [CodeCounter(prefix=prefix, last=_last_registered(prefix))], ignore_conflicts=True
        )
        counter.update(last=F("last") + 1)
    return counter.get().last


def _last_registered(prefix: str) -> int:
    codes = CodeRecord.objects.filter(code__startswith=normalise_code(prefix)).values_list("code", flat=True)
    return max((number for run, number in map(split_run, codes) if run == normalise_code(prefix)), default=0)


def split_run(code: str) -> tuple[str, int]:
    """The run of a code and its number in it: ``("J037-WS·2008-D30-BGS-", 12)``; number 0 where it ends in no digit."""
    match = _RUN.fullmatch(code)
    return (match[1], int(match[2])) if match else (code, 0)


# --- The register ---------------------------------------------------------------------------------------------------


@transaction.atomic
def record_codes(units: Iterable[ArchivePage], reason: str = "") -> None:
    """Enter the codes of saved ``units`` in the register; a unit's former code becomes an alias of it.

    Raises ``CodeTaken`` where another unit has or had one of the codes.
    """
    for chunk in _chunks([unit for unit in units if unit.reference_code]):
        pages = {unit.reference_code: unit.pk for unit in chunk}
        known = {row.code: row for row in CodeRecord.objects.filter(code__in=pages)}
        taken = [code for code, row in known.items() if row.page_id != pages[code]]
        if taken:
            raise CodeTaken(taken)
        CodeRecord.objects.filter(page__in=pages.values(), is_current=True).exclude(code__in=pages).update(
            is_current=False, reason=reason[:200]
        )
        again = [row.pk for row in known.values() if not row.is_current]
        if again:
            CodeRecord.objects.filter(pk__in=again).update(is_current=True, reason="")
        CodeRecord.objects.bulk_create(
            [CodeRecord(code=code, page_id=page) for code, page in pages.items() if code not in known]
        )
        _follow(pages)


@transaction.atomic
def record_new_codes(units: Iterable[ArchivePage]) -> None:
    """The same for units that were just written and have no code in the register yet: half the statements."""
    pages = {unit.reference_code: unit.pk for unit in units if unit.reference_code}
    try:
        with transaction.atomic():
            CodeRecord.objects.bulk_create([CodeRecord(code=code, page_id=page) for code, page in pages.items()])
    except IntegrityError:
        taken = [code for some in _chunks(list(pages)) for code in _registered(some)]
        if not taken:
            raise
        raise CodeTaken(taken) from None
    _follow(pages)


def _registered(codes: list[str]) -> list[str]:
    return list(CodeRecord.objects.filter(code__in=codes).values_list("code", flat=True))


def record_code(unit: ArchivePage, reason: str = "") -> None:
    """Enter one saved unit in the register; costs one query where nothing changed."""
    current = CodeRecord.objects.filter(page_id=unit.pk, is_current=True)
    if set(current.values_list("code", flat=True)) == ({unit.reference_code} if unit.reference_code else set()):
        return
    if unit.reference_code:
        record_codes([unit], reason)
    else:
        current.update(is_current=False, reason=reason[:200])


def _follow(codes: Iterable[str]) -> None:
    """Move counters that exist up to the numbers given by hand or by a list."""
    highest: dict[str, int] = {}
    for run, number in map(split_run, codes):
        highest[run] = max(number, highest.get(run, 0))
    for prefix in CodeCounter.objects.filter(prefix__in=highest).values_list("prefix", flat=True):
        CodeCounter.objects.filter(prefix=prefix).update(last=Greatest(F("last"), highest[prefix]))


def _chunks(rows: list) -> Iterator[list]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]


def check_free(code: str, unit: ArchivePage | None = None) -> None:
    """Raise ``CodeTaken`` where ``code`` belongs or belonged to a unit other than ``unit``."""
    taken = CodeRecord.objects.filter(code=normalise_code(code))
    if unit is not None and unit.pk:
        taken = taken.exclude(page_id=unit.pk)
    if taken.exists():
        raise CodeTaken([normalise_code(code)])


def resolve(code: str) -> ArchivePage | None:
    """The unit that has or had ``code``, in any spelling; ``None`` where there is none any more. Asks no access."""
    record = CodeRecord.objects.filter(code=normalise_code(code)).select_related("page").first()
    return record.page if record else None


# --- Renumbering ----------------------------------------------------------------------------------------------------


@transaction.atomic
def renumber(unit: ArchivePage, new_code: str, reason: str, user=None) -> ArchivePage:
    """Give ``unit`` another code. The old one stays in the register as an alias and still finds the unit; the change
    is logged with both. ``user`` must be allowed to edit the unit (``None``: the system itself).

    Raises ``PermissionDenied``, ``CodeTaken``, or ``ValidationError`` for a code that follows no template.
    """
    page = ArchivePage.objects.select_for_update().get(pk=unit.pk).specific
    if user is not None and not page.permissions_for_user(user).can_edit():
        raise PermissionDenied
    old, new = page.reference_code, normalise_code(new_code)
    if not reason.strip():
        raise ValidationError(_("Say why the code changes."))
    if new == old:
        return page
    _check_grammar(page, new)
    check_free(new, page)
    page.reference_code = new
    page.save()
    record_codes([page], reason)
    CodeRecord.objects.filter(page=page, code=old).update(reason=reason[:200])
    if page.latest_revision_id:
        revision = page.latest_revision
        revision.content["reference_code"] = new
        revision.save(update_fields=["content"])
    log(page, "archive_pages.renumber", user=user, data={"old": old, "new": new, "reason": reason})
    return page


def _check_grammar(page: ArchivePage, code: str) -> None:
    fonds = fonds_of(page)
    patterns = patterns_for(fonds, page.category, page.level) if fonds and page.category_id else []
    if not patterns:
        return
    parsed = next(filter(None, (pattern.parse(code) for pattern in patterns)), None)
    if parsed is None or parsed.get("fonds", fonds.reference_code) != fonds.reference_code:
        raise ValidationError(
            _("“%(code)s” does not follow the template %(pattern)s of fonds %(fonds)s.")
            % {"code": code, "pattern": patterns[0].pattern, "fonds": fonds.reference_code}
        )


def fonds_of(page: ArchivePage) -> FondsPage | None:
    """The fonds that ``page`` lies in (itself, where it is one)."""
    paths = [page.path[:end] for end in range(page.steplen, len(page.path) + 1, page.steplen)]
    return FondsPage.objects.filter(path__in=paths).first()


# --- Gaps -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gap:
    """Numbers ``first`` to ``last`` of the run ``prefix`` that were never given, before ``before``."""

    prefix: str
    first: int
    last: int
    before: str


def gaps_in(codes: Iterable[str]) -> list[Gap]:
    """The numbers left out in ``codes``, run by run, counting from 1 (DA/T 70-2018, 2-6)."""
    runs: dict[str, dict[int, str]] = {}
    for code in codes:
        run, number = split_run(code)
        if number:
            runs.setdefault(run, {})[number] = code
    found = []
    for run in sorted(runs):
        expected = 1
        for number in sorted(runs[run]):
            if number > expected:
                found.append(Gap(run, expected, number - 1, runs[run][number]))
            expected = number + 1
    return found


def known_records(user) -> QuerySet[CodeRecord]:
    """The register without the codes of units that ``user`` may not know of."""
    return CodeRecord.objects.filter(Q(page=None) | visible_q(user, "page__"))


def gaps(fonds: FondsPage, level: str = Level.ITEM) -> list[Gap]:
    """The numbers never given in the runs of ``fonds`` among units of ``level`` (and codes of removed units)."""
    return gaps_in(_codes_of(fonds, level, CodeRecord.objects.all()).iterator())


def known_gaps(fonds: FondsPage, user, level: str = Level.ITEM) -> list[Gap]:
    """The same, without a gap before a unit that ``user`` may not know of; a number that such a unit has is no gap."""
    known = set(_codes_of(fonds, level, known_records(user)))
    return [gap for gap in gaps(fonds, level) if gap.before in known]


def _codes_of(fonds: FondsPage, level: str, records: QuerySet[CodeRecord]) -> QuerySet:
    rows = records.filter(Q(page__level=level) | Q(page=None), code__startswith=f"{fonds.reference_code}-")
    return rows.values_list("code", flat=True)
