from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "fonds.audit"
    label = "audit"
    path = str(Path(__file__).parent)
    verbose_name = _("Audit")

    def ready(self) -> None:
        from . import accounts, wagtail_log

        accounts.connect()
        wagtail_log.connect()
