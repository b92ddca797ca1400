"""The issuing offices in the admin, under Settings."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn

from fonds.archive_pages.viewsets import TableViewSet

from .models import IssuingOffice


class IssuingOfficeViewSet(TableViewSet):
    """Their names, seals, keys, numbers, and who may issue."""

    model = IssuingOffice
    name = "issuing_offices"
    menu_label = _("Issuing offices and seals")
    icon = "clipboard-list"
    ordering = ("-is_main", "name")
    list_display = [
        "name",
        "number_pattern",
        "signing_key",
        BooleanColumn("seal_confirmed", label=_("seal in force")),
        BooleanColumn("is_main", label=_("main office")),
        BooleanColumn("is_used", label=_("in use")),
    ]
    search_fields = ["name", "name_en", "number_pattern"]
    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("name_en"), FieldPanel("is_used")], heading=_("Office")),
        MultiFieldPanel(
            [FieldPanel("seal_text"), FieldPanel("seal_name"), FieldPanel("seal_confirmed"), FieldPanel("signing_key")],
            heading=_("Seal"),
        ),
        FieldRowPanel([FieldPanel("number_pattern"), FieldPanel("number_width")], heading=_("Number")),
        FieldPanel("groups", widget=forms.CheckboxSelectMultiple),
    ]
    add_to_settings_menu = True
