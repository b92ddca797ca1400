from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PoliciesConfig(AppConfig):
    name = "fonds.policies"
    label = "policies"
    path = str(Path(__file__).parent)
    verbose_name = _("Policies")

    def ready(self) -> None:
        from .signal_handlers import connect

        connect()
