from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReadingRoomConfig(AppConfig):
    name = "fonds.reading_room"
    label = "reading_room"
    path = str(Path(__file__).parent)
    verbose_name = _("Reading room")

    def ready(self) -> None:
        from . import events  # noqa: F401  (its names)
        from .offices.rights import register_rights
        from .reports import register_printouts
        from .uses.printouts import register_use_register

        register_rights()
        register_printouts()
        register_use_register()
