from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "fonds.search"
    label = "search"
    path = str(Path(__file__).parent)
    verbose_name = _("Search")

    def ready(self) -> None:
        from .updates import connect

        connect()
