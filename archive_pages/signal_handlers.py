"""Keeps the derived state ``is_open`` up to date when a page is saved, published, unpublished or moved."""

from django.db.models.signals import post_save
from wagtail.signals import page_published, page_unpublished, post_page_move

from .models import ArchivePage
from .openness import refresh_openness


def _refresh_on_save(sender, instance, raw=False, **kwargs) -> None:
    if isinstance(instance, ArchivePage) and not raw:
        refresh_openness(instance.path)
        instance.is_open = ArchivePage.objects.values_list("is_open", flat=True).get(pk=instance.pk)


def _refresh_on_signal(sender, instance, **kwargs) -> None:
    refresh_openness(instance.path)


def connect() -> None:
    post_save.connect(_refresh_on_save, dispatch_uid="fonds_openness_save")
    for signal in (page_published, page_unpublished, post_page_move):
        signal.connect(_refresh_on_signal, dispatch_uid="fonds_openness")
