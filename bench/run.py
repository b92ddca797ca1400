"""Measure what the product promises, each figure beside what it is compared with: ``make bench``.

Runs against the database of DATABASE_URL (or SQLite under FONDS_DATA), which it fills first: use an empty one.
"""

import importlib
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fonds.bench.settings")

BENCHES = [
    "import_catalogue",
    "certified_copy",
    "desk",
    "pages",
    "audit",
    "reference",
    "search",
    "access",
    "scans",
    "photographs",
    "ocr",
    "iiif",
    "watermarks",
    "visit",
]


def main(names: list[str]) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", interactive=False, verbosity=0)
    print(f"command: python bench/run.py {' '.join(names)}   database: {connection.vendor}   cores: {os.cpu_count()}")
    for name in names:
        figures = importlib.import_module(f"fonds.bench.{name}").run()
        for label, figure in figures.items() if isinstance(figures, dict) else figures:
            print(f"{connection.vendor:<11} {name:<17} {label:<58} {figure}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or BENCHES)
