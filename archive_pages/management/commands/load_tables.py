"""Load the tables an archive starts with: categories, retention periods, departments, reference code templates.

Rows that exist are left as the archive has them; only missing ones are added.
"""

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from fonds.access.models import Department
from fonds.archive_pages.models import Category, ReferenceCodeTemplate, RetentionPeriod

FOLDER = settings.ROOT / "fixtures" / "reference_tables"


class Command(BaseCommand):
    help = __doc__

    @transaction.atomic
    def handle(self, *args, **options) -> None:
        for name, load in (
            ("categories", lambda row: _add(Category, row)),
            ("retention_periods", lambda row: _add(RetentionPeriod, row)),
            ("departments", lambda row: _add(Department, row)),
            ("reference_code_templates", _add_template),
        ):
            rows = _read(FOLDER / f"{name}.json")
            added = sum(load(row) for row in rows)
            if options["verbosity"]:
                self.stdout.write(f"{name}: {added} added, {len(rows) - added} there already")


def _read(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))


def _add(model, row: dict) -> bool:
    values = {key: value for key, value in row.items() if key != "code"}
    return model.objects.get_or_create(code=row["code"], defaults=values)[1]


def _add_template(row: dict) -> bool:
    category = Category.objects.get(code=row["category"]) if row["category"] else None
    return ReferenceCodeTemplate.objects.get_or_create(
        fonds=None, category=category, level=row["level"], defaults={"pattern": row["pattern"]}
    )[1]
