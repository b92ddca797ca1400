"""The forms of units, grouped as the standard groups them (DA/T 18-2022): identification, content, conditions of
access, physical form, control; the obligatory fields first."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, Panel

from .forms import FilePageForm, FondsPageForm, ItemPageForm, SeriesPageForm
from .rank_panel import RankPanel


class CheckPanel(Panel):
    """Where the script of the form tells what a code still needs, and which units look like this one."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "archive_pages/admin/check_panel.html"

        def get_context_data(self, parent_context=None) -> dict:
            unit, parent = self.instance, self.form.parent_page
            is_new = unit._state.adding
            return {
                **super().get_context_data(parent_context),
                "parent_id": parent.pk if is_new and parent else "",
                "unit_id": "" if is_new else unit.pk,
                "level": unit.unit_level,
            }


def _code() -> MultiFieldPanel:
    return MultiFieldPanel([FieldPanel("reference_code"), CheckPanel()], classname="fonds-code-field")


def _title(example) -> FieldPanel:
    return FieldPanel("title", classname="title", help_text=example)


def _arrangement() -> FieldRowPanel:
    """What a code is made of, and what units below inherit."""
    return FieldRowPanel(
        [FieldPanel("category"), FieldPanel("year"), FieldPanel("retention"), FieldPanel("department")],
        classname="fonds-arrangement",
    )


def _access(*more: str) -> MultiFieldPanel:
    return MultiFieldPanel(
        [
            FieldRowPanel(
                [
                    FieldPanel(
                        "opening_status",
                        help_text=_("Only “Open” is public, and only where all units above are open too."),
                    ),
                    FieldPanel("secrecy", help_text=_("Empty where there is none; for example 内部 or 秘密★5年.")),
                    *(FieldPanel(name) for name in more),
                ]
            ),
            RankPanel(),
        ],
        heading=_("Conditions of access"),
    )


def _control(*more: Panel) -> MultiFieldPanel:
    note = FieldPanel("note", help_text=_("What the archivist wants the next one to know."))
    return MultiFieldPanel([note, *more], heading=_("Control"))


def _scope() -> MultiFieldPanel:
    return MultiFieldPanel([FieldPanel("scope")], heading=_("Content"))


FONDS_PANELS = [
    MultiFieldPanel(
        [
            _code(),
            _title(_("The name of the creator, for example 越州市市场监督管理局.")),
            FieldRowPanel(
                [
                    FieldPanel("date_text", heading=_("Dates"), help_text=_("For example 1985-2018.")),
                    FieldPanel("creator", help_text=_("Where it differs from the title.")),
                ]
            ),
        ],
        heading=_("Identification"),
    ),
    MultiFieldPanel([FieldPanel("history"), FieldPanel("former_names"), FieldPanel("scope")], heading=_("Content")),
    _access(),
    _control(),
]

SERIES_PANELS = [
    MultiFieldPanel(
        [
            _code(),
            _title(_("For example 文书档案, 2008年, 定期30年.")),
            _arrangement(),
            FieldPanel("date_text", heading=_("Dates"), help_text=_("For example 2008 or 2001-2018.")),
        ],
        heading=_("Identification"),
    ),
    _scope(),
    _access(),
    _control(),
]

FILE_PANELS = [
    MultiFieldPanel(
        [
            _code(),
            _title(_("Creator, matter and kind, for example 越州市市场监督管理局2008年消费者权益日活动照片.")),
            FieldRowPanel(
                [
                    FieldPanel("date_text", heading=_("Dates"), help_text=_("First and last day: 20080301-20080420.")),
                    FieldPanel("creator"),
                ]
            ),
            _arrangement(),
        ],
        heading=_("Identification"),
    ),
    _scope(),
    _access(),
    MultiFieldPanel(
        [FieldRowPanel([FieldPanel("item_count", heading=_("Number of items")), FieldPanel("page_count")])],
        heading=_("Physical form"),
    ),
    _control(
        FieldPanel("filing_note", help_text=_("Missing, damaged or added pages: the note sheet 备考表.")),
        FieldRowPanel([FieldPanel("filed_by"), FieldPanel("checked_by"), FieldPanel("filed_on")]),
    ),
]

ITEM_PANELS = [
    MultiFieldPanel(
        [
            _code(),
            _title(_("As on the document; a title made up by the archivist stands in [ ].")),
            FieldRowPanel(
                [
                    FieldPanel(
                        "date_text",
                        help_text=_("20080312; 200803 or 2008 where no more is known; [20080312] if uncertain."),
                    ),
                    FieldPanel("creator", heading=_("Creator"), help_text=_("Who issued it.")),
                    FieldPanel("document_number", help_text=_("For example 越工商〔2008〕15号.")),
                ]
            ),
            _arrangement(),
        ],
        heading=_("Identification"),
    ),
    MultiFieldPanel(
        [FieldRowPanel([FieldPanel("subjects"), FieldPanel("persons")]), FieldPanel("see_also")],
        heading=_("Content"),
    ),
    _access("disclosure"),
    MultiFieldPanel(
        [
            FieldRowPanel(
                [
                    FieldPanel("page_count", help_text=_("A page with text or a picture counts as one.")),
                    FieldPanel("carrier"),
                    FieldPanel("origin"),
                ]
            )
        ],
        heading=_("Physical form"),
    ),
    _control(),
]


def unit_form(panels: list[Panel], form_class: type) -> ObjectList:
    """One form without tabs: what Wagtail keeps for web pages (slug, search description, menus) is not shown."""
    return ObjectList(panels, base_form_class=form_class, attrs={"data-fonds-form": ""})


FONDS_FORM = unit_form(FONDS_PANELS, FondsPageForm)
SERIES_FORM = unit_form(SERIES_PANELS, SeriesPageForm)
FILE_FORM = unit_form(FILE_PANELS, FilePageForm)
ITEM_FORM = unit_form(ITEM_PANELS, ItemPageForm)
