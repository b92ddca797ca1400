"""The printed lists of the tree: 归档文件目录 (DA/T 22-2015, annex)."""

from django import forms
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from fonds.access.decisions import visible
from fonds.reports.registry import Printout, PrintoutForm, register
from fonds.reports.tables import Column, ListReport

from .enums import Level
from .models import ArchivePage, Category, ItemPage, RetentionPeriod
from .reference_codes import normalise_code


class FilingListForm(PrintoutForm):
    """Which items: below a fonds, series or file, of a year, a retention period, a category."""

    code = forms.CharField(
        label=gettext_lazy("Fonds, series or file"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Its reference code, for example J037-WS·2008-D30. Empty: everything."),
    )
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=1, max_value=9999, required=False)
    retention = forms.ModelChoiceField(
        RetentionPeriod.objects.all(),
        label=gettext_lazy("Retention period"),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    category = forms.ModelChoiceField(
        Category.objects.all(), label=gettext_lazy("Category"), required=False, empty_label=gettext_lazy("All")
    )

    def clean_code(self) -> ArchivePage | None:
        code = self.cleaned_data["code"]
        if not code.strip():
            return None
        levels = [Level.FONDS, Level.SERIES, Level.FILE]
        units = visible(ArchivePage.objects.filter(level__in=levels), self.user)
        unit = units.filter(reference_code=normalise_code(code)).first()
        if unit is None:
            raise forms.ValidationError(
                _("There is no fonds, series or file with the reference code %(code)s."), params={"code": code}
            )
        return unit


def _items(values: dict, user) -> QuerySet[ItemPage]:
    items = visible(ItemPage.objects.all(), user)
    if values["code"]:
        items = items.filter(path__startswith=values["code"].path)
    for name in ("year", "retention", "category"):
        if values[name]:
            items = items.filter(**{name: values[name]})
    return items


def count_items(values: dict, user) -> int:
    """How many rows the list will have."""
    return _items(values, user).count()


def filing_list(values: dict, user) -> ListReport:
    """归档文件目录 with the columns 序号 档号 文号 责任者 题名 日期 密级 页数 备注 (DA/T 22-2015), in the order of codes."""
    items = _items(values, user)
    sums = items.aggregate(items=Count("pk"), pages=Sum("page_count"))
    rows = items.order_by("sort_key", "pk").values_list(
        "reference_code", "document_number", "creator", "title", "date_text", "secrecy", "page_count", "note"
    )
    unit = values["code"]
    return ListReport(
        title=_("Filing list"),
        subtitle=f"{unit.reference_code} {unit.title}" if unit else "",
        facts=list(_facts(values)),
        columns=[
            Column(_("No."), 12, "right"),
            Column(_("Reference code"), 44, code=True),
            Column(_("Document number"), 34),
            Column(_("Creator"), 32),
            Column(_("Title"), 64),
            Column(_("Date"), 19, "center"),
            Column(_("Secrecy mark"), 16, "center"),
            Column(pgettext("of a record", "Pages"), 16, "right"),
            Column(_("Remarks"), 20),
        ],
        rows=((number, *row) for number, row in enumerate(rows.iterator(chunk_size=1000), 1)),
        totals=_totals(sums["items"], sums["pages"] or 0),
        filename="-".join(
            filter(None, [_("Filing list"), unit.reference_code if unit else "", str(values["year"] or "")])
        ),
    )


def _facts(values: dict):
    if values["year"]:
        yield _("Year: %(year)s") % {"year": values["year"]}
    if values["retention"]:
        yield _("Retention period: %(period)s") % {"period": values["retention"].local_name}
    if values["category"]:
        yield _("Category: %(category)s") % {"category": values["category"].local_name}


def _totals(items: int, pages: int) -> str:
    counted = ngettext("%(count)s item", "%(count)s items", items) % {"count": items}
    leaves = ngettext("%(count)s page", "%(count)s pages", pages) % {"count": pages}
    return _("Together: %(items)s, %(pages)s") % {"items": counted, "pages": leaves}


def register_printouts() -> None:
    """Offer the lists of this room."""
    register(
        Printout(
            name="filing-list",
            title=gettext_lazy("Filing list"),
            description=gettext_lazy("The items of a series, a year or a retention period (DA/T 22-2015)."),
            form=FilingListForm,
            build=filing_list,
            count=count_items,
        )
    )
