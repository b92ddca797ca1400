"""The home page of the public site."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from fonds.archive_pages.models import ArchivePage


class HomePage(ArchivePage):
    """The first page a visitor sees: search first, then exhibits, collections, fonds, policies, how to visit."""

    welcome = models.TextField(_("words of welcome"), blank=True)
    welcome_en = models.TextField(_("words of welcome in English"), blank=True)
    visit = models.TextField(_("how to visit"), blank=True)
    visit_en = models.TextField(_("how to visit in English"), blank=True)

    max_count = 1
    parent_page_types = ["archive_pages.ArchivePage"]
    template = "site/home_page.html"
    content_panels = [
        *ArchivePage.content_panels,
        FieldPanel("welcome"),
        FieldPanel("welcome_en"),
        FieldPanel("visit"),
        FieldPanel("visit_en"),
    ]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request, *args, **kwargs) -> dict:
        from .home import home_context

        return {**super().get_context(request, *args, **kwargs), **home_context(self, request)}
