"""The engine of the database in use. A third one is a module here and a line in ``ENGINES``."""

from functools import cache

from django.db import connection
from django.utils.module_loading import import_string

from .base import Engine, PageText, among

__all__ = ["Engine", "PageText", "among", "engine"]

ENGINES = {
    "sqlite": "fonds.search.engines.sqlite.SQLiteEngine",
    "postgresql": "fonds.search.engines.postgresql.PostgreSQLEngine",
}


def engine() -> Engine:
    """The engine for the database of this site."""
    return _engine(connection.vendor)


@cache
def _engine(vendor: str) -> Engine:
    return import_string(ENGINES[vendor])()
