"""A row of the list on its way to a unit, and the tables it is read against."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from fonds.access.models import Department

from ..codes import patterns_for
from ..models import Category, FondsPage, ItemPage, RetentionPeriod
from ..reference_codes import CodePattern
from .faults import ERROR, Fault
from .reading import CatalogueList, ListRow


def spelling(text: str) -> str:
    """``text`` as it is compared with the names of a table."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


@dataclass
class Tables:
    """What a list is read against: its fonds and category, the code templates, the tables of periods and departments."""

    fonds: FondsPage
    category: Category
    patterns: list[CodePattern]
    retentions: dict[str, RetentionPeriod]
    departments: dict[str, Department]
    categories: dict[str, Category]
    today: date

    @classmethod
    def load(cls, fonds: FondsPage, category: Category) -> "Tables":
        retentions = {}
        for row in RetentionPeriod.objects.all():
            for name in (row.code, row.name, *row.aliases.splitlines()):
                retentions.setdefault(spelling(name), row)
        return cls(
            fonds=fonds,
            category=category,
            patterns=patterns_for(fonds, category),
            retentions=retentions,
            departments={spelling(name): row for row in Department.objects.all() for name in (row.code, row.name)},
            categories={spelling(name): row for row in Category.objects.all() for name in (row.code, row.name)},
            today=timezone.localdate(),
        )


@dataclass
class Entry:
    """One row as it was read: the unit's ``values`` so far, the fields of its code, and its faults."""

    row: ListRow
    table: CatalogueList
    values: dict[str, Any] = field(default_factory=dict)
    code_fields: dict[str, str] = field(default_factory=dict)
    pattern: CodePattern | None = None
    faults: list[Fault] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.values.get("reference_code", "")

    @property
    def is_sound(self) -> bool:
        return not any(fault.is_error for fault in self.faults)

    def fault(self, key: str, rule: str, sentence: str, severity: str = ERROR) -> None:
        """Note a fault of the column ``key``."""
        value = self.row.text(key)[:200]
        self.faults.append(Fault(self.row.number, self.table.heading(key), rule, str(sentence), severity, value))

    def build(self) -> ItemPage:
        """An unsaved item with the values of this row."""
        return ItemPage(**self.values)
