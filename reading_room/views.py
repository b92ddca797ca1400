"""Issuing, reprinting and revoking certificates, for the staff who may."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from fonds.access.decisions import is_archive_staff, may, require
from fonds.access.doors import door
from fonds.access.enums import Right
from fonds.access.roles import CERTIFY_PERMISSION
from fonds.archive_pages.models import ArchivePage
from fonds.audit import names
from fonds.audit.events import record

from . import actions
from .copies import ScanNotPrintable
from .forms import CertifyForm, RevokeForm
from .kept_files import KeptFileDamaged, issued_bytes
from .models import Certificate
from .page_prints import printed_pages

REGISTER_PERMISSIONS = (CERTIFY_PERMISSION, "reading_room.view_certificate", actions.REVOKE_PERMISSION)


@door(signed_in=True, pk="unit")
@never_cache
@login_required
def certify(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose pages and purpose of a certified copy of one unit, and issue it."""
    unit = get_object_or_404(ArchivePage.objects.select_related("retention"), pk=pk)
    require(request.user, Right.CATALOGUE, unit)
    if not may(request.user, Right.CERTIFY, unit):
        return refused(request, _("You may not issue certified copies."), unit)
    scans = actions.certifiable_scans(unit)
    form = CertifyForm(request.POST or None, user=request.user, page_numbers=[scan.number for scan in scans])
    if request.method == "POST" and form.is_valid():
        try:
            certificate = actions.issue(
                [(unit, form.cleaned_data["pages"])], user=request.user, **form.values()
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("certificate", number=certificate.number)
    return render(
        request,
        "reading_room/certify.html",
        {"unit": unit, "form": form, "scans": scans, "chosen": form.chosen(), "most": actions.MOST_PAGES},
        status=422 if form.errors else 200,
    )


@door(signed_in=True, pk="unit", right=Right.PRINT)
@never_cache
@login_required
@require_GET
def print_pages(request: HttpRequest, pk: int) -> HttpResponse:
    """The pages of a unit, or the one that ``?page=`` names, as a PDF to print; for whoever may print them."""
    unit = get_object_or_404(ArchivePage, pk=pk)
    require(request.user, Right.PRINT, unit)
    wanted = request.GET.get("page", "")
    scans = actions.certifiable_scans(unit)
    chosen = [scan for scan in scans if str(scan.number) == wanted] if wanted else scans
    try:
        pdf = printed_pages(unit, chosen, request.user)
    except ValidationError as error:
        return refused(request, " ".join(error.messages), unit)
    except ScanNotPrintable as error:
        return refused(request, str(error), unit)
    detail = {"pages": [scan.number for scan in chosen]}
    record(names.PAGES_PRINTED, unit=unit, user=request.user, request=request, detail=detail)
    return pdf_answer(pdf, f"{unit.reference_code or unit.pk}.pdf")


def pdf_answer(pdf: bytes, name: str) -> HttpResponse:
    """A PDF of the archive's own making, shown in the browser and kept nowhere on the way."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name)
    response["Cache-Control"] = "private, no-store"
    return response


def refused(request: HttpRequest, sentence: str, unit: ArchivePage | None = None) -> HttpResponse:
    """The page that says why someone who may see a unit may not do this with it."""
    return render(request, "reading_room/refused.html", {"sentence": sentence, "unit": unit}, status=403)


def may_see_register(user) -> bool:
    """Whether ``user`` may look into the register: it names applicants and purposes."""
    return is_archive_staff(user) and any(user.has_perm(name) for name in REGISTER_PERMISSIONS)


def may_see_pages(user, entry: Certificate) -> bool:
    """Whether ``user`` may see the pages of every record that ``entry`` certifies: they are in its file."""
    units = list(entry.units.all()) if entry.parts else [entry.unit] if entry.unit else []
    return all(may(user, Right.VIEW, unit) for unit in units)


def _entry(request: HttpRequest, number: str) -> Certificate:
    """The register entry ``number``. For those who may not look into the register there is a sentence (403), the
    same whether the number exists or not; one of a record he may not know of is not there."""
    if not may_see_register(request.user):
        raise PermissionDenied(_("Only managers and the desk may look into the register of certificates."))
    return get_object_or_404(
        Certificate.objects.known_to(request.user).select_related("unit", "issued_by", "replaced_by"), number=number
    )


@door(decides_itself="may_see_register, before it looks for the number", number="certificate")
@never_cache
@login_required
@require_GET
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """One entry of the register, with the way to its file."""
    try:
        entry = _entry(request, number)
    except PermissionDenied as error:
        return refused(request, str(error))
    may_revoke = request.user.has_perm(actions.REVOKE_PERMISSION)
    return render(request, "reading_room/certificate.html", {"certificate": entry, "may_revoke": may_revoke})


@door(decides_itself="may_see_register, before it looks for the number", number="certificate")
@never_cache
@login_required
@require_GET
def certificate_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The exact bytes that were issued, for printing once more; the pages of the record are in them."""
    try:
        entry = _entry(request, number)
    except PermissionDenied as error:
        return refused(request, str(error))
    if not may_see_pages(request.user, entry):
        return refused(request, _("You may not see the pages of this record."), entry.unit)
    if not entry.is_kept:
        return refused(request, _("This number is void: nothing was issued under it."))
    try:
        pdf = issued_bytes(entry)
    except KeptFileDamaged as error:
        return refused(request, str(error))
    detail = {"code": entry.unit_code, "sha256": entry.sha256}
    record(names.CERTIFICATE_FILE, unit=entry, subject=entry.number, user=request.user, request=request, detail=detail)
    return pdf_answer(pdf, f"{entry.number}.pdf")


@door(decides_itself="may_see_register, before it looks for the number", number="certificate")
@never_cache
@login_required
def revoke(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw a certificate, with the reason."""
    try:
        entry = _entry(request, number)
        if not request.user.has_perm(actions.REVOKE_PERMISSION):
            raise PermissionDenied(_("Only a manager of the archive may revoke certificates."))
    except PermissionDenied as error:
        return refused(request, str(error))
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke_certificate(
                entry,
                reason=form.cleaned_data["reason"],
                replaced_by=form.cleaned_data["replaced_by"],
                user=request.user,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("certificate", number=entry.number)
    return render(
        request,
        "reading_room/revoke.html",
        {"certificate": entry, "form": form},
        status=422 if form.errors else 200,
    )
