"""Printing at the window: copies and certified copies of the basket, once for each press of the key.

The form bears a token. A double click finds the print that the first one made; a print that failed at the printer goes
there again without a second number.
"""

import datetime as dt
import io
import secrets
from collections.abc import Callable
from decimal import Decimal

import pikepdf
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from fonds.archive_pages.models import ArchivePage
from fonds.audit.events import record
from fonds.collections.models import PageScan
from fonds.reports.press import render_pdf

from .. import events
from ..copies import ScanNotPrintable
from ..issuing import issued_under, void_unfinished
from ..kept_files import issued_bytes
from ..models import Certificate
from ..page_prints import printed_pages
from ..readers.actions import check_served
from ..waiting import comes_true, not_at_work
from .actions import lock_open, require_served_by
from .basket import Line, basket_of, printable
from .certifying import certify_lines, certify_nothing
from .entitlement import approvals_of, entitlement
from .enums import PrintKind
from .models import DeskPrint, UseItem, UseRequest, WindowSettings

INTERRUPTED_AFTER = dt.timedelta(minutes=2)  # no print takes longer


def new_token() -> str:
    """A token for one press of the key."""
    return secrets.token_urlsafe(18)


def print_copies(request: UseRequest, user, token: str) -> DeskPrint:
    """Print the basket as plain copies. Raises ``ValidationError`` for whatever stands in the way of any page."""
    found = _found(request, user, token)
    if found:
        return found
    lines = printable(basket_of(request, user))
    with transaction.atomic():
        made, is_new = _claim(request, PrintKind.COPY, token, lines)
        if is_new:
            _take_out(lines)
            _finish(made, user)
            _note(lines, copied_at=timezone.now())
    return made if is_new else finished(made)


def certify(request: UseRequest, user, token: str) -> DeskPrint:
    """Certify the basket and print it. The pages leave the basket before the number is taken, so that no second press,
    from whatever window, certifies them again.

    Raises ``ValidationError``; then nothing is certified and everything is back in the basket.
    """
    found = _found(request, user, token)
    if found:
        return found
    _require_known(request)
    lines = printable(basket_of(request, user))
    return _certified(request, user, token, lines, lambda: certify_lines(request, lines, user, token))


def certify_none(request: UseRequest, user, token: str, statement: str) -> DeskPrint:
    """Certify that nothing was found, with ``statement`` of what was searched, and print it. Raises ``ValidationError``."""
    found = _found(request, user, token)
    if found:
        return found
    _require_known(request)
    return _certified(request, user, token, [], lambda: certify_nothing(request, statement, user, token))


def _require_known(request: UseRequest) -> None:
    if request.reader_id is None or request.purpose_id is None:
        raise ValidationError(_("Register the reader and choose the purpose before you certify."))


def _certified(request: UseRequest, user, token: str, lines: list[Line], issue: Callable[[], Certificate]) -> DeskPrint:
    """The print of what ``issue`` issues over ``lines``."""
    with transaction.atomic():
        made, is_new = _claim(request, PrintKind.CERTIFIED, token, lines)
        if is_new:
            _take_out(lines)
    if not is_new:
        return finished(made)
    try:
        certificate = issue()
    except BaseException:  # nothing was issued: the key may be pressed again
        _put_back(lines)
        made.delete()
        raise
    with transaction.atomic():
        _cover(made, certificate)
        _finish(made, user)
    return made


def _found(request: UseRequest, user, token: str) -> DeskPrint | None:
    """What this press has made already. Raises for who may not print, and for a reader who may not be served."""
    require_served_by(request, user)
    if not token or len(token) > 40:
        raise ValidationError(_("The page was left too long. Press the key again."))
    _check_reader(request)
    made = request.prints.filter(token=token).first()
    return made and finished(made)


def _check_reader(request: UseRequest) -> None:
    if request.reader_id:
        check_served(request.reader, request.letter)


