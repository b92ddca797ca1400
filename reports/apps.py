from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "fonds.reports"
    label = "reports"
    path = str(Path(__file__).parent)
    verbose_name = _("Reports")

    def ready(self) -> None:
        from . import printout_hooks, printout_jobs  # noqa: F401
