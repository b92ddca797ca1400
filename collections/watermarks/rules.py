"""Whether a picture bears a watermark for the person who asks for it, and what the watermark says."""

from django.db.models import CharField, QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from fonds.access.decisions import is_archive_staff
from fonds.audit import names
from fonds.audit.context import client_address
from fonds.audit.events import name_of
from fonds.audit.looks import number_of_look, record_look

from ..enums import Marking
from ..models import WatermarkRule

LONGEST_NAME = 32
# Written out: putting together the same by the ORM, for every tile, takes longer than the statement itself.
_RULE = RawSQL(f"SELECT reading FROM {WatermarkRule._meta.db_table} ORDER BY id LIMIT 1", [], CharField())
_OPEN_TOO = {Marking.ALL, Marking.ALL_STAFF}
_STAFF_TOO = {Marking.CLOSED_STAFF, Marking.ALL_STAFF}


def with_rule(rows: QuerySet) -> QuerySet:
    """``rows`` with the rule in force (``watermark``), so that no query of its own asks for it."""
    return rows.annotate(watermark=_RULE)


def is_marked(rule: str | None, *, is_open: bool, user) -> bool:
    """Whether what ``user`` reads bears a watermark. ``rule`` is a ``Marking``, ``None`` where nobody set one yet."""
    rule = Marking(rule or Marking.CLOSED)
    if rule == Marking.NOTHING or (is_open and rule not in _OPEN_TOO):
        return False
    return rule in _STAFF_TOO or not is_archive_staff(user)


def is_for_everybody(rule: str | None, *, is_open: bool) -> bool:
    """Whether everybody gets the same bytes, so that shared caches may keep them."""
    return is_open and rule not in _OPEN_TOO


def watermark_of_look(request: HttpRequest, seen, rule: str | None, *, is_open: bool, detail: dict) -> str:
    """Remember that somebody looks at ``seen`` (a unit or photograph), if it is not open or bears a watermark; what the
    watermark says, empty where there is none."""
    user = request.user
    marked = is_marked(rule, is_open=is_open, user=user)
    if marked:
        action = names.MARKED_LOOK if is_open else names.LOOK
        return _words(request, number_of_look(seen, user=user, request=request, action=action, detail=detail))
    if not is_open:
        record_look(seen, user=user, request=request, detail=detail)
    return ""


def watermark_of_copy(request: HttpRequest, seen, *, is_open: bool) -> str:
    """What a copy of ``seen`` bears where the rule wants that of copies too, else empty."""
    rule = WatermarkRule.load()
    if not rule.copies:
        return ""
    return watermark_of_look(request, seen, rule.reading, is_open=is_open, detail={})


def _words(request: HttpRequest, number: int | None) -> str:
    """Who reads, then the minute and the number of the event. A visitor without an account is his address."""
    user = request.user
    who = name_of(user) if user.is_authenticated else client_address(request)
    lines = [
        who if len(who) <= LONGEST_NAME else f"{who[: LONGEST_NAME - 1]}…",
        f"{timezone.localtime():%Y-%m-%d %H:%M}",
    ]
    if number is not None:
        lines[1] += " " + _("No. %(number)s") % {"number": number}
    return "\n".join(lines)
