from pathlib import Path

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "fonds.site"
    label = "fonds_site"
    path = str(Path(__file__).parent)
    verbose_name = "Fonds"

    def ready(self) -> None:
        from fonds.access import checks  # noqa: F401 - no address without a door

        from .doors import declare_all

        declare_all()
