from pathlib import Path

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _


class CollectionsConfig(AppConfig):
    name = "fonds.collections"
    label = "fonds_collections"
    path = str(Path(__file__).parent)
    verbose_name = _("Collections")

    def ready(self) -> None:
        from fonds.archive_pages import standing

        from . import exhibit_notices, jobs, scan_log  # noqa: F401 - they register their runner and log entries
        from .batches import hooks as batch_hooks  # noqa: F401
        from .batches import jobs as batch_jobs  # noqa: F401
        from .doors import register_kinds
        from .importing import hooks  # noqa: F401 - the import's pages and jobs
        from .photo_standing import refresh_photo_standing
        from .photographs import hooks as photo_hooks  # noqa: F401
        from .recognising import hooks as text_hooks  # noqa: F401
        from .recognising import jobs as text_jobs  # noqa: F401
        from .recordings import hooks as recording_hooks  # noqa: F401
        from .recordings import jobs as recording_jobs  # noqa: F401

        register_kinds()
        standing.on_change.append(refresh_photo_standing)
        standing.on_change.append(exhibit_notices.queue_look)
        photo = self.get_model("ArchiveImage")
        post_save.connect(exhibit_notices.look_if_closed, sender=photo, dispatch_uid="photo_closed")
        post_delete.connect(exhibit_notices.queue_look, sender=photo, dispatch_uid="photo_removed")
