"""Pages with text for the tests of the search: rows as the scans of a unit leave them, without files."""

import hashlib

import pytest

from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import MasterFile, PageScan
from fonds.collections.signals import scans_changed


def add_pages(unit: ArchivePage, *texts: str, first: int = 1) -> list[PageScan]:
    """Page scans of ``unit`` with these texts, numbered from ``first``."""
    digest = hashlib.sha256(f"{unit.pk}".encode()).hexdigest()
    master = MasterFile.objects.get_or_create(
        sha256=digest, defaults={"size": 1, "mime_type": "image/jpeg", "key": digest[:40]}
    )[0]
    scans = PageScan.objects.bulk_create(
        PageScan(unit_id=unit.pk, number=number, master=master, width=10, height=10, sha256=digest, text=text)
        for number, text in enumerate(texts, first)
    )
    ArchivePage.objects.filter(pk=unit.pk).update(scan_count=len(texts))
    scans_changed.send(sender=PageScan, units=[unit.pk])
    return scans


@pytest.fixture
def pages():
    """``pages(unit, text, …)`` gives a unit scanned pages with these texts."""
    return add_pages
