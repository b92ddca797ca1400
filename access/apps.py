from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "fonds.access"
    label = "access"
    path = str(Path(__file__).parent)
    verbose_name = _("Access")

    def ready(self) -> None:
        from .accounts import events, sessions

        sessions.connect()
        events.connect()