def finished(made: DeskPrint) -> DeskPrint:
    """``made``, once whoever is making it at this moment is done. Raises ``ValidationError`` where nothing came of it, or
    its process was stopped."""
    if made.prints:
        return made
    being_made = DeskPrint.objects.filter(pk=made.pk, prints=0)
    if not comes_true(lambda: not being_made.exists()):
        raise ValidationError(
            _("This print is being made, or was interrupted. What was interrupted is back within two minutes.")
        )
    try:
        made.refresh_from_db(fields=["page_count", "prints", "fee"])
    except DeskPrint.DoesNotExist:
        raise ValidationError(_("Nothing was printed: look at the basket and press the key again.")) from None
    return made


def _claim(request: UseRequest, kind: PrintKind, token: str, lines: list[Line]) -> tuple[DeskPrint, bool]:
    """The print of this press; of two at once the second gets that of the first. Must run in a transaction: until it
    ends, nobody hands the request over."""
    lock_open(request)
    try:
        with transaction.atomic():
            made = DeskPrint.objects.create(request=request, kind=kind, token=token, items=_entries(lines))
            return made, True
    except IntegrityError:
        return request.prints.get(token=token), False


@transaction.atomic
def _finish(made: DeskPrint, user) -> None:
    """Count the print, with an event for each of its records."""
    made.page_count, made.prints = len(made.items), 1
    made.fee = _fee(made)
    made.save(update_fields=["page_count", "prints", "fee"])
    pages = _pages(made)
    units = ArchivePage.objects.in_bulk(pages)
    codes = {entry["unit"]: entry["code"] for entry in made.items}
    for pk, numbers in pages.items():
        detail = {"request": made.request.shown_number, "kind": str(made.kind), "pages": numbers}
        record(events.PRINT, unit=units.get(pk), subject="" if pk in units else codes[pk], user=user, detail=detail)


def _pages(made: DeskPrint) -> dict[int, list[int]]:
    """The pages of a print by unit."""
    pages: dict[int, list[int]] = {}
    for entry in made.items:
        pages.setdefault(entry["unit"], []).append(entry["page"])
    return pages


def _entries(lines: list[Line]) -> list[dict]:
    return [
        {"item": item.pk, "unit": line.unit.pk, "code": line.code, "page": item.page, "sha256": item.sha256}
        for line in lines
        for item in line.items
    ]


def restore_interrupted(request: UseRequest) -> int:
    """What a stopped process left half done: a certificate that was issued is a print; else its number is void and the
    pages are back in the basket. How many prints there were."""
    stopped = list(request.prints.filter(not_at_work("made_at", INTERRUPTED_AFTER), prints=0))
    for made in stopped:
        void_unfinished(made.token, request.clerk)
        with transaction.atomic():
            certificate = issued_under(made.token, request.clerk)
            if certificate:
                _cover(made, certificate)
                _finish(made, request.clerk)
            else:
                left = [entry["item"] for entry in made.items]
                request.items.filter(pk__in=left, ticked_at=None).update(ticked_at=timezone.now())
                made.delete()
    return len(stopped)


def _cover(made: DeskPrint, certificate: Certificate) -> None:
    """Note that ``certificate`` is what the print is, and the pages it covers."""
    made.certificates.add(certificate)
    keys = [entry["item"] for entry in made.items]
    UseItem.objects.filter(pk__in=keys).update(certified_at=certificate.issued_at, certificate=certificate)


def _take_out(lines: list[Line]) -> None:
    """Take ``lines`` out of the basket. Raises ``ValidationError`` where another press took some of them."""
    keys = [item.pk for line in lines for item in line.items]
    if UseItem.objects.filter(pk__in=keys).exclude(ticked_at=None).update(ticked_at=None) != len(keys):
        raise ValidationError(_("The basket is being printed in another window."))


def _put_back(lines: list[Line]) -> None:
    for line in lines:
        for item in line.items:
            UseItem.objects.filter(pk=item.pk).update(ticked_at=item.ticked_at)


def _note(lines: list[Line], **values) -> None:
    UseItem.objects.filter(pk__in=[item.pk for line in lines for item in line.items]).update(**values)


