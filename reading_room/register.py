"""证明登记簿: the register of certificates as a list to look things up in. Nothing is added, edited or deleted here."""

from django.contrib.admin import RelatedOnlyFieldListFilter, SimpleListFilter
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.helpers import ButtonHelper, PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import InspectView

from fonds.archive_pages.viewsets import RegisterIndexView
from fonds.reports.tables import as_plain_text

from .actions import REVOKE_PERMISSION
from .enums import CertificateStatus
from .models import Certificate, IssuingOffice
from .views import may_see_register


class IssuerFilter(RelatedOnlyFieldListFilter):
    """The people who issued something, by account name (Django's own admin, which has an order for them, is not there)."""

    def field_admin_ordering(self, field, request, model_admin) -> tuple[str, ...]:
        return ("username",)


class OfficeFilter(SimpleListFilter):
    """The office that issued, where there is more than one: one query, whatever the register's length."""

    title = _("issuing office")
    parameter_name = "issuing_office"

    def lookups(self, request, model_admin) -> list[tuple[str, str]]:
        offices = [(str(office.pk), str(office)) for office in IssuingOffice.objects.all()]
        return offices if len(offices) > 1 else []

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        known = {number for number, _name in self.lookup_choices}
        return queryset.filter(issuing_office_id=self.value()) if self.value() in known else queryset


class RegisterPermissions(PermissionHelper):
    """Looking only, and only for those who may look into the register."""

    def user_can_list(self, user) -> bool:
        return may_see_register(user)

    def user_can_inspect_obj(self, user, obj) -> bool:
        return may_see_register(user) and Certificate.objects.known_to(user).filter(pk=obj.pk).exists()

    def user_can_create(self, user) -> bool:
        return False

    def user_can_edit_obj(self, user, obj) -> bool:
        return False

    def user_can_delete_obj(self, user, obj) -> bool:
        return False


class RegisterButtons(ButtonHelper):
    """Beside "inspect": the issued file, and the way to revoke it."""

    def get_buttons_for_obj(self, obj, exclude=None, classnames_add=None, classnames_exclude=None) -> list[dict]:
        buttons = super().get_buttons_for_obj(obj, exclude, classnames_add, classnames_exclude)
        quiet = [] if "inspect" in (exclude or []) else ["button-secondary"]  # full colour at the foot of an entry
        classname = self.finalise_classname([*quiet, *(classnames_add or [])], classnames_exclude)
        if obj.is_kept:
            url = reverse("certificate_pdf", args=[obj.number])
            buttons.append({"url": url, "label": _("PDF"), "title": _("The issued file"), "classname": classname})
        if obj.status == CertificateStatus.VALID and self.request.user.has_perm(REVOKE_PERMISSION):
            url = reverse("revoke_certificate", args=[obj.number])
            buttons.append(
                {"url": url, "label": _("Revoke"), "title": _("Revoke this certificate"), "classname": classname}
            )
        return buttons


class RegisterIndex(RegisterIndexView):
    """The list and its exports; no cell of an export can be taken for a formula."""

    def write_csv_row(self, writer, row_dict: dict):
        row = {field: self.preprocess_field_value(field, value, self.FORMAT_CSV) for field, value in row_dict.items()}
        return writer.writerow({field: as_plain_text(value) for field, value in row.items()})


class RegisterEntry(InspectView):
    """One entry, as it stands in the register."""

    page_title = _("Entry of the register")


class CertificateAdmin(ModelAdmin):
    """The register with filters, search, inspection and export."""

    model = Certificate
    menu_label = _("Certificates")
    menu_icon = "clipboard-list"
    menu_order = 420
    base_url_path = "certificates"
    permission_helper_class = RegisterPermissions
    button_helper_class = RegisterButtons
    index_view_class = RegisterIndex
    inspect_view_class = RegisterEntry
    list_display = ("number_in_print", "issued_on", "state", "unit_code", "unit_title", "page_count", "issued_by")
    list_display_add_buttons = "number_in_print"
    list_filter = ("kind", "status", "year", OfficeFilter, ("issued_by", IssuerFilter))
    list_select_related = ("issued_by",)
    list_per_page = 50
    ordering = ("-year", "-serial")
    search_fields = ("number", "shown_number", "unit_title", "unit_code", "applicant", "purpose", "sha256")
    inspect_view_enabled = True
    history_view_enabled = False
    inspect_view_fields = [
        "shown_number",
        "kind",
        "status",
        "unit_title",
        "unit_code",
        "page_list",
        "page_count",
        "purpose",
        "applicant",
        "office",
        "issued_by",
        "issued_at",
        "approved_by",
        "signed_with",
        "signature_level",
        "check_code",
        "sha256",
        "size",
        "ended_reason",
        "ended_at",
        "ended_by",
        "replaced_by",
        "file",
    ]
    list_export = (
        "number",
        "shown_number",
        "issued_at",
        "get_status_display",
        "unit_code",
        "unit_title",
        "page_list",
        "page_count",
        "purpose",
        "applicant",
        "office",
        "issued_by",
        "sha256",
        "ended_at",
        "ended_reason",
    )
    export_filename = "certificates"

    def get_queryset(self, request) -> QuerySet[Certificate]:
        return super().get_queryset(request).known_to(request.user)

    def number_in_print(self, entry: Certificate) -> str:
        return entry.shown_number

    number_in_print.short_description = _("certificate number")
    number_in_print.admin_order_field = "number"

    def issued_on(self, entry: Certificate) -> str:
        return timezone.localtime(entry.issued_at).strftime("%Y-%m-%d")

    issued_on.short_description = _("date")
    issued_on.admin_order_field = "issued_at"

    def state(self, entry: Certificate) -> str:
        kind = "primary" if entry.status == CertificateStatus.VALID else "secondary"
        return format_html('<span class="w-status w-status--{}">{}</span>', kind, entry.get_status_display())

    state.short_description = _("status")
    state.admin_order_field = "status"
