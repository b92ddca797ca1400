"""The index follows every change in the transaction of the change: signals of the lower rooms, answered here.

Ranks, opening, publishing and moving need no answer: who may see a unit is asked of the page itself with each search.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction
from django.db.models.signals import post_delete, post_migrate, post_save

from fonds.archive_pages.models import ArchivePage, CodeRecord
from fonds.archive_pages.signals import units_written
from fonds.collections.models import PageScan
from fonds.collections.signals import scans_changed

from .engines import engine
from .index import index_entries, index_pages
from .models import IndexedEntry, IndexState
from .state import VERSION

_put_off: ContextVar[bool] = ContextVar("search_put_off", default=False)


@contextmanager
def put_off():
    """Leave the index alone while a very large load runs. From now on readers are refused in words, until
    ``rebuild_search`` has built it anew."""
    IndexState.objects.update(version=0, phase="", position=0)
    token = _put_off.set(True)
    try:
        yield
    finally:
        _put_off.reset(token)


def _page_saved(sender, instance, raw=False, **kwargs) -> None:
    if isinstance(instance, ArchivePage) and not raw and not _put_off.get():
        index_entries([instance.pk])


def _page_deleted(sender, instance, **kwargs) -> None:
    if isinstance(instance, ArchivePage) and IndexedEntry.objects.filter(pk=instance.pk).exists():
        index_entries([instance.pk])


def _code_saved(sender, instance, raw=False, **kwargs) -> None:
    if instance.page_id and not raw:
        index_entries([instance.page_id])


def _units_written(sender, pages, **kwargs) -> None:
    if not _put_off.get():
        index_entries(pages)


def _scans_changed(sender, units, **kwargs) -> None:
    if not _put_off.get():
        index_pages(units)


def _scan_saved(sender, instance, raw=False, update_fields=None, **kwargs) -> None:
    if not raw and (update_fields is None or {"text", "number", "unit"} & set(update_fields)):
        index_pages([instance.unit_id])


def _scan_deleted(sender, instance, **kwargs) -> None:
    index_pages([instance.unit_id])


def _database_made(sender, using, **kwargs) -> None:
    """After ``migrate`` and ``flush``: an emptied database has an empty index, of this program's form."""
    if using != connection.alias or IndexState._meta.db_table not in connection.introspection.table_names():
        return
    with transaction.atomic():
        if not IndexState.objects.exists():
            engine().clear()
            has_units = ArchivePage.objects.exclude(level="").exists()
            IndexState.objects.create(pk=1, version=0 if has_units else VERSION)


def connect(config) -> None:
    """Answer the signals of the lower rooms."""
    post_save.connect(_page_saved, dispatch_uid="fonds_search_page_saved")
    post_delete.connect(_page_deleted, dispatch_uid="fonds_search_page_deleted")
    post_save.connect(_code_saved, sender=CodeRecord, dispatch_uid="fonds_search_code_saved")
    post_save.connect(_scan_saved, sender=PageScan, dispatch_uid="fonds_search_scan_saved")
    post_delete.connect(_scan_deleted, sender=PageScan, dispatch_uid="fonds_search_scan_deleted")
    post_migrate.connect(_database_made, sender=config, dispatch_uid="fonds_search_database_made")
    units_written.connect(_units_written, dispatch_uid="fonds_search_units_written")
    scans_changed.connect(_scans_changed, dispatch_uid="fonds_search_scans_changed")
