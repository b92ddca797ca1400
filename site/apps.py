from pathlib import Path

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "fonds.site"
    label = "fonds_site"
    path = str(Path(__file__).parent)
    verbose_name = "Fonds"
