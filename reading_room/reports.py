"""The printed lists of the reading room: the register of certificates 证明登记簿."""

from django import forms
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from fonds.reports.registry import Printout, PrintoutForm, register
from fonds.reports.tables import Column, ListReport, shown

from .enums import CertificateStatus
from .models import Certificate, IssuingOffice


class RegisterForm(PrintoutForm):
    """Which entries of the register."""

    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=1900, max_value=9999, required=False)
    status = forms.ChoiceField(
        label=gettext_lazy("Status"), required=False, choices=[("", gettext_lazy("All")), *CertificateStatus.choices]
    )
    issuing_office = forms.ModelChoiceField(
        label=gettext_lazy("Issuing office"),
        queryset=IssuingOffice.objects.all(),
        required=False,
        empty_label=gettext_lazy("All"),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if IssuingOffice.objects.count() < 2:
            del self.fields["issuing_office"]


def _entries(values: dict, user) -> QuerySet[Certificate]:
    given = {name: value for name, value in values.items() if value}
    return Certificate.objects.known_to(user).filter(**given)


def count_entries(values: dict, user) -> int:
    """How many rows the list will have."""
    return _entries(values, user).count()


def register_list(values: dict, user) -> ListReport:
    """证明登记簿 in the order of numbers; every number of the series has its row, but for records ``user`` may not know of."""
    entries = _entries(values, user)
    sums = entries.aggregate(entries=Count("pk"), pages=Sum("page_count"))
    rows = entries.select_related("issued_by").order_by("year", "kind", "serial").iterator(chunk_size=500)
    return ListReport(
        title=_("Register of certificates"),
        subtitle=_subtitle(values),
        columns=[
            Column(_("No."), 10, "right"),
            Column(_("Number of the certificate"), 47),
            Column(_("Date"), 20, "center"),
            Column(_("Reference code"), 46, code=True),
            Column(_("Title"), 41),
            Column(pgettext("of a record", "Pages"), 16, "right"),
            Column(_("Purpose"), 23),
            Column(_("Applicant"), 18),
            Column(_("Issued by"), 18),
            Column(_("Status"), 18, "center"),
        ],
        rows=(_row(number, entry) for number, entry in enumerate(rows, 1)),
        totals=_("Together: %(entries)s certificates, %(pages)s pages")
        % {"entries": sums["entries"], "pages": sums["pages"] or 0},
        filename="-".join(filter(None, [_("Register of certificates"), str(values["year"] or "")])),
    )


def _subtitle(values: dict) -> str:
    year = _("Year: %(year)s") % {"year": values["year"]} if values["year"] else ""
    office = values.get("issuing_office")
    return " · ".join(filter(None, [str(office) if office else "", year]))


def _row(number: int, entry: Certificate) -> tuple:
    return (
        number,
        entry.shown_number,
        shown(entry.issued_at)[:10],
        entry.unit_code,
        entry.unit_title,
        entry.page_count,
        entry.purpose,
        entry.applicant,
        str(entry.issued_by),
        entry.get_status_display(),
    )


def register_printouts() -> None:
    """Offer the lists of this room."""
    register(
        Printout(
            name="certificate-register",
            title=gettext_lazy("Register of certificates"),
            description=gettext_lazy("Every number of the series: issued, revoked or void."),
            form=RegisterForm,
            build=register_list,
            count=count_entries,
            permission="reading_room.view_certificate",
        )
    )
