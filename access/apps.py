from pathlib import Path

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _

VIEWSETS = "fonds.access.viewsets"


class AccessConfig(AppConfig):
    name = "fonds.access"
    label = "access"
    path = str(Path(__file__).parent)
    verbose_name = _("Access")

    def ready(self) -> None:
        from . import administration
        from .accounts import addresses, events, sessions

        administration.connect()
        users = apps.get_app_config("wagtailusers")
        users.user_viewset, users.group_viewset = f"{VIEWSETS}.AccountViewSet", f"{VIEWSETS}.RoleViewSet"

        addresses.connect()
        sessions.connect()
        events.connect()
