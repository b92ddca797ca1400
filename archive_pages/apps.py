from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArchivePagesConfig(AppConfig):
    name = "fonds.archive_pages"
    label = "archive_pages"
    path = str(Path(__file__).parent)
    verbose_name = _("Archive")

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from . import log_actions, notifications, page_rights, serving  # noqa: F401
        from .doors import register_kinds
        from .models import ArchivePage
        from .reports import register_printouts
        from .signal_handlers import connect

        connect()
        register_kinds()
        register_permission_policy(ArchivePage, page_rights.VisiblePagePolicy())
        page_rights.connect()
        notifications.connect()
        register_printouts()
