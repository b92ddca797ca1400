"""Certificates of several records at once, and those that need no record."""

import tempfile

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from fonds.access.doors import door
from fonds.archive_pages.models import ArchivePage
from fonds.audit import names
from fonds.audit.events import record

from . import actions
from .bundles import write_zip
from .certifiable import may_certify, scans_of
from .forms import NoneFoundForm, SeveralForm
from .kept_files import KeptFileDamaged
from .models import Certificate
from .views import may_see_pages, may_see_register, refused

MOST_UNITS = 100


@door(signed_in=True)
@never_cache
@login_required
def certify_none(request: HttpRequest) -> HttpResponse:
    """Issue a certificate that nothing was found."""
    try:
        may_certify(request.user, [])
    except PermissionDenied as error:
        return refused(request, str(error))
    form = NoneFoundForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            certificate = actions.issue([], user=request.user, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("certificate", number=certificate.number)
    status = 422 if form.errors else 200
    return render(request, "reading_room/certify_none.html", {"form": form}, status=status)


@door(signed_in=True, queries={"unit": "unit"})
@never_cache
@login_required
def certify_several(request: HttpRequest) -> HttpResponse:
    """Choose pages of the records that ``?unit=…&unit=…`` names (``pages_<id>=1-3,5`` fills in pages), and issue one
    certificate over them, or one for each."""
    sent = request.POST if request.method == "POST" else request.GET
    units = _units(sent.getlist("unit"))
    if len(units) > MOST_UNITS:
        return render(request, "reading_room/certify_several.html", {"most": MOST_UNITS}, status=422)
    try:
        may_certify(request.user, units)
    except PermissionDenied as error:
        return refused(request, str(error))
    numbers = {pk: [scan.number for scan in scans] for pk, scans in scans_of(units).items()}
    form = SeveralForm(
        request.POST or None, user=request.user, units=units, numbers=numbers, initial=request.GET.dict()
    )
    if request.method == "POST" and units and form.is_valid():
        try:
            return _issued(request, form)
        except ValidationError as error:
            form.add_error(None, error)
    status = 422 if form.errors else 200
    return render(request, "reading_room/certify_several.html", {"form": form, "units": units}, status=status)


def _units(wanted: list[str]) -> list[ArchivePage]:
    """The records named, in the order named, each once."""
    order = list(dict.fromkeys(int(text) for text in wanted if text.isdecimal() and len(text) < 18))
    found = ArchivePage.objects.in_bulk(order)
    return [found[pk] for pk in order if pk in found]


def _issued(request: HttpRequest, form: SeveralForm) -> HttpResponse:
    if form.cleaned_data["together"]:
        certificate = actions.issue(form.parts(), user=request.user, **form.values())
        return redirect("certificate", number=certificate.number)
    issued = actions.issue_each(form.parts(), user=request.user, **form.values())
    return redirect(reverse("certificates") + "?" + urlencode({"number": [each.number for each in issued]}, doseq=True))


def _entries(request: HttpRequest) -> list[Certificate]:
    """The register entries that ``?number=…`` names, as far as the reader may know of them."""
    if not may_see_register(request.user):
        raise PermissionDenied(_("Only managers and the desk may look into the register of certificates."))
    wanted = request.GET.getlist("number")[:MOST_UNITS]
    known = Certificate.objects.known_to(request.user).select_related("unit")
    return list(known.filter(number__in=wanted).order_by("year", "serial"))


@door(decides_itself="may_see_register, before it looks for the numbers")
@never_cache
@login_required
@require_GET
def certificates(request: HttpRequest) -> HttpResponse:
    """Certificates issued together, with their files."""
    try:
        entries = _entries(request)
    except PermissionDenied as error:
        return refused(request, str(error))
    asked = urlencode({"number": [each.number for each in entries]}, doseq=True)
    return render(request, "reading_room/certificates.html", {"certificates": entries, "asked": asked})


@door(decides_itself="may_see_register, before it looks for the numbers")
@never_cache
@login_required
@require_GET
def certificates_zip(request: HttpRequest) -> HttpResponse:
    """The issued files of several certificates as one zip."""
    try:
        entries = _entries(request)
    except PermissionDenied as error:
        return refused(request, str(error))
    kept = [each for each in entries if each.is_kept and may_see_pages(request.user, each)]
    if not kept:
        return refused(request, _("There is no file to hand out under these numbers."))
    bundle = tempfile.TemporaryFile()  # noqa: SIM115  FileResponse closes it
    try:
        write_zip(kept, bundle)
    except KeptFileDamaged as error:
        bundle.close()
        return refused(request, str(error))
    for each in kept:
        detail = {"code": each.unit_code, "sha256": each.sha256}
        record(
            names.CERTIFICATE_FILE, unit=each, subject=each.number, user=request.user, request=request, detail=detail
        )
    bundle.seek(0)
    name = f"{kept[0].number}-{kept[-1].number}.zip"
    response = FileResponse(bundle, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    return response
