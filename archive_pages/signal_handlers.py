"""Keeps what follows from a page up to date: who may see it when it is saved, published, unpublished or moved, and the
register of codes when it is saved."""

from django.db.models.signals import post_save
from django.utils.translation import gettext
from wagtail.signals import page_published, page_unpublished, post_page_move

from .codes import record_code
from .models import ArchivePage
from .standing import refresh_if_changed, refresh_standing

IN_FORCE = ("catalogue_class", "content_class", "owner_department", "awaits_opening")


def _refresh_on_save(sender, instance, raw=False, **kwargs) -> None:
    if isinstance(instance, ArchivePage) and not raw:
        refresh_if_changed(instance.path)
        instance.refresh_from_db(fields=IN_FORCE)


def _refresh_on_signal(sender, instance, **kwargs) -> None:
    refresh_standing(instance.path)


def _register_code(sender, instance, raw=False, **kwargs) -> None:
    if isinstance(instance, ArchivePage) and not raw:
        record_code(instance, reason=gettext("Changed while editing"))


def connect() -> None:
    post_save.connect(_register_code, dispatch_uid="fonds_register_code")
    post_save.connect(_refresh_on_save, dispatch_uid="fonds_standing_save")
    for signal in (page_published, page_unpublished, post_page_move):
        signal.connect(_refresh_on_signal, dispatch_uid="fonds_standing")
