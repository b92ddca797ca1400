"""The tree of the archive: the base page, the units, the code register and the tables they refer to."""

from .base import ArchivePage
from .codes import CodeCounter, CodeRecord, ReferenceCodeTemplate
from .tables import Category, RetentionPeriod
from .units import FilePage, FondsIndexPage, FondsPage, ItemPage, SeriesPage

__all__ = [
    "ArchivePage",
    "Category",
    "CodeCounter",
    "CodeRecord",
    "FilePage",
    "FondsIndexPage",
    "FondsPage",
    "ItemPage",
    "ReferenceCodeTemplate",
    "RetentionPeriod",
    "SeriesPage",
]
