"""Finding the dossier of an enterprise by what a reader says at the window: a name of today or of former days, the
registration number, the social credit code."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, Q, Value, When

from fonds.access.decisions import visible
from fonds.archive_pages.folding import fold, folded_words
from fonds.archive_pages.models import ArchivePage

from ..readers.numbers import credit_code, plain, registration_number
from .models import Enterprise

MOST = 5
_NUMBER = re.compile(r"[0-9]{13,16}|[0-9]{8}[0-9A-Z]{10}")


@dataclass(frozen=True)
class EnterpriseHit:
    """A dossier that was found; ``former_name`` is the name it was found by, where that is not its present one."""

    enterprise: Enterprise
    former_name: str = ""

    @property
    def unit(self) -> ArchivePage:
        return self.enterprise.unit


def find_enterprises(query: str, user, most: int = MOST) -> list[EnterpriseHit]:
    """The dossiers that ``query`` means and of which ``user`` may know, best first: one query."""
    query = query.strip()[:200]
    if not query:
        return []
    rows = visible(Enterprise.objects.filter(unit__live=True), user, "unit__").select_related("unit")
    number = plain(query)
    if _NUMBER.fullmatch(number):
        asked = Q(credit_code=number) | Q(registration_number=number)
        return [EnterpriseHit(each) for each in rows.filter(asked).order_by("name", "pk")[:most]]
    words = folded_words(query)
    if not words:
        return []
    asked = Q()
    for word in words:
        asked &= Q(search_text__contains=word)
    whole = fold(query)
    rank = Case(
        When(search_text=whole, then=Value(0)),
        When(search_text__startswith=whole, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = rows.filter(asked).order_by(rank, "name", "pk")[:most]
    return [EnterpriseHit(each, each.former_name_with(words)) for each in found]


def number_fault(query: str) -> str:
    """What is wrong with ``query`` where it looks like a number of an enterprise; empty where nothing is."""
    number = plain(query.strip()[:60])
    if not _NUMBER.fullmatch(number):
        return ""
    try:
        credit_code(number) if len(number) == 18 else registration_number(number)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
