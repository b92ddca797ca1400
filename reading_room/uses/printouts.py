"""利用登记簿 as a printed list."""

from collections.abc import Iterator

from django import forms
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from fonds.access.decisions import visible
from fonds.reports.registry import Printout, PrintoutForm, register
from fonds.reports.tables import Column, ListReport

from ..desk.models import UseItem
from .models import UseEntry
from .statistics import entries_between, totals

VIEW_PERMISSION = "reading_room.view_useentry"
CODES = 6  # reference codes of one visit that are printed


class UseRegisterForm(PrintoutForm):
    """Which days, which purpose."""

    first = forms.DateField(
        label=pgettext_lazy("a day", "From"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    last = forms.DateField(
        label=pgettext_lazy("a day", "To"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    purpose = forms.CharField(label=pgettext_lazy("of use", "Purpose"), max_length=60, required=False)

    def clean(self) -> dict:
        data = super().clean()
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The last day lies before the first."))
        return data


def chosen_entries(values: dict) -> QuerySet[UseEntry]:
    """The entries that the form means."""
    rows = entries_between(values.get("first"), values.get("last"))
    return rows.filter(purpose=values["purpose"]) if values.get("purpose") else rows


def count_uses(values: dict, user) -> int:
    """How many rows the list will have."""
    return chosen_entries(values).count()


def use_register(values: dict, user) -> ListReport:
    """The register in the order of its numbers. Reference codes are those of records ``user`` may know of."""
    rows = chosen_entries(values)
    sums = totals(rows)
    known = visible(UseItem.objects.exclude(unit=None), user, "unit__").order_by("unit_code")
    listed = rows.select_related("request").prefetch_related(Prefetch("request__items", known, to_attr="known_items"))
    days = [day.isoformat() for day in (values.get("first"), values.get("last")) if day]
    return ListReport(
        title=_("Use register"),
        subtitle=" — ".join(days),
        columns=[
            Column(_("No."), 10, "right"),
            Column(_("Number"), 25, code=True),
            Column(_("Time"), 21, "center"),
            Column(_("Reader"), 20),
            Column(_("Represents"), 27),
            Column(pgettext("of use", "Purpose"), 23),
            Column(_("Records"), 40, code=True),
            Column(_("Manner"), 17),
            Column(pgettext("number of units", "Items"), 10, "right"),
            Column(pgettext("pages", "Shown"), 11, "right"),
            Column(pgettext("pages", "Copied"), 11, "right"),
            Column(pgettext("pages", "Certified"), 12, "right"),
            Column(_("Minutes"), 12, "right"),
            Column(_("Clerk"), 18),
        ],
        rows=_rows(listed.order_by("day", "number")),
        totals=_(
            "Together: %(visits)s visits, %(copied)s pages copied, %(certified)s certified; %(minutes)s min on average"
        )
        % {
            "visits": sums.visits,
            "copied": sums.pages_copied,
            "certified": sums.pages_certified,
            "minutes": sums.minutes,
        },
        filename="-".join([_("Use register"), *days]),
    )


def _rows(entries: QuerySet[UseEntry]) -> Iterator[tuple]:
    for number, entry in enumerate(entries.iterator(chunk_size=500), 1):
        yield (
            number,
            entry.number,
            timezone.localtime(entry.began_at).strftime("%Y-%m-%d %H:%M"),
            entry.reader_name or entry.reader_kind,
            entry.organisation,
            entry.purpose,
            _records(entry),
            entry.manner,
            entry.item_count,
            entry.pages_shown,
            entry.pages_copied,
            entry.pages_certified,
            entry.minutes,
            entry.clerk,
        )


def _records(entry: UseEntry) -> str:
    """The reference codes of what was used; for what came from an older register its kind."""
    items = entry.request.known_items if entry.request else []
    codes = list(dict.fromkeys(item.unit_code for item in items if item.unit_code))
    if not codes:
        return entry.record_kind
    return "\n".join(codes[:CODES]) + (" …" if len(codes) > CODES else "")


def register_use_register() -> None:
    """Offer the list."""
    register(
        Printout(
            name="use-register",
            title=gettext_lazy("Use register"),
            description=gettext_lazy("Every visit at the query window: who, what for, which pages, how long."),
            form=UseRegisterForm,
            build=use_register,
            count=count_uses,
            permission=VIEW_PERMISSION,
        )
    )
