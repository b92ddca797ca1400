from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "fonds.search"
    label = "search"
    path = str(Path(__file__).parent)
    verbose_name = _("Search")

    def ready(self) -> None:
        from fonds.archive_pages import finding

        from .updates import connect
        from .wagtail_backend import entry_or_draft

        connect(self)
        finding.conditions.append(entry_or_draft)