def _fee(made: DeskPrint) -> Decimal:
    prices = WindowSettings.load()
    if not prices.charges:
        return Decimal(0)
    if made.kind == PrintKind.COPY:
        return made.page_count * prices.price_of_page
    return made.page_count * prices.price_of_certified_page + made.certificates.count() * prices.price_of_certificate


def print_again(made: DeskPrint, user) -> DeskPrint:
    """The paper jammed: the same print once more, counted, without a second number."""
    require_served_by(made.request, user)
    _check_reader(made.request)
    DeskPrint.objects.filter(pk=made.pk).update(prints=F("prints") + 1)
    made.refresh_from_db()
    detail = {"kind": str(made.kind), "times": made.prints}
    record(events.PRINT_AGAIN, unit=made.request, subject=made.request.shown_number, user=user, detail=detail)
    return made


def print_bytes(made: DeskPrint, user) -> bytes:
    """The PDF that goes to the printer: the certificates as issued, byte for byte where it is one, or the copies.

    Decides anew for the reader and every unit. Raises ``ValidationError`` with a sentence, ``kept_files.KeptFileDamaged``.
    """
    made = finished(made)
    _check_reader(made.request)
    units = _units(made, user)
    if made.kind == PrintKind.CERTIFIED:
        return _joined([issued_bytes(each) for each in made.certificates.order_by("serial")])
    parts = []
    for unit, numbers in units:
        scans = list(PageScan.objects.filter(unit_id=unit.pk, number__in=numbers).select_related("master"))
        known = {(entry["unit"], entry["page"]): entry["sha256"] for entry in made.items}
        if len(scans) != len(numbers) or any(known[unit.pk, scan.number] != scan.sha256 for scan in scans):
            raise ValidationError(_("%(code)s was scanned anew since: print it anew.") % {"code": unit.reference_code})
        try:
            parts.append(printed_pages(unit, sorted(scans, key=lambda scan: scan.number), _printed_for(made)))
        except ScanNotPrintable as error:
            raise ValidationError(str(error)) from error
    return _marked(_joined(parts), made)


def _units(made: DeskPrint, user) -> list[tuple[ArchivePage, list[int]]]:
    pages, approvals = _pages(made), approvals_of(made.request)
    found = ArchivePage.objects.in_bulk(pages)
    if any(pk not in found or not entitlement(made.request, found[pk], user, approvals).may_print for pk in pages):
        raise ValidationError(_("A record of this print was closed or destroyed meanwhile."))
    return [(found[pk], numbers) for pk, numbers in pages.items()]


def _printed_for(made: DeskPrint) -> str:
    request = made.request
    name = str(request.reader) if request.reader else ""
    return f"{name} {request.shown_number}".strip()


def _joined(parts: list[bytes]) -> bytes:
    if len(parts) == 1:
        return parts[0]
    out = io.BytesIO()
    with pikepdf.new() as whole:
        for part in parts:
            with pikepdf.open(io.BytesIO(part)) as pdf:
                whole.pages.extend(pdf.pages)
        whole.save(out, force_version="1.7")
    return out.getvalue()


def _marked(pdf: bytes, made: DeskPrint) -> bytes:
    """``pdf`` with reader, time and number across each page, where the archive wants that."""
    if not WindowSettings.load().marks_copies:
        return pdf
    when = timezone.localtime(made.made_at).strftime("%Y-%m-%d %H:%M")
    mark = render_pdf(
        "reading_room/reports/copy_mark.html",
        {"text": f"{_printed_for(made)} {when}"},
        language=translation.get_language(),
    )
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as whole, pikepdf.open(io.BytesIO(mark)) as layer:
        for page in whole.pages:
            page.add_overlay(layer.pages[0])
        whole.save(out, force_version="1.7")
    return out.getvalue()


def certificates_of(request: UseRequest) -> list[Certificate]:
    """The certificates issued in a request, in the order of their numbers."""
    keys = request.prints.values("certificates")
    return list(Certificate.objects.filter(pk__in=keys).order_by("year", "serial"))
